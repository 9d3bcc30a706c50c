/** What the application needs of its surroundings. Driven adapters implement it; {@code service} and {@code likes} call it. */
@NullMarked
package maple.like.application.port.out;

import org.jspecify.annotations.NullMarked;
