package maple.like.adapter.jpa;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeLedger;
import maple.like.domain.RelationKey;
import org.hibernate.LockMode;
import org.hibernate.StatelessSession;

/** Partitions are rows of {@code like_partition}: the row's lock admits one caller, and ends with the transaction. */
final class JpaLikeLedger implements LikeLedger {
    private static final int RETRIES = 3;

    private final Store store;
    private final Sql sql;
    private final LikePartitions partitions;
    private final InstantSource clock;
    private final Duration longestWait;

    JpaLikeLedger(Store store, Sql sql, LikePartitions partitions, InstantSource clock, Duration longestWait) {
        this.store = store;
        this.sql = sql;
        this.partitions = partitions;
        this.clock = clock;
        this.longestWait = longestWait;
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
        Refusals refusals = new Refusals();
        for (int retriesLeft = RETRIES; ; ) {
            try {
                return store.inTransaction(
                        "work on partition " + partition,
                        session -> lock(session, partition, mode)
                                .map(row -> run(
                                        work, new JpaLockedPartition(session, sql, partitions, clock, refusals, row))));
            } catch (RuntimeException e) {
                boolean again = switch (Verdict.on(e)) {
                    case CONFLICT -> retriesLeft-- > 0;
                    case REFUSAL -> refusals.learn(this::trial);
                    case FAILURE -> false;
                };
                if (!again) {
                    throw e;
                }
            }
        }
    }

    /** Tries to store a part of a batch, and rolls back. */
    private Optional<RuntimeException> trial(Map<RelationKey, Boolean> wanted) {
        try {
            store.trial(
                    "find out what the database refuses",
                    session -> new LikeRows(session, sql)
                            .write(List.copyOf(wanted.keySet()), wanted, Set.of(), clock.instant()));
            return Optional.empty();
        } catch (RuntimeException e) {
            if (Verdict.on(e) == Verdict.REFUSAL) {
                return Optional.of(e);
            }
            throw e;
        }
    }

    private static <R> R run(Function<LockedPartition, R> work, JpaLockedPartition locked) {
        try (locked) {
            R result = requireNonNull(work.apply(locked), "the work's result");
            locked.requireIntact();
            return result;
        }
    }

    /** The first row that the transaction reads, so that whatever is read after it is no older than the lock. */
    private Optional<LikePartitionEntity> lock(StatelessSession session, int partition, LockMode mode) {
        return Store.attempt("lock partition " + partition, () -> {
            if (mode == LockMode.PESSIMISTIC_WRITE) {
                session.createNativeMutationQuery(sql.limitWaits(longestWait)).executeUpdate();
            }
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
