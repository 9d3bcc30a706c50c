package maple.like.application.port.out;

import java.util.Optional;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.PartitionState;
import maple.like.domain.LikeCount;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/**
 * Reads what the database holds of likes, for a primary store that lacks it.
 *
 * <ul>
 *   <li>An answer is of one moment, that is, read by one statement.
 *   <li>An answer includes every transaction of {@link LikeLedger} that committed before the call.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface LikeCountStore {
    /**
     * Reads the count of a character.
     *
     * @return empty where the database has no such character
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    Optional<StoredCount> count(Ocid ocid);

    /**
     * Reads a relation and the count of its target.
     *
     * @return empty where the database has no such character
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    Optional<StoredLike> like(RelationKey relation);

    /**
     * A stored count, and the batch up to which it goes.
     *
     * @param likeCount the number of stored relations of the character
     * @param generation the number of the last batch stored in the character's partition
     * @param lastChange what that batch changed of this count
     * @param state the state of the partition; while the database decides, a primary store must not learn this count
     *     before it was given the journal
     */
    record StoredCount(LikeCount likeCount, long generation, long lastChange, PartitionState state) {}

    /**
     * A stored relation.
     *
     * @param liked whether there is a row
     * @param count the count of its target
     */
    record StoredLike(boolean liked, StoredCount count) {}
}
