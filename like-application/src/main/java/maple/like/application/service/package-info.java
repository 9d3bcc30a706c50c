/** Implements the use cases. {@code LikeUseCases} creates them; nothing else is public. */
@NullMarked
package maple.like.application.service;

import org.jspecify.annotations.NullMarked;
