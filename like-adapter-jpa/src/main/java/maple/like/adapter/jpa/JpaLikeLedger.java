package maple.like.adapter.jpa;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import maple.like.application.PrimaryAheadException;
import maple.like.application.RelationChanges;
import maple.like.application.port.out.LikeLedger;
import org.hibernate.LockMode;
import org.hibernate.StatelessSession;

/** Partitions are rows of {@code like_partition}: the row's lock admits one caller, and ends with the transaction. */
record JpaLikeLedger(Transactions transactions, CharacterAdmission admission, InstantSource clock, Duration longestWait)
        implements LikeLedger {
    private static final int RETRIES = 3;

    @Override
    public <R> Optional<R> tryPartition(int partition, Function<LockedPartition, R> work) {
        return inTransaction(partition, LockMode.UPGRADE_SKIPLOCKED, work);
    }

    @Override
    public <R> R awaitPartition(int partition, Function<LockedPartition, R> work) {
        return inTransaction(partition, LockMode.PESSIMISTIC_WRITE, work)
                .orElseThrow(() -> LikePartitionEntity.missing(partition));
    }

    private <R> Optional<R> inTransaction(int partition, LockMode mode, Function<LockedPartition, R> work) {
        int count = admission.partitions().count();
        if (partition < 0 || partition >= count) {
            throw new IllegalArgumentException(
                    "There is no partition " + partition + " of " + count + ", counted from 0");
        }
        RejectedRows rejected = new RejectedRows();
        for (int retriesLeft = RETRIES, outrunsLeft = RETRIES; ; ) {
            try {
                return transactions.inTransaction(
                        "work on partition " + partition,
                        session -> lock(session, partition, mode)
                                .map(row -> run(
                                        work,
                                        new JpaLockedPartition(
                                                session, transactions, admission, clock, rejected, row))));
            } catch (PrimaryAheadException ahead) {
                if (outrunsLeft-- == 0) {
                    throw ahead;
                }
                outrun(partition, ahead);
            } catch (RuntimeException e) {
                boolean again = switch (transactions.vendor().failureOf(e)) {
                    case RETRYABLE -> retriesLeft-- > 0;
                    case ROW_REJECTED -> rejected.bisect(this::tryOut);
                    case OUTAGE, DEFECT -> false;
                };
                if (!again) {
                    throw e;
                }
            }
        }
    }

    @Override
    public Map<Integer, Decided> decide(Map<Integer, List<Change>> changes, Runnable beforeCommit) {
        for (int retriesLeft = RETRIES; ; ) {
            try {
                return transactions.inTransaction("decide in partitions " + changes.keySet(), session -> {
                    Map<Integer, Decided> decided = transactions.attempt(
                            "decide in partitions " + changes.keySet(), () -> decide(session, changes));
                    beforeCommit.run();
                    return decided;
                });
            } catch (RuntimeException e) {
                if (transactions.vendor().failureOf(e) != SqlFailure.RETRYABLE || retriesLeft-- == 0) {
                    throw e;
                }
            }
        }
    }

    private Map<Integer, Decided> decide(StatelessSession session, Map<Integer, List<Change>> changes) {
        limitLockWaits(session);
        RowStatements statements = new RowStatements(session, transactions.vendor(), admission);
        Map<Integer, Long> epochs = statements.lockPartitions(changes.keySet());
        List<Change> all = epochs.keySet().stream()
                .flatMap(partition -> changes.getOrDefault(partition, List.of()).stream())
                .toList();
        Iterator<Optional<Decision>> decisions =
                new Decisions(statements, clock).make(all).iterator();
        Map<Integer, Decided> decided = new HashMap<>();
        epochs.forEach((partition, epoch) -> decided.put(
                partition,
                new Decided(
                        epoch,
                        changes.getOrDefault(partition, List.of()).stream()
                                .map(change -> decisions.next())
                                .toList())));
        return decided;
    }

    private void limitLockWaits(StatelessSession session) {
        session.createNativeMutationQuery(transactions.vendor().limitLockWaits(longestWait))
                .executeUpdate();
    }

    /** In a transaction of its own: it holds the lock if it commits, so what it finds is not out of date. */
    private void outrun(int partition, PrimaryAheadException ahead) {
        awaitPartition(partition, locked -> {
            ((JpaLockedPartition) locked).outrun(ahead);
            return locked;
        });
    }

    /** Tries to store a part of a batch, and rolls back. */
    private Optional<RuntimeException> tryOut(RelationChanges changes) {
        try {
            transactions.tryOut(
                    "find rejected rows",
                    session -> new RowStatements(session, transactions.vendor(), admission)
                            .write(changes, Set.of(), 0, clock.instant()));
            return Optional.empty();
        } catch (RuntimeException e) {
            if (transactions.vendor().failureOf(e) == SqlFailure.ROW_REJECTED) {
                return Optional.of(e);
            }
            throw e;
        }
    }

    private static <R> R run(Function<LockedPartition, R> work, JpaLockedPartition locked) {
        try (locked) {
            R result = requireNonNull(work.apply(locked), "the work's result");
            locked.save();
            return result;
        }
    }

    /** The first row that the transaction reads, so that all that is read after it is no older than the lock. */
    private Optional<LikePartitionEntity> lock(StatelessSession session, int partition, LockMode mode) {
        return transactions.attempt("lock partition " + partition, () -> {
            if (mode == LockMode.PESSIMISTIC_WRITE) {
                limitLockWaits(session);
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

    /** A locked row is skipped, and so is one that does not exist, which would never be unlocked. */
    private static boolean exists(StatelessSession session, int partition) {
        return session.createSelectionQuery("select id from LikePartitionEntity where id = :id", Integer.class)
                .setParameter("id", partition)
                .uniqueResultOptional()
                .isPresent();
    }
}
