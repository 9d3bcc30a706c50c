/** The buffer in the memory of one instance, in place of Redis. */
@NullMarked
package maple.like.application.memory;

import org.jspecify.annotations.NullMarked;
