package maple.like.application.port.out;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.KeptAnswer;
import maple.like.application.KeyUse;
import maple.like.application.PartitionState;
import maple.like.domain.AccountId;
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
     * Reads the counts of characters.
     *
     * @return without the characters that the database does not have
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    Map<Ocid, StoredCount> counts(Collection<Ocid> ocids);

    /**
     * Reads relations, each with the count of its target.
     *
     * @return without the relations to characters that the database does not have
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    Map<RelationKey, StoredLike> likes(Collection<RelationKey> relations);

    /**
     * Finds what an account was answered to a request with an idempotency key.
     *
     * @return empty where no such answer is stored, or it has expired
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    Optional<KeptAnswer> answer(AccountId account, KeyUse use);

    /** As {@link #counts}, of one character. */
    default Optional<StoredCount> count(Ocid ocid) {
        return Optional.ofNullable(counts(List.of(ocid)).get(ocid));
    }

    /** As {@link #likes}, of one relation. */
    default Optional<StoredLike> like(RelationKey relation) {
        return Optional.ofNullable(likes(List.of(relation)).get(relation));
    }

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
