/** The use cases. Driving adapters call them; {@code service} implements them. */
@NullMarked
package maple.like.application.port.in;

import org.jspecify.annotations.NullMarked;
