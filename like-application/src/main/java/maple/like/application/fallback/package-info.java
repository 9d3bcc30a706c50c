/** Who decides, and who answers, while the buffer is away. */
@NullMarked
package maple.like.application.fallback;

import org.jspecify.annotations.NullMarked;
