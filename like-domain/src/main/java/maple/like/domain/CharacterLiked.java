package maple.like.domain;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * A character was liked by an account that did not like it before.
 *
 * @param character the name of the character concerned
 * @param newDelta likes not yet in the database, after this change; negative where unlikes prevail
 * @param timestamp when the change was made, by the clock of the instance that made it
 */
public record CharacterLiked(CharacterName character, long newDelta, Instant timestamp) implements LikeEvent {
    /**
     * Records what happened.
     *
     * @param character the name of the character concerned
     * @param newDelta likes not yet in the database, after this change
     * @param timestamp when the change was made
     */
    public CharacterLiked {
        requireNonNull(character, "character");
        requireNonNull(timestamp, "timestamp");
    }
}
