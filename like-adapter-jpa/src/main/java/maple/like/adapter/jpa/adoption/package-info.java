/**
 * Adoption: brings the tables of a predecessor, {@code game_character} and {@code character_like}, to what the service
 * needs, in place. Plain JDBC; used by a command of its own and never by the running service.
 */
@NullMarked
package maple.like.adapter.jpa.adoption;

import org.jspecify.annotations.NullMarked;
