package maple.like.domain;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * An account liked a character that it did not like before.
 *
 * @param character the character concerned
 * @param newDelta likes that the database did not hold yet, this change included; negative where unlikes prevail
 * @param likeCount the total after the change
 * @param timestamp the time of the change by the clock of the instance that made it
 */
public record CharacterLiked(GameCharacter character, long newDelta, LikeCount likeCount, Instant timestamp)
        implements LikeEvent {
    /** Rejects {@code null}. */
    public CharacterLiked {
        requireNonNull(character, "character");
        requireNonNull(likeCount, "likeCount");
        requireNonNull(timestamp, "timestamp");
    }
}
