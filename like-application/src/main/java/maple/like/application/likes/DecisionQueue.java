package maple.like.application.likes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.PartitionState;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.Change;
import maple.like.application.port.out.LikeLedger.Decided;
import maple.like.application.port.out.LikeLedger.Decision;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.PendingLikes.Reconciliation;
import maple.like.domain.LikePartitions;
import org.jspecify.annotations.Nullable;

/**
 * Finds out under a partition's lock which store decides, fails an unavailable primary store over, and lets the database
 * decide. Callers that arrive during a transaction share the next one: with others of their partition, or of any partition
 * once the database is known to decide theirs. Safe for use by any number of threads.
 */
final class DecisionQueue {
    /** Longer than the waits for a connection, the lock and the primary store together. */
    private static final Duration LONGEST_TRANSACTION = Duration.ofSeconds(10);

    /** Few enough that the statements of one transaction take milliseconds. */
    private static final int LIMIT = 256;

    /** Pending changes that are stored before a read-only store is failed over. More are left to a flush. */
    private static final int MOST_STORED_BY_A_CALL = 2_000;

    /** Transactions at once; each takes a connection to the database. */
    private static final int THREADS = 6;

    private final LongSupplier nanoTime;
    private final LikeLedger ledger;
    private final Reconciler reconciler;
    private final LikePartitions partitions;
    private final List<RequestQueue<Question, Check>> queues;
    private final RequestQueue<Change, Optional<Check>> shared;

    /** Partitions that the database was last found to decide. */
    private final Set<Integer> failedOver = ConcurrentHashMap.newKeySet();

    private final Executor threads = newThreads();

    DecisionQueue(LikeLedger ledger, Reconciler reconciler, LikePartitions partitions, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.ledger = ledger;
        this.reconciler = reconciler;
        this.partitions = partitions;
        this.queues = partitions
                .all()
                .mapToObj(partition ->
                        this.<Question, Check>queue((begun, questions) -> answer(partition, begun, questions)))
                .toList();
        this.shared = queue(this::decide);
    }

    private <Q, A> RequestQueue<Q, A> queue(BiFunction<Long, List<Q>, List<A>> answers) {
        return new RequestQueue<>(
                questions -> {
                    long begun = nanoTime.getAsLong();
                    return CompletableFuture.supplyAsync(() -> answers.apply(begun, questions), threads);
                },
                LIMIT,
                LONGEST_TRANSACTION,
                DecisionQueue::after,
                nanoTime,
                (sent, cause) -> failure(cause));
    }

    /** Threads exist only while partitions are checked. */
    private static Executor newThreads() {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(THREADS, THREADS, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "like-failover");
                    thread.setDaemon(true);
                    // Not the caller's: a web server takes that for a leak when it stops.
                    thread.setContextClassLoader(DecisionQueue.class.getClassLoader());
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private static Runnable after(Duration delay, Runnable task) {
        CompletableFuture<Void> timer = new CompletableFuture<>();
        var unused = timer.orTimeout(delay.toMillis(), TimeUnit.MILLISECONDS).whenComplete((done, timeout) -> {
            if (timeout != null) {
                task.run();
            }
        });
        return () -> timer.complete(null);
    }

    /**
     * What is asked about a partition.
     *
     * @param change what the database is to decide if it decides; null to find out which store does
     * @param refusal by a full primary store, which is thrown unless the database can take over
     */
    record Question(@Nullable Change change, @Nullable PrimaryUnavailableException refusal) {
        static final Question WHO_DECIDES = new Question(null, null);
    }

    /**
     * What was found under the lock.
     *
     * @param decision of the database, if it was to make one and has the character
     * @param epoch of the partition
     * @param failure of this question alone
     */
    record Check(
            boolean databaseDecides,
            Optional<Decision> decision,
            long epoch,
            @Nullable RuntimeException failure) {
        private static Check failed(RuntimeException failure) {
            return new Check(false, Optional.empty(), 0, failure);
        }

        private static Check decided(Optional<Decision> decision, long epoch) {
            return new Check(true, decision, epoch, null);
        }

        private Check orThrow() {
            if (failure != null) {
                throw failure;
            }
            return this;
        }
    }

    /**
     * Asks, and waits.
     *
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    Check ask(int partition, Question question) {
        return begin(partition, question).get();
    }

    /** Asks without waiting; the result waits, and throws as {@link #ask}. */
    Supplier<Check> begin(int partition, Question question) {
        Change change = question.change();
        if (change == null || !failedOver.contains(partition)) {
            return beginAlone(partition, question);
        }
        Supplier<List<Optional<Check>>> asked = shared.begin(List.of(change));
        return () -> asked.get()
                .get(0)
                .orElseGet(() -> beginAlone(partition, question).get());
    }

    private Supplier<Check> beginAlone(int partition, Question question) {
        Supplier<List<Check>> asked = queues.get(partition).begin(List.of(question));
        return () -> asked.get().get(0).orThrow();
    }

    private static RuntimeException failure(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException known) {
            return known;
        }
        return cause instanceof TimeoutException
                ? tooLong(cause)
                : new DatabaseUnavailableException("Interrupted while the database decided", cause);
    }

