package maple.like.application.port.in;

import maple.like.application.Decider;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;
import org.jspecify.annotations.Nullable;

/** Changes the relation of a liker to a character. Safe for use by any number of threads. */
public interface ToggleLike {
    /**
     * Makes the requested change and publishes its event.
     *
     * @param key marks the change and its repetitions, for the account alone; null for none
     * @throws LikesUnavailableException if no exact answer can be given now. A {@link LikeIntent#TOGGLE} may have been
     *     made all the same; the other intents, and those with a key, are safe to repeat
     */
    Result change(Liker liker, CharacterName name, LikeIntent intent, @Nullable IdempotencyKey key);

    /** Makes a change that no idempotency key marks. */
    default Result change(Liker liker, CharacterName name, LikeIntent intent) {
        return change(liker, name, intent, null);
    }

    /** The possible results. */
    sealed interface Result {
        /**
         * The change is made, or was not needed.
         *
         * @param status includes this change and every change acknowledged before it
         * @param changed whether anything changed
         * @param decidedBy the store that decided
         * @param repeated whether the key marked an earlier change, whose answer this is, with the count of now
         */
        record Done(LikeStatus status, boolean changed, Decider decidedBy, boolean repeated) implements Result {
            /** The result of a change that is no repetition. */
            public Done(LikeStatus status, boolean changed, Decider decidedBy) {
                this(status, changed, decidedBy, false);
            }
        }

        /** Refused: the liker owns the character. */
        record SelfLike() implements Result {}

        /** Refused: the key marks a change of another character. */
        record KeyReused() implements Result {}

        /** There is no character of that name. */
        record NoSuchCharacter() implements Result {}
    }
}
