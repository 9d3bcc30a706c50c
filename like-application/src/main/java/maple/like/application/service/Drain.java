package maple.like.application.service;

import java.util.function.BooleanSupplier;
import maple.like.application.PartitionState;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.in.SyncLikes.Outcome;
import maple.like.application.port.in.SyncLikes.Report;

/** Flushes until the database holds what was pending at the beginning, and the primary store what is stored. */
record Drain(SyncLikes sync) {
    /** Each stores a batch, or waits for another instance that does. */
    private static final int MOST_ROUNDS = 100_000;

    /** Under a load that is never stored completely, rounds after which to look for what matters. */
    private static final int ROUNDS_BEFORE_LOOK = 16;

    /** @throws PrimaryUnavailableException if the database decides, and the primary store cannot be given the journal */
    void drain(int partition) {
        drain(partition, () -> false);
    }

    /**
     * As {@link #drain(int)}, but may end before.
     *
     * @param isEnough whether nothing that matters is pending any more
     */
    void drain(int partition, BooleanSupplier isEnough) {
        for (int round = 1; round <= MOST_ROUNDS; round++) {
            Report report = sync.sync(partition);
            if (report.outcome() == Outcome.BUSY) {
                continue;
            }
            boolean isDrained = report.backlog() == 0 && !report.more();
            boolean databaseDecides =
                    report.state().filter(PartitionState::databaseDecides).isPresent();
            if (isDrained && databaseDecides && report.outcome() == Outcome.DRAINED) {
                throw PrimaryUnavailableException.notSent(
                        "The primary store of partition " + partition + " has no memory for the journal", null);
            }
            boolean isLook = round % ROUNDS_BEFORE_LOOK == 0;
            if (!databaseDecides && (isDrained || (isLook && isEnough.getAsBoolean()))) {
                return;
            }
        }
        throw PrimaryUnavailableException.notSent("Partition " + partition + " has pending changes all the time", null);
    }
}
