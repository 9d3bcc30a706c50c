package maple.like.application.contract;

import maple.like.application.likes.InMemoryLedger;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PrimaryInspection;
import maple.like.domain.LikePartitions;

/** A primary store under test. */
public interface PrimaryFixture {
    /** How the store is divided. */
    LikePartitions PARTITIONS = new LikePartitions(2);

    /** Another instance on the store. */
    Instance instance(InMemoryLedger database);

    /** Evicts the totals, as time does. */
    void expireTotals();

    /** Makes the store lose everything. */
    void empty();

    /** The ports of one instance. */
    record Instance(LikeToggle likes, PendingLikes pending, PrimaryInspection inspection) {}
}
