package maple.like.application.port.in;

import java.util.List;
import java.util.Map;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.RelationKey;

/**
 * Brings buffered changes to the store, and the store's relations to a buffer that does not hold them all.
 *
 * <p>Any number of instances and threads may call it at any time, and it may be killed at any instruction: a change is
 * stored once. A partition that another caller is at work on is left to that one.
 */
public interface SyncLikes {
    /**
     * One round for one partition: at most one batch stored, and one page of relations copied back. Rounds that were
     * turned away because somebody else is at work are followed by one that waits for its turn, for seconds at most.
     *
     * @param partition 0 to the number of partitions less one
     * @throws LikesUnavailableException if the buffer or the store is away; the next call takes up where this stopped
     */
    Report sync(int partition);

    /**
     * What a round did.
     *
     * @param outcome which of the three
     * @param inserted rows added
     * @param deleted rows removed
     * @param setAside relations that could not be stored: their character does not exist, or the store refused the change
     * @param drift counted changes of existing characters that no relation accounts for, and that were dropped: always
     *     empty, unless there is a defect or Redis lost data
     * @param backlog changes still waiting in the buffer; 0 when busy
     * @param more whether another round should follow at once, because another full batch or another page is waiting
     */
    record Report(
            Outcome outcome,
            int inserted,
            int deleted,
            List<RelationKey> setAside,
            Map<CharacterName, Long> drift,
            long backlog,
            boolean more) {}

    /** How a round ended. */
    enum Outcome {
        /** Somebody else is at work on this partition. */
        BUSY,
        /** A batch was stored. */
        STORED,
        /** There was nothing to store. */
        DRAINED
    }
}
