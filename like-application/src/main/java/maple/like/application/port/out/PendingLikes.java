package maple.like.application.port.out;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import maple.like.application.BufferUnavailableException;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.domain.CharacterName;

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
     * Takes the next batch.
     *
     * @param stored the state of the store, read under the same lock
     * @param limit how many relations at most, 2 or more
     * @throws BufferUnavailableException if the buffer is away
     */
    Claim claim(int partition, PartitionState stored, int limit);

    /**
     * Imposes what the store decided while the buffer was away, whatever the buffer has: each relation gets the state of
     * its last entry, also in place of a change that waits or is claimed.
     *
     * @param stored the state of the store, read under the same lock
     * @param journal entries in the order in which they were made
     * @return the batch to be stored with it: what was claimed before and is not overruled, or an empty one
     * @throws BufferUnavailableException if the buffer is away
     */
    LikeBatch impose(int partition, PartitionState stored, List<JournalEntry> journal);

    /**
     * Takes what was stored off the buffered counts and forgets the batch. Does nothing if it is no longer that batch.
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
