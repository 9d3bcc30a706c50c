package maple.like.application.service;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.AppliedBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PendingLikes.Claim;

final class SyncLikesService implements SyncLikes {
    private static final Report BUSY = new Report(Outcome.BUSY, 0, 0, List.of(), Map.of(), 0, false);

    private final LikeLedger ledger;
    private final PendingLikes pending;
    private final int batchSize;
    private final int pageSize;

    SyncLikesService(LikeLedger ledger, PendingLikes pending, int batchSize, int pageSize) {
        if (batchSize < 2 || pageSize < 1) {
            throw new IllegalArgumentException(
                    "batchSize must be 2 or more and pageSize 1 or more: " + batchSize + ", " + pageSize);
        }
        this.ledger = ledger;
        this.pending = pending;
        this.batchSize = batchSize;
        this.pageSize = pageSize;
    }

    @Override
    public Report sync(int partition) {
        return ledger.withPartition(partition, locked -> store(partition, locked))
                .map(stored -> {
                    stored.applied().ifPresent(applied -> pending.finish(partition, applied.state()));
                    boolean restoring = restore(partition, stored.claim().missingFrom());
                    return report(stored, restoring);
                })
                .orElse(BUSY);
    }

    /** Inside the transaction: the claim and the rows share the partition's lock. */
    private Stored store(int partition, LockedPartition locked) {
        Claim claim = pending.claim(partition, locked.state(), batchSize);
        return new Stored(claim, claim.batch().map(locked::apply));
    }

    /** A page of its own transaction, so that other instances get their turn between two pages of a long copy. */
    private boolean restore(int partition, OptionalLong missingFrom) {
        if (missingFrom.isEmpty()) {
            return false;
        }
        long cursor = missingFrom.getAsLong();
        return ledger.withPartition(partition, locked -> {
                    RelationPage page = locked.relationsAfter(cursor, pageSize);
                    pending.restore(partition, locked.state().generation(), cursor, page);
                    return !page.last();
                })
                .orElse(false);
    }

    private Report report(Stored stored, boolean restoring) {
        Claim claim = stored.claim();
        Optional<AppliedBatch> applied = stored.applied();
        return new Report(
                applied.isPresent() ? Outcome.STORED : Outcome.DRAINED,
                applied.map(AppliedBatch::inserted).orElse(0),
                applied.map(AppliedBatch::deleted).orElse(0),
                applied.map(AppliedBatch::setAside).orElse(List.of()),
                claim.drift(),
                claim.backlog(),
                restoring || claim.backlog() >= batchSize);
    }

    private record Stored(Claim claim, Optional<AppliedBatch> applied) {}
}
