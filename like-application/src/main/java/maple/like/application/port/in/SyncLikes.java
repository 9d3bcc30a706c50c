package maple.like.application.port.in;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maple.like.application.LikesUnavailableException;
import maple.like.application.PartitionState;
import maple.like.domain.CharacterName;
import maple.like.domain.RelationKey;

/**
 * Flushes pending changes to the database, fails back, and warms the primary store up.
 *
 * <p>Any number of instances and threads may call it at any time, and it may be killed at any instruction: a change is
 * stored once. A partition whose lock has another owner is left to that owner.
 */
public interface SyncLikes {
    /**
     * One round for one partition: at most one batch stored and a few pages copied. After several rounds in a row that found
     * the lock taken, a round waits for it, for seconds at most.
     *
     * @param partition 0 to the number of partitions less one
     * @throws LikesUnavailableException if the primary store or the database is unavailable; the next call continues
     */
    Report sync(int partition);

    /**
     * What a round did.
     *
     * @param outcome how it ended
     * @param state the partition's state after it, or empty when busy
     * @param epoch rises whenever another store than before begins to decide; 0 when busy
     * @param inserted rows added
     * @param deleted rows removed
     * @param rejected relations that became dead letters: their character does not exist, or the database rejected them
     * @param drift buffered counts of existing characters that no relation accounts for, and that were dropped: empty
     *     unless there is a defect or Redis lost data
     * @param backlog changes still pending; 0 when busy
     * @param more whether another round should follow at once
     */
    record Report(
            Outcome outcome,
            Optional<PartitionState> state,
            long epoch,
            int inserted,
            int deleted,
            List<RelationKey> rejected,
            Map<CharacterName, Long> drift,
            long backlog,
            boolean more) {}

    /** How a round ended. */
    enum Outcome {
        /** The lock has another owner. */
        BUSY,
        /** A batch was stored, or a part of the journal applied. */
        STORED,
        /** There was nothing to store. */
        DRAINED
    }
}
