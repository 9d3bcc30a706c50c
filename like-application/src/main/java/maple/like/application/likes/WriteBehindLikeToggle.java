package maple.like.application.likes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import maple.like.application.Decider;
import maple.like.application.KeyUse;
import maple.like.application.LikesUnavailableException;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import org.jspecify.annotations.Nullable;

/**
 * Decides in the memory of this instance and forwards the outcomes to another store. No other instance may change that
 * store; a process that dies loses what was not forwarded.
 *
 * <p>The total of a character with pending changes is kept here as well, so an answer is exact: the store behind is not
 * read for it until nothing of it is pending. An outcome is forwarded until it is acknowledged, and dropped then unless
 * it changed meanwhile. The store behind decides about changes with an idempotency key, so that keys outlive the process. Safe for use by any number of threads.
 */
public final class WriteBehindLikeToggle implements LikeToggle {
    /** Longer than a store behind takes to answer or to fail. */
    private static final Duration LONGEST_SEND = Duration.ofSeconds(10);

    /** Changes of one character that one thread forwards. */
    private static final int PART = 50;

    private final LikePartitions partitions;
    private final LikeToggle behind;
    private final Runnable requireLease;
    private final ExecutorService forwarders;
    private final long maxPending;
    private final List<Map<Ocid, Changed>> changed = new ArrayList<>();
    private final AtomicLong[] pending;

    /** Of each partition: a later state must be sent later. */
    private final List<ReentrantLock> rounds = new ArrayList<>();

    /**
     * Starts with nothing pending.
     *
     * @param forwarders forward changes, many at a time; stays the caller's to shut down
     * @param maxPending changes that may be pending in each partition before more are refused; 1 or more
     */
    WriteBehindLikeToggle(
            LikePartitions partitions,
            LikeToggle behind,
            Runnable requireLease,
            ExecutorService forwarders,
            int maxPending) {
        this.partitions = partitions;
        this.behind = behind;
        this.requireLease = requireLease;
        this.forwarders = forwarders;
        this.maxPending = maxPending;
        this.pending = new AtomicLong[partitions.count()];
        partitions.all().forEach(partition -> {
            changed.add(new ConcurrentHashMap<>());
            rounds.add(new ReentrantLock());
            pending[partition] = new AtomicLong();
        });
    }

    /** How many changes are to be forwarded. */
    public long backlog(int partition) {
        return pending[partition].get();
    }

    @Override
    public Optional<Outcome> apply(
            AccountId account, GameCharacter character, LikeIntent intent, @Nullable KeyUse use) {
        requireLease.run();
        int partition = partitions.of(character.ocid());
        while (true) {
            Changed entry =
                    changed.get(partition).computeIfAbsent(character.ocid(), ocid -> new Changed(partition, character));
            Attempt attempt = entry.locked(() -> entry.apply(account, intent, use));
            entry.removeIfIdle();
            if (attempt.made()) {
                return attempt.outcome();
            }
        }
    }

    @Override
    public Map<Relation, LikeStatus> statuses(Collection<Relation> relations) {
        return read(
                relations,
                Relation::character,
                (entry, relation) -> entry.status(relation.account()),
                behind::statuses);
    }

