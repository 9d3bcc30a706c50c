package maple.like.domain;

import java.time.Instant;

/** Something that happened to the likes of a character. Says nothing about who did it. */
public sealed interface LikeEvent permits CharacterLiked, CharacterUnliked {
    /**
     * The event of a relation that just changed.
     *
     * @param liked whether it is liked now
     * @param character the name of the character concerned
     * @param newDelta likes not yet in the database, after this change; negative where unlikes prevail
     * @param timestamp when the change was made
     * @return {@link CharacterLiked} or {@link CharacterUnliked}
     */
    static LikeEvent of(boolean liked, CharacterName character, long newDelta, Instant timestamp) {
        return liked
                ? new CharacterLiked(character, newDelta, timestamp)
                : new CharacterUnliked(character, newDelta, timestamp);
    }

    /**
     * Whose likes changed.
     *
     * @return the name that its likes are counted under
     */
    CharacterName character();

    /**
     * How many likes the database did not hold yet when this happened, this one included.
     *
     * @return likes, negative where unlikes prevail
     */
    long newDelta();

    /**
     * When the change was made, by the clock of the instance that made it. Not for ordering events of two instances.
     *
     * @return the instant
     */
    Instant timestamp();
}