    /** Empty for changes that are to be decided with those of their partition alone, for whatever reason. */
    private List<Optional<Check>> decide(long begun, List<Change> changes) {
        Map<Integer, List<Change>> byPartition = new TreeMap<>();
        changes.forEach(change -> byPartition
                .computeIfAbsent(partition(change), first -> new ArrayList<>())
                .add(change));
        Map<Integer, Decided> decided = Map.of();
        try {
            decided = ledger.decide(byPartition, () -> requireAwaited(begun));
        } catch (DatabaseUnavailableException unavailable) {
            failedOver.removeAll(byPartition.keySet()); // one that stays locked must not fail the others again
            throw unavailable;
        } catch (RuntimeException refused) {
            // of one change alone, which its partition's queue finds
        }
        Map<Integer, Iterator<Check>> checks = new HashMap<>();
        decided.forEach((partition, of) -> checks.put(
                partition,
                of.decisions().stream()
                        .map(decision -> Check.decided(decision, of.epoch()))
                        .iterator()));
        failedOver.removeIf(partition -> byPartition.containsKey(partition) && !checks.containsKey(partition));
        return changes.stream()
                .map(change ->
                        Optional.ofNullable(checks.get(partition(change))).map(Iterator::next))
                .toList();
    }

    private int partition(Change change) {
        return partitions.of(change.character().ocid());
    }

    /** What the database refuses of one question must not fail the others. */
    private List<Check> answer(int partition, long begun, List<Question> questions) {
        try {
            return ledger.awaitPartition(partition, locked -> {
                List<Check> checks = answer(partition, locked, questions);
                requireAwaited(begun);
                return checks;
            });
        } catch (DatabaseUnavailableException | PrimaryUnavailableException concernsAll) {
            throw concernsAll;
        } catch (RuntimeException e) {
            if (questions.size() == 1) {
                return List.of(Check.failed(e));
            }
            return questions.stream()
                    .flatMap(question -> answer(partition, begun, List.of(question)).stream())
                    .toList();
        }
    }

    /** Once its callers have given up, a transaction must not commit: they may have repeated their calls, and made others. */
    private void requireAwaited(long begun) {
        if (nanoTime.getAsLong() - begun > LONGEST_TRANSACTION.toNanos()) {
            throw tooLong(null);
        }
    }

    private static DatabaseUnavailableException tooLong(@Nullable Throwable cause) {
        return new DatabaseUnavailableException(
                "The database did not decide within " + LONGEST_TRANSACTION.toSeconds() + " s", cause);
    }

    /** Under the lock no other instance can fail over or fail back. */
    private List<Check> answer(int partition, LockedPartition locked, List<Question> questions) {
        boolean full = questions.stream().anyMatch(question -> question.refusal() != null);
        Primary primary = locked.row().state().databaseDecides() ? Primary.UNAVAILABLE : primary(partition, locked);
        if (primary == Primary.REBUILDING) {
            // Committed, because the state says why nothing is answered. The flush goes on, and so does the next call.
            Check failed = Check.failed(PrimaryUnavailableException.notSent(
                    "Partition " + partition + " is behind the database and being rebuilt", null));
            return questions.stream().map(question -> failed).toList();
        }
        if (primary == Primary.DECIDES && !(full && isHandedOver(partition, locked))) {
            long epoch = locked.row().epoch();
            return questions.stream()
                    .map(question -> new Check(false, Optional.empty(), epoch, question.refusal()))
                    .toList();
        }
        if (!locked.row().state().databaseDecides()) {
            locked.moveTo(PartitionState.FAILED_OVER);
        }
        List<Change> changes = questions.stream()
                .map(Question::change)
                .filter(Objects::nonNull)
                .toList();
        Iterator<Optional<Decision>> decisions = changes.isEmpty()
                ? Stream.<Optional<Decision>>empty().iterator()
                : locked.journal().decide(changes).iterator();
        long epoch = locked.row().epoch();
        List<Check> checks = new ArrayList<>();
        for (Question question : questions) {
            checks.add(Check.decided(question.change() == null ? Optional.empty() : decisions.next(), epoch));
        }
        failedOver.add(partition);
        return checks;
    }

    private enum Primary {
        DECIDES,
        REBUILDING,
        UNAVAILABLE
    }

    private Primary primary(int partition, LockedPartition locked) {
        try {
            if (reconciler.reconcile(partition, locked) == Reconciliation.UNFINISHED) {
                return Primary.REBUILDING;
            }
            return locked.row().state().databaseDecides() ? Primary.UNAVAILABLE : Primary.DECIDES;
        } catch (PrimaryUnavailableException unavailable) {
            if (unavailable.isReadOnly()) {
                reconciler.failReadOnlyOver(partition, locked, unavailable, MOST_STORED_BY_A_CALL);
            }
            return Primary.UNAVAILABLE;
        }
    }

    /** A full store still answers, so the database takes over only once nothing is hidden by that. */
    private boolean isHandedOver(int partition, LockedPartition locked) {
        return locked.journal().entries(1).isEmpty()
                && reconciler
                        .pending()
                        .handOver(
                                partition,
                                locked.row().generation(),
                                locked.row().epoch() + 1);
    }
}
