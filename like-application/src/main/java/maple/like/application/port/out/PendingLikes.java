package maple.like.application.port.out;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import maple.like.application.BufferUnavailableException;
import maple.like.application.StoreUnavailableException;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.domain.CharacterName;
import maple.like.domain.RelationKey;

/**
 * The changes that the store does not hold yet. To be called with the partition's lock held, save for
 * {@link #finish} and {@link #backlog}.
 *
 * <ul>
 *   <li>A claimed batch stays claimed, and the same, until the store's state shows that it is stored or
 *       {@link #finish} says so.
 *   <li>Every call may be repeated, and may have happened although it threw.
 *   <li>A change made while a batch is claimed waits for the next one; the later change of a relation prevails.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface PendingLikes {
    /**
     * Brings the buffer in step with the store, which comes before everything else that is done under the lock: a batch
     * that is stored is finished, and a buffer that has gone back in time keeps nothing but the changes that wait in it.
     *
     * @param stored the state of the store, read under the same lock
     * @param changes tells what storing relations would change of each count, see
     *     {@link LikeLedger.LockedPartition#changes}; asked only of a buffer that has gone back in time
     * @throws BufferUnavailableException if the buffer is away
     * @throws StoreUnavailableException if the buffer knows of a later batch: the lock was lost meanwhile, or the store
     *     was set back
     */
    void settle(
            int partition,
            PartitionState stored,
            Function<Map<RelationKey, Boolean>, Map<CharacterName, Long>> changes);

    /**
     * Takes the next batch. After {@link #settle}.
     *
     * @param stored the state of the store, read under the same lock
     * @param limit how many relations at most, 2 or more
     * @throws BufferUnavailableException if the buffer is away
     * @throws StoreUnavailableException if the lock was lost meanwhile
     */
    Claim claim(int partition, PartitionState stored, int limit);

    /**
     * Imposes what the store decided while the buffer was away, whatever the buffer has: each relation gets the state of
     * its last entry, also in place of a change that waits or is claimed. What was claimed waits again. After
     * {@link #settle}.
     *
     * @param stored the state of the store, read under the same lock
     * @param journal entries in the order in which they were made, one or more
     * @return the number that the store is to give to the batch that stands for these entries
     * @throws BufferUnavailableException if the buffer is away
     * @throws StoreUnavailableException if the lock was lost meanwhile
     */
    long impose(int partition, PartitionState stored, List<JournalEntry> journal);

    /**
     * Takes what was stored off the buffered counts and forgets the batch, right after it was stored. Does nothing if it
     * is no longer that batch.
     *
     * @throws BufferUnavailableException if the buffer is away
     */
    void finish(int partition, PartitionState stored);

    /**
     * Adds a page of stored relations to a buffer that does not hold them all. A relation that changed since is left
     * as it is. Does nothing if the cursor is no longer the buffer's: it was emptied meanwhile, and starts anew.
     *
     * @param generation the generation of the store that the page was read at, under the same lock
     * @param cursor where the page starts
     * @throws BufferUnavailableException if the buffer is away
     */
    void restore(int partition, long generation, long cursor, RelationPage page);

    /**
     * Counts the changes that the store does not hold yet, those of a claimed batch included. Needs no lock.
     *
     * @throws BufferUnavailableException if the buffer is away
     */
    long backlog(int partition);

    /**
     * What a claim found.
     *
     * @param batch the batch to store, or empty where nothing waits
     * @param drift buffered counts that no change accounts for; they were dropped
     * @param backlog changes that wait for a later batch
     * @param missingFrom where the next page of stored relations starts, or empty where the buffer holds them all
     */
    record Claim(Optional<LikeBatch> batch, Map<CharacterName, Long> drift, long backlog, OptionalLong missingFrom) {
        /** Copies the map. */
        public Claim {
            drift = Map.copyOf(drift);
        }
    }
}
