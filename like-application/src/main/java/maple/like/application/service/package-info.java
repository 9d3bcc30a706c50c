/** The use cases. {@code LikeUseCases} hands them out; nothing else here is public. */
@NullMarked
package maple.like.application.service;

import org.jspecify.annotations.NullMarked;
