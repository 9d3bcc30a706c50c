package maple.like.application.likes;

import maple.like.application.PartitionState;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.PendingLikes;

/**
 * Reconciles the primary store with a locked partition, which precedes all other work under the lock. Safe for use by any
 * number of threads.
 *
 * @param pending the primary store
 */
public record Reconciler(PendingLikes pending) {
    /** Reconciles, and lets the partition's state follow. Fails as {@link PendingLikes#reconcile} does. */
    public void reconcile(int partition, LockedPartition locked) {
        boolean rebuilt = pending.reconcile(partition, locked.row().generation(), locked.rows());
        PartitionState state = locked.row().state();
        if (rebuilt && !state.databaseDecides()) {
            locked.moveTo(PartitionState.REBUILDING);
        }
        if (locked.row().state() == PartitionState.REBUILDING) {
            locked.moveTo(PartitionState.WARMING_UP);
        }
    }
}
