/** Who finds a character that the store does not know yet. */
@NullMarked
package maple.like.application.directory;

import org.jspecify.annotations.NullMarked;
