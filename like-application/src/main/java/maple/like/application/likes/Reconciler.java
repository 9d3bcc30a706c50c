package maple.like.application.likes;

import maple.like.application.PartitionState;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PendingLikes.PendingPage;
import maple.like.application.port.out.PendingLikes.Reconciliation;

/**
 * Reconciles the primary store with a locked partition, which precedes all other work under the lock. Safe for use by any
 * number of threads.
 *
 * @param pending the primary store
 */
public record Reconciler(PendingLikes pending) {
    private static final int PAGE = 1_000;

    /**
     * Reconciles, and lets the partition's state follow. Fails as {@link PendingLikes#reconcile} does.
     *
     * @return what was found; nothing else may follow under this lock where it is {@link Reconciliation#UNFINISHED}
     */
    public Reconciliation reconcile(int partition, LockedPartition locked) {
        Reconciliation found = pending.reconcile(partition, locked);
        if (found == Reconciliation.UNFINISHED) {
            if (!locked.row().state().databaseDecides()) {
                locked.moveTo(PartitionState.REBUILDING);
            }
            return found;
        }
        if (locked.row().recoversFrom() != null) {
            locked.primary().recovered();
        }
        if (found == Reconciliation.REBUILT && !locked.row().state().databaseDecides()) {
            locked.moveTo(PartitionState.REBUILDING);
        } else if (found == Reconciliation.HANDED_OVER) {
            locked.moveTo(PartitionState.FAILED_OVER);
        }
        if (locked.row().state() == PartitionState.REBUILDING) {
            locked.moveTo(PartitionState.WARMING_UP);
        }
        return found;
    }

    /**
     * Stores the pending changes of a store that refuses writes, and fails it over: it answers reads, so the database may
     * decide only if nothing is hidden by that. The store is behind the database afterwards, and rebuilt once it takes
     * writes.
     *
     * @param refusal of a write
     * @param most changes that may be pending, approximately
     * @throws PrimaryUnavailableException the refusal, if more changes are pending
     */
    public void failReadOnlyOver(
            int partition, LockedPartition locked, PrimaryUnavailableException refusal, long most) {
        String cursor = LikeLedger.START;
        for (long left = most; left > 0; ) {
            PendingPage page = pending.records().pendingAfter(partition, cursor, PAGE);
            left -= page.changes().size();
            if (!page.changes().isEmpty()) {
                locked.rows().store(new LikeBatch(locked.row().generation() + 1, page.changes(), page.answers()));
            }
            if (page.next().isEmpty()) {
                locked.moveTo(PartitionState.FAILED_OVER);
                return;
            }
            cursor = page.next().get();
        }
        throw refusal;
    }
}
