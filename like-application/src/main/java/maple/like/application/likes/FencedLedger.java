package maple.like.application.likes;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.PartitionState;
import maple.like.application.port.out.LikeLedger;
import maple.like.domain.LikePartitions;

/**
 * The ledger of an instance whose memory is the primary store. An instance that takes the database over later displaces
 * this one for good: each transaction compares the epoch under the partition's lock, and stores nothing where it rose.
 * Safe for use by any number of threads.
 */
public final class FencedLedger implements LikeLedger {
    private static final int JOURNAL_PAGE = 1_000;

    private final LikeLedger ledger;
    private final LikePartitions partitions;
    private final AtomicLongArray epochs;
    private volatile boolean displaced;

    private FencedLedger(LikeLedger ledger, LikePartitions partitions) {
        this.ledger = ledger;
        this.partitions = partitions;
        this.epochs = new AtomicLongArray(partitions.count());
    }

    /**
     * Takes the database over. A batch that another instance claimed can no longer be stored, and a journal for another
     * primary store is dropped: that store will be behind, and is rebuilt from the rows. To be called before anything else.
     *
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    public static FencedLedger takeOver(LikeLedger ledger, LikePartitions partitions) {
        FencedLedger fenced = new FencedLedger(ledger, partitions);
        partitions
                .all()
                .forEach(partition ->
                        fenced.epochs.set(partition, ledger.awaitPartition(partition, FencedLedger::takeOver)));
        return fenced;
    }

    private static long takeOver(LockedPartition locked) {
        if (locked.row().state() == PartitionState.FAILED_OVER) {
            locked.moveTo(PartitionState.REPLAYING);
        }
        List<JournalEntry> journal = locked.journal().entries(JOURNAL_PAGE);
        while (!journal.isEmpty()) {
            locked.journal().acknowledge(locked.row().generation() + 1, journal);
            journal = locked.journal().entries(JOURNAL_PAGE);
        }
        return locked.primary().replace().epoch();
    }

    /** Whether another instance is known to have taken the database over, as of the last transaction. */
    public boolean isDisplaced() {
        return displaced;
    }

    /**
     * Checks that no other instance has taken the database over.
     *
     * @throws DatabaseUnavailableException if one has, or the database is unavailable
     */
    public void requireOwned() {
        partitions.all().forEach(partition -> awaitPartition(partition, locked -> true));
    }

    @Override
    public <R> Optional<R> tryPartition(int partition, Function<LockedPartition, R> work) {
        return ledger.tryPartition(partition, fenced(partition, work));
    }

    @Override
    public <R> R awaitPartition(int partition, Function<LockedPartition, R> work) {
        return ledger.awaitPartition(partition, fenced(partition, work));
    }

    private <R> Function<LockedPartition, R> fenced(int partition, Function<LockedPartition, R> work) {
        return locked -> {
            if (locked.row().epoch() != epochs.get(partition)) {
                displaced = true;
                throw new DatabaseUnavailableException(
                        "Another instance has taken the database over; what was not stored before is lost", null);
            }
            return work.apply(locked);
        };
    }
}