    @Override
    public Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters) {
        return read(
                characters,
                character -> character,
                (entry, character) -> Optional.ofNullable(entry.total),
                behind::counts);
    }

    /** Of characters without pending changes, the store behind knows everything. */
    private <Q, A> Map<Q, A> read(
            Collection<Q> questions,
            Function<Q, GameCharacter> character,
            BiFunction<Changed, Q, Optional<A>> here,
            Function<Collection<Q>, Map<Q, A>> fromBehind) {
        requireLease.run();
        List<Q> unchanged = new ArrayList<>();
        Map<Q, Changed> entries = new HashMap<>();
        for (Q question : questions) {
            Ocid ocid = character.apply(question).ocid();
            Changed entry = changed.get(partitions.of(ocid)).get(ocid);
            if (entry == null) {
                unchanged.add(question);
            } else {
                entries.put(question, entry);
            }
        }
        Map<Q, A> answers = new HashMap<>(unchanged.isEmpty() ? Map.of() : fromBehind.apply(unchanged));
        entries.forEach((question, entry) -> entry.locked(() -> {
                    entry.requireExact();
                    return entry.total == null
                            ? Optional.ofNullable(
                                    fromBehind.apply(List.of(question)).get(question))
                            : here.apply(entry, question);
                })
                .ifPresent(answer -> answers.put(question, answer)));
        return answers;
    }

    /** Not made where the entry was removed meanwhile. */
    private record Attempt(boolean made, Optional<Outcome> outcome) {}

    /**
     * Forwards all pending changes of a partition, after a round that another thread has begun; what fails stays pending.
     *
     * @return changes that were dropped, because their character does not exist behind
     */
    public long forward(int partition) throws InterruptedException {
        ReentrantLock round = rounds.get(partition);
        round.lockInterruptibly();
        try {
            return forwardAll(partition);
        } finally {
            round.unlock();
        }
    }

    private long forwardAll(int partition) throws InterruptedException {
        List<Callable<Long>> parts = new ArrayList<>();
        changed.get(partition).values().forEach(entry -> {
            List<Map.Entry<AccountId, Boolean>> outcomes =
                    entry.locked(() -> List.copyOf(Map.copyOf(entry.states).entrySet()));
            for (int from = 0; from < outcomes.size(); from += PART) {
                List<Map.Entry<AccountId, Boolean>> part =
                        outcomes.subList(from, Math.min(from + PART, outcomes.size()));
                parts.add(() -> entry.forward(part));
            }
        });
        long dropped = 0;
        RuntimeException failure = null;
        for (Future<Long> part : forwarders.invokeAll(parts)) {
            try {
                dropped += part.get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RuntimeException cause)) {
                    throw new IllegalStateException(e.getCause());
                }
                failure = cause;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return dropped;
    }

    /** A character with pending changes. */
    private final class Changed {
        private final int partition;
        private final GameCharacter character;

        /** By account, the state that the store behind does not have yet, or is not known to have. */
        private final Map<AccountId, Boolean> states = new LinkedHashMap<>();

        /** A call that has to read behind delays the calls of this character, and no others. */
        private final ReentrantLock lock = new ReentrantLock();

        /** Accounts whose state is being forwarded. */
        private final Set<AccountId> sending = new HashSet<>();

        private final Condition sent = lock.newCondition();

        private boolean removed;
        private @Nullable LikeCount total;

        /** The total may lack a change that the store behind made without an answer. */
        private boolean inexact;

        private long delta;

        Changed(int partition, GameCharacter character) {
            this.partition = partition;
            this.character = character;
        }

        <R> R locked(Supplier<R> work) {
            lock.lock();
            try {
                return work.get();
            } finally {
                sent.signalAll();
                lock.unlock();
            }
        }

        Attempt apply(AccountId account, LikeIntent intent, @Nullable KeyUse use) {
            if (removed) {
                return new Attempt(false, Optional.empty());
            }
            requireExact();
            return new Attempt(
                    true,
                    use == null
                            ? status(account).map(status -> change(account, status, status.after(intent)))
                            : applyBehind(account, intent, use));
        }

        /** The store behind decides, because it has to know the key: what is pending of the relation goes there first. */
        private Optional<Outcome> applyBehind(AccountId account, LikeIntent intent, KeyUse use) {
            Boolean liked = awaitUnsent(account);
            if (liked != null) {
                acknowledge(Map.entry(account, liked), send(account, liked));
            }
            Optional<Outcome> outcome;
            try {
                outcome = behind.apply(account, character, intent, use);
            } catch (LikesUnavailableException e) {
                inexact = total != null;
                throw e;
            }
            return outcome.map(this::withPendingChanges);
        }

        private Outcome withPendingChanges(Outcome made) {
            LikeStatus status = made.status();
            LikeCount before = total;
            if (before != null) {
                LikeCount after = made.changed() ? before.plus(status.liked() ? 1 : -1) : before;
                total = after;
                status = new LikeStatus(status.liked(), after);
            }
            return new Outcome(status, made.changed(), delta, Decider.PRIMARY, made.repeated());
        }

        /** What is pending of a relation, once it is not being sent. */
        private @Nullable Boolean awaitUnsent(AccountId account) {
            try {
                for (long left = LONGEST_SEND.toNanos(); sending.contains(account); ) {
                    if (left <= 0) {
                        throw PrimaryUnavailableException.notSent("An earlier change is still being forwarded", null);
                    }
                    left = sent.awaitNanos(left);
                }
                return states.get(account);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw PrimaryUnavailableException.notSent("Interrupted while an earlier change is forwarded", e);
            }
        }

        private boolean send(AccountId account, boolean liked) {
            return behind.apply(account, character, liked ? LikeIntent.LIKE : LikeIntent.UNLIKE)
                    .isPresent();
        }

        /** The total is exact again once nothing is pending. */
        void requireExact() {
            if (inexact) {
                throw PrimaryUnavailableException.notSent(
                        "Whether a change of " + character.ocid() + " with an idempotency key was made is unknown",
                        null);
            }
        }

        private Outcome change(AccountId account, LikeStatus before, LikeStatus after) {
            boolean changes = !after.equals(before);
            if (changes) {
                if (!states.containsKey(account)) {
                    requireRoom();
                }
                states.put(account, after.liked());
                delta += after.liked() ? 1 : -1;
                total = after.likeCount();
            }
            return new Outcome(after, changes, delta, Decider.PRIMARY);
        }

        private void requireRoom() {
            if (pending[partition].incrementAndGet() > maxPending) {
                pending[partition].decrementAndGet();
                throw PrimaryUnavailableException.notSent("Too many changes are pending: " + maxPending, null);
            }
        }

        Optional<LikeStatus> status(AccountId account) {
            LikeCount exact = total;
            Boolean liked = states.get(account);
            if (exact != null && liked != null) {
                return Optional.of(new LikeStatus(liked, exact));
            }
            Optional<LikeStatus> read = behind.status(account, character);
            return exact == null ? read : read.map(status -> new LikeStatus(status.liked(), exact));
        }

        long forward(List<Map.Entry<AccountId, Boolean>> outcomes) {
            long dropped = 0;
            for (Map.Entry<AccountId, Boolean> outcome : outcomes) {
                AccountId account = outcome.getKey();
                if (locked(() -> outcome.getValue().equals(states.get(account)) && sending.add(account))) {
                    try {
                        boolean exists = send(account, outcome.getValue());
                        locked(() -> acknowledge(outcome, exists));
                        dropped += exists ? 0 : 1;
                    } finally {
                        locked(() -> sending.remove(account));
                    }
                }
            }
            removeIfIdle();
            return dropped;
        }

        /** An outcome that changed meanwhile stays pending. */
        private boolean acknowledge(Map.Entry<AccountId, Boolean> outcome, boolean exists) {
            boolean acknowledged = exists
                    ? states.remove(outcome.getKey(), outcome.getValue())
                    : states.remove(outcome.getKey()) != null;
            if (acknowledged) {
                pending[partition].decrementAndGet();
                if (states.isEmpty()) {
                    total = null;
                    inexact = false;
                    delta = 0;
                }
            }
            return acknowledged;
        }

        void removeIfIdle() {
            locked(() -> {
                if (states.isEmpty() && !removed) {
                    removed = true;
                    changed.get(partition).remove(character.ocid(), this);
                }
                return removed;
            });
        }
    }
}
