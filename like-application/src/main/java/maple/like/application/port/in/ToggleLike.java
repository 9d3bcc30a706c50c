package maple.like.application.port.in;

import maple.like.application.LikesUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;

/** Changes the relation of a liker to a character. Safe for use by any number of threads. */
public interface ToggleLike {
    /**
     * Carries out the intent and tells the other instances.
     *
     * @return what became of it
     * @throws LikesUnavailableException if nobody can tell right now. With {@link LikeIntent#TOGGLE} the change may
     *     have been made all the same; the other intents can be repeated without harm
     */
    Result apply(Liker liker, CharacterName name, LikeIntent intent);

    /** What can become of an intent. */
    sealed interface Result {
        /** It is carried out. The count holds this change and every change acknowledged before it. */
        record Done(LikeStatus status) implements Result {}

        /** Refused: the character is the liker's own. */
        record SelfLike() implements Result {}

        /** There is no character of that name. */
        record NoSuchCharacter() implements Result {}
    }
}
