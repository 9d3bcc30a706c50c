package maple.like.adapter.jpa;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeLedger;
import org.hibernate.LockMode;
import org.hibernate.StatelessSession;

/** Partitions are rows of {@code like_partition}: the row's lock admits one caller, and ends with the transaction. */
final class JpaLikeLedger implements LikeLedger {
    private final Store store;
    private final Sql sql;
    private final LikePartitions partitions;
    private final InstantSource clock;

    JpaLikeLedger(Store store, Sql sql, LikePartitions partitions, InstantSource clock) {
        this.store = store;
        this.sql = sql;
        this.partitions = partitions;
        this.clock = clock;
    }

    @Override
    public <R> Optional<R> withPartition(int partition, Function<LockedPartition, R> work) {
        return inTransaction(partition, LockMode.UPGRADE_SKIPLOCKED, work);
    }

    @Override
    public <R> R awaitPartition(int partition, Function<LockedPartition, R> work) {
        return inTransaction(partition, LockMode.PESSIMISTIC_WRITE, work)
                .orElseThrow(() -> LikePartitionEntity.missing(partition));
    }

    private <R> Optional<R> inTransaction(int partition, LockMode mode, Function<LockedPartition, R> work) {
        if (partition < 0 || partition >= partitions.count()) {
            throw new IllegalArgumentException(
                    "There is no partition " + partition + " of " + partitions.count() + ", counted from 0");
        }
        return store.inTransaction(
                "work on partition " + partition,
                session -> lock(session, partition, mode)
                        .map(row -> run(work, new JpaLockedPartition(session, sql, partitions, clock, row))));
    }

    private static <R> R run(Function<LockedPartition, R> work, JpaLockedPartition locked) {
        try (locked) {
            R result = requireNonNull(work.apply(locked), "the work's result");
            locked.requireIntact();
            return result;
        }
    }

    /** The first statement of the transaction, so that whatever is read after it is no older than the lock. */
    private static Optional<LikePartitionEntity> lock(StatelessSession session, int partition, LockMode mode) {
        return Store.attempt("lock partition " + partition, () -> {
            Optional<LikePartitionEntity> row = session.createSelectionQuery(
                            "from LikePartitionEntity where id = :id", LikePartitionEntity.class)
                    .setParameter("id", partition)
                    .setHibernateLockMode(mode)
                    .uniqueResultOptional();
            if (row.isEmpty() && !exists(session, partition)) {
                throw LikePartitionEntity.missing(partition);
            }
            return row;
        });
    }

    /** A row that is locked is skipped, and so is one that does not exist, but nobody will ever unlock that. */
    private static boolean exists(StatelessSession session, int partition) {
        return session.createSelectionQuery("select id from LikePartitionEntity where id = :id", Integer.class)
                .setParameter("id", partition)
                .uniqueResultOptional()
                .isPresent();
    }
}
