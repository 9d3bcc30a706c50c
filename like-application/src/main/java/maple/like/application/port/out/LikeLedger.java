package maple.like.application.port.out;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import maple.like.application.StoreUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.RelationKey;

/**
 * Stores batches of changes, one partition at a time.
 *
 * <ul>
 *   <li>One caller at a time works on a partition, however many instances there are; another is turned away at once.
 *   <li>All that the work does commits together when it returns; when it throws, nothing is stored and the exception
 *       passes through.
 *   <li>The lock is a lock of the transaction: it ends with it, and a caller that lost its connection cannot commit.
 *   <li>In every committed state the count of each character equals the number of its rows.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface LikeLedger {
    /**
     * Runs work in a transaction that holds the partition's lock.
     *
     * @param work must not return null; it gets the partition for as long as it runs, on this thread
     * @return what the work returned, or empty where somebody else holds the lock
     * @throws StoreUnavailableException if the store is away
     */
    <R> Optional<R> withPartition(int partition, Function<LockedPartition, R> work);

    /** A partition that nobody else can change meanwhile. */
    interface LockedPartition {
        /** The last batch stored. */
        PartitionState state();

        /**
         * Stores a batch: adds the rows that are missing, removes those that are there, and changes the counts by just
         * that. Applying a batch that is already stored changes no row and no count. A relation without a character is
         * set aside with the reason, and does not keep the others from being stored.
         */
        AppliedBatch apply(LikeBatch batch);

        /**
         * Reads stored relations of this partition in a fixed order.
         *
         * @param cursor 0 to start, then what the previous page said
         * @param limit how many rows to look at, at most; those of other partitions are left out of the page
         */
        RelationPage relationsAfter(long cursor, int limit);
    }

    /**
     * The last batch stored in a partition.
     *
     * @param generation its number; 0 before the first
     * @param deltas what it changed of each count; counts that it did not change are left out
     */
    record PartitionState(long generation, Map<CharacterName, Long> deltas) {
        /** Copies the map. */
        public PartitionState {
            deltas = Map.copyOf(deltas);
        }
    }

    /**
     * Changes to be stored together.
     *
     * @param number one more than the generation it follows
     * @param entries for each relation whether it is to be liked
     */
    record LikeBatch(long number, Map<RelationKey, Boolean> entries) {
        /** Copies the map. */
        public LikeBatch {
            entries = Map.copyOf(entries);
        }
    }

    /**
     * What storing a batch did.
     *
     * @param state the partition's new state
     * @param inserted rows added
     * @param deleted rows removed
     * @param setAside relations without a character
     */
    record AppliedBatch(PartitionState state, int inserted, int deleted, List<RelationKey> setAside) {
        /** Copies the list. */
        public AppliedBatch {
            setAside = List.copyOf(setAside);
        }
    }

    /**
     * Some stored relations.
     *
     * @param relations those of the partition
     * @param nextCursor where the next page starts
     * @param last whether there is no next page
     */
    record RelationPage(List<RelationKey> relations, long nextCursor, boolean last) {
        /** Copies the list. */
        public RelationPage {
            relations = List.copyOf(relations);
        }
    }
}
