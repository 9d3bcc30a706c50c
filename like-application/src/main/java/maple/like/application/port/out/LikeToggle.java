package maple.like.application.port.out;

import java.util.Optional;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;

/**
 * Changes a relation.
 *
 * <ul>
 *   <li>Concurrent calls for one relation, from any number of instances, behave as if they ran one after another.
 *   <li>The count in the answer includes this change and every change acknowledged before the call.
 *   <li>A call that returns has made its change; a call that throws {@link LikesUnavailableException} may have made it.
 *   <li>A call that finds the relation as intended changes nothing.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface LikeToggle {
    /**
     * Applies an intent to a relation.
     *
     * @param name the name that the likes of the relation's target are counted under
     * @return empty where the store is asked and has no such character
     * @throws LikesUnavailableException if nobody can tell right now
     */
    Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent);

    /**
     * What a call found and left.
     *
     * @param status the state after the call
     * @param changed whether the call changed it
     * @param newDelta likes of the character that the store does not hold yet
     * @param decidedBy who decided it
     */
    record Toggled(LikeStatus status, boolean changed, long newDelta, Authority decidedBy) {
        /** Decided by the buffer. */
        public Toggled(LikeStatus status, boolean changed, long newDelta) {
            this(status, changed, newDelta, Authority.BUFFER);
        }
    }

    /** Who decides about a relation. */
    enum Authority {
        /** The buffer, as usual. */
        BUFFER,
        /** The store, because the buffer is away. */
        STORE
    }
}
