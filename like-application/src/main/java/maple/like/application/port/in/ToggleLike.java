package maple.like.application.port.in;

import maple.like.application.Decider;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;

/** Changes the relation of a liker to a character. Safe for use by any number of threads. */
public interface ToggleLike {
    /**
     * Makes the requested change and publishes its event.
     *
     * @throws LikesUnavailableException if no exact answer can be given now. A {@link LikeIntent#TOGGLE} may have been
     *     made all the same; the other intents are safe to repeat
     */
    Result change(Liker liker, CharacterName name, LikeIntent intent);

    /** The possible results. */
    sealed interface Result {
        /**
         * The change is made, or was not needed.
         *
         * @param status includes this change and every change acknowledged before it
         * @param changed whether anything changed
         * @param decidedBy the store that decided
         */
        record Done(LikeStatus status, boolean changed, Decider decidedBy) implements Result {}

        /** Refused: the liker owns the character. */
        record SelfLike() implements Result {}

        /** There is no character of that name. */
        record NoSuchCharacter() implements Result {}
    }
}
