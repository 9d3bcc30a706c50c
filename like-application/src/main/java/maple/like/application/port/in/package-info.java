/** What the outside may ask of the application. Driving adapters call it; {@code service} implements it. */
@NullMarked
package maple.like.application.port.in;

import org.jspecify.annotations.NullMarked;
