package maple.like.application.memory;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import maple.like.application.LikePartitions;
import maple.like.application.StoreUnavailableException;
import maple.like.application.port.out.LikeLedger;

/**
 * The ledger of a buffer that decides alone. Whoever takes the store over later displaces this buffer for good: each
 * transaction looks, under the partition's lock, whether that has happened, and then stores nothing. Safe for use by any
 * number of threads.
 */
public final class OwnedLedger implements LikeLedger {
    private static final int JOURNAL_PAGE = 1_000;

    private final LikeLedger ledger;
    private final LikePartitions partitions;

    /** By partition: what shows that nobody has taken it over since. */
    private final AtomicLongArray detachments;

    private volatile boolean displaced;

    private OwnedLedger(LikeLedger ledger, LikePartitions partitions) {
        this.ledger = ledger;
        this.partitions = partitions;
        this.detachments = new AtomicLongArray(partitions.count());
    }

    /**
     * Makes the store one buffer's alone. No batch that somebody else may have claimed can be taken for one of its own
     * from then on, and what was still to be told to another buffer is forgotten: that one will find itself behind, and
     * be rebuilt from the rows. To be called before anything else.
     *
     * @throws StoreUnavailableException if the store is away
     */
    public static OwnedLedger takeOver(LikeLedger ledger, LikePartitions partitions) {
        OwnedLedger owned = new OwnedLedger(ledger, partitions);
        partitions
                .all()
                .forEach(partition ->
                        owned.detachments.set(partition, ledger.awaitPartition(partition, OwnedLedger::takeOver)));
        return owned;
    }

    private static long takeOver(LockedPartition locked) {
        List<JournalEntry> journal = locked.journal(JOURNAL_PAGE);
        while (!journal.isEmpty()) {
            locked.replay(locked.state().generation() + 1, journal);
            journal = locked.journal(JOURNAL_PAGE);
        }
        if (locked.detached()) {
            locked.attach();
        }
        return locked.replaceBuffer();
    }

    /** Whether somebody is known to have taken the store over: as of the last look, or transaction. */
    public boolean isDisplaced() {
        return displaced;
    }

    /**
     * Looks whether somebody has taken the store over.
     *
     * @throws StoreUnavailableException if the store is away, or if somebody has
     */
    public void requireOwned() {
        partitions.all().forEach(partition -> awaitPartition(partition, locked -> true));
    }

    @Override
    public <R> Optional<R> withPartition(int partition, Function<LockedPartition, R> work) {
        return ledger.withPartition(partition, owned(partition, work));
    }

    @Override
    public <R> R awaitPartition(int partition, Function<LockedPartition, R> work) {
        return ledger.awaitPartition(partition, owned(partition, work));
    }

    private <R> Function<LockedPartition, R> owned(int partition, Function<LockedPartition, R> work) {
        return locked -> {
            if (locked.detachments() != detachments.get(partition)) {
                displaced = true;
                throw new StoreUnavailableException(
                        "Another instance has taken the store over, so what was not stored before is lost", null);
            }
            return work.apply(locked);
        };
    }
}
