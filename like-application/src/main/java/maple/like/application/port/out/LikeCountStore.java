package maple.like.application.port.out;

import java.util.Optional;
import maple.like.application.StoreUnavailableException;
import maple.like.domain.LikeCount;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/**
 * Reads what the store holds of likes, for a buffer that lacks it.
 *
 * <ul>
 *   <li>Everything in one answer is of the same moment, that is, read by one statement.
 *   <li>An answer includes every transaction of {@link LikeLedger} that committed before the call.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface LikeCountStore {
    /**
     * Reads the count of a character.
     *
     * @return empty where the store has no such character
     * @throws StoreUnavailableException if the store is away
     */
    Optional<StoredCount> count(Ocid target);

    /**
     * Reads a relation and the count of its target.
     *
     * @return empty where the store has no such character
     * @throws StoreUnavailableException if the store is away
     */
    Optional<StoredLike> like(RelationKey relation);

    /**
     * A stored count, and the batch that it goes up to.
     *
     * @param likeCount the number of stored relations of the character
     * @param generation the number of the last batch stored in the character's partition
     * @param lastChange what that batch changed of this count
     * @param detached whether the store decides by itself: a buffer does not know this count, and must not learn it
     *     before it was told what was decided without it
     */
    record StoredCount(LikeCount likeCount, long generation, long lastChange, boolean detached) {}

    /**
     * A stored relation.
     *
     * @param liked whether there is a row
     * @param count the count of its target
     */
    record StoredLike(boolean liked, StoredCount count) {}
}
