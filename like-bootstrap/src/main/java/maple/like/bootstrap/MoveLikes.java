package maple.like.bootstrap;

import java.util.List;
import java.util.Map;
import maple.like.application.BufferUnavailableException;
import maple.like.application.memory.CollectedLikes;
import maple.like.application.port.in.SyncLikes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves what was collected in memory on to Redis. */
record MoveLikes(CollectedLikes likes) implements SyncLikes {
    private static final Logger LOG = LoggerFactory.getLogger(MoveLikes.class);

    @Override
    public Report sync(int partition) {
        try {
            long givenUp = likes.move(partition);
            if (givenUp > 0) {
                LOG.warn("Partition {}: gave {} changes up, because their character is gone", partition, givenUp);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BufferUnavailableException.unasked("Moving changes on to Redis was interrupted", e);
        }
        return new Report(Outcome.DRAINED, 0, 0, List.of(), Map.of(), likes.waiting(partition), false);
    }
}
