package maple.like.domain;

import java.time.Instant;

/** A change of a character's likes. Carries no account. */
public sealed interface LikeEvent permits CharacterLiked, CharacterUnliked {
    /**
     * Creates the event of a relation that just changed.
     *
     * @param liked whether the relation is liked after the change
     * @param character the character concerned
     * @param newDelta see {@link #newDelta()}
     * @param likeCount see {@link #likeCount()}
     * @param timestamp see {@link #timestamp()}
     * @return {@link CharacterLiked} or {@link CharacterUnliked}
     */
    static LikeEvent of(boolean liked, GameCharacter character, long newDelta, LikeCount likeCount, Instant timestamp) {
        return liked
                ? new CharacterLiked(character, newDelta, likeCount, timestamp)
                : new CharacterUnliked(character, newDelta, likeCount, timestamp);
    }

    /**
     * The character concerned.
     *
     * @return its identity and the name that its likes are counted under
     */
    GameCharacter character();

    /**
     * The likes that the database did not hold yet after this change.
     *
     * @return likes including this change, negative where unlikes prevail; 0 for a change that the database decided
     *     itself
     */
    long newDelta();

    /**
     * The total after this change.
     *
     * @return the number of likes of the character, this change included
     */
    LikeCount likeCount();

    /**
     * The time of the change by the clock of the instance that made it. Does not order events of two instances.
     *
     * @return the instant
     */
    Instant timestamp();
}
