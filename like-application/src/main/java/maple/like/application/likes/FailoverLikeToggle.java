package maple.like.application.likes;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import maple.like.application.Decider;
import maple.like.application.KeyUse;
import maple.like.application.PartitionState;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.likes.DecisionQueue.Check;
import maple.like.application.likes.DecisionQueue.Question;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeCountStore.StoredCount;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.Change;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/**
 * Lets the database decide and answer while the primary store is unavailable.
 *
 * <p>An instance uses the primary store of a partition while it has verified, under the partition's lock, that the
 * primary store decides. An unavailable store, a broken connection or a late heartbeat revokes that; the next call then
 * checks under the lock, where a primary store that does not reply is failed over. An answer that arrives while the
 * verification is revoked is returned only if the check finds that no failover began since. Safe for use by any number of
 * threads.
 */
public final class FailoverLikeToggle implements LikeToggle {
    private static final int ATTEMPTS = 4;

    private final LikeToggle primary;
    private final DecisionQueue decisions;
    private final LikeCountStore store;
    private final LikePartitions partitions;
    private final Verification[] verifications;

    FailoverLikeToggle(
            LikeToggle primary,
            PendingLikes pending,
            LikeLedger ledger,
            LikeCountStore store,
            LikePartitions partitions,
            LongSupplier nanoTime) {
        this.primary = primary;
        this.decisions = new DecisionQueue(ledger, new Reconciler(pending), partitions, nanoTime);
        this.store = store;
        this.partitions = partitions;
        this.verifications = new Verification[partitions.count()];
        partitions.all().forEach(partition -> verifications[partition] = new Verification());
    }

    /**
     * Revokes the verification of a partition: its primary store may have been silent for as long as it takes another
     * instance to fail it over. To be called before an answer that came after that silence is returned here. Does not
     * wait.
     *
     * @param partition 0 to the number of partitions less one
     */
    public void revoke(int partition) {
        verifications[partition].revoke();
    }

    @Override
    public Optional<Outcome> apply(
            AccountId account, GameCharacter character, LikeIntent intent, @Nullable KeyUse use) {
        boolean repeatable = intent != LikeIntent.TOGGLE || use != null;
        int partition = partitions.of(character.ocid());
        Verification verification = verifications[partition];
        Unproven unproven = null;
        boolean unknown = false;
        PrimaryUnavailableException full = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Verification.State before = verification.state();
            if (!before.valid() || unproven != null || unknown || full != null) {
                // What the primary store made of a toggle may have been stored before it failed over.
                boolean mayBeDone = !repeatable && (unproven != null || unknown);
                Change change = mayBeDone ? null : new Change(account, character, intent, use);
                Check check = decisions.ask(partition, new Question(change, full));
                if (check.databaseDecides() && !mayBeDone) {
                    return check.decision()
                            .map(made ->
                                    new Outcome(made.status(), made.changed(), 0, Decider.DATABASE, made.repeated()));
                }
                if (unproven != null && unproven.epoch() == check.epoch()) {
                    return Optional.of(unproven.outcome());
                }
                unknown |= unproven != null;
                if (unknown && !repeatable) {
                    throw new PrimaryUnavailableException(
                            "The outcome of a toggle of " + new RelationKey(account, character.ocid()) + " is unknown",
                            null);
                }
                before = before.at(check.epoch());
            }
            try {
                Optional<Outcome> outcome = primary.apply(account, character, intent, use);
                if (outcome.isEmpty() || verification.confirm(before)) {
                    return outcome;
                }
                unproven = new Unproven(outcome.get(), before.epoch());
            } catch (PrimaryUnavailableException e) {
                if (e.isFull()) {
                    full = e; // reads go on
                } else {
                    verification.revoke();
                }
                unknown |= e.wasSent();
            }
        }
        throw flapping();
    }

    @Override
    public Map<Relation, LikeStatus> statuses(Collection<Relation> relations) {
        return read(
                relations,
                new Reading<>(
                        relation -> partitions.of(relation.character().ocid()),
                        Relation::key,
                        primary::statuses,
                        store::likes,
                        stored -> stored.count().state(),
                        stored -> new LikeStatus(stored.liked(), stored.count().likeCount())));
    }

    @Override
    public Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters) {
        return read(
                characters,
                new Reading<>(
                        character -> partitions.of(character.ocid()),
                        GameCharacter::ocid,
                        primary::counts,
                        store::counts,
                        StoredCount::state,
                        StoredCount::likeCount));
    }

    /**
     * A kind of questions.
     *
     * @param partition of a question
     * @param key by which the database knows it
     * @param primary asks the primary store
     * @param database reads what the database holds, without the lock
     */
    private record Reading<Q, K, S, A>(
            ToIntFunction<Q> partition,
            Function<Q, K> key,
            Function<Collection<Q>, Map<Q, A>> primary,
            Function<Collection<K>, Map<K, S>> database,
            Function<S, PartitionState> state,
            Function<S, A> answer) {
        List<K> keys(Collection<Q> questions) {
            return questions.stream().map(key).toList();
        }

        IntStream partitions(Collection<Q> questions) {
            return questions.stream().mapToInt(partition).distinct();
        }
    }

    /** Each store answers the questions of the partitions that it decides, all of them together. */
    private <Q, K, S, A> Map<Q, A> read(Collection<Q> questions, Reading<Q, K, S, A> reading) {
        Map<Q, A> answers = new HashMap<>();
        Set<Q> open = new LinkedHashSet<>(questions);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            askPrimary(open, reading, answers);
            if (open.isEmpty()) {
                return answers;
            }
            Map<K, S> stored = reading.database().apply(reading.keys(open));
            for (Q question : List.copyOf(open)) {
                S found = stored.get(reading.key().apply(question));
                if (found == null) {
                    open.remove(question);
                } else if (reading.state().apply(found).databaseDecides()) {
                    open.remove(question);
                    answers.put(question, reading.answer().apply(found));
                }
            }
            if (open.isEmpty()) {
                return answers;
            }
            verify(reading.partitions(open));
        }
        throw flapping();
    }

    /** An answer counts if its partition was verified throughout. */
    private <Q, A> void askPrimary(Set<Q> open, Reading<Q, ?, ?, A> reading, Map<Q, A> answers) {
        Map<Integer, Verification.State> before = new HashMap<>();
        reading.partitions(open).forEach(partition -> before.put(partition, verifications[partition].state()));
        before.values().removeIf(state -> !state.valid());
        List<Q> asked = open.stream()
                .filter(question -> before.containsKey(reading.partition().applyAsInt(question)))
                .toList();
        if (asked.isEmpty()) {
            return;
        }
        try {
            Map<Q, A> read = reading.primary().apply(asked);
            before.entrySet().removeIf(entry -> !verifications[entry.getKey()].isUnrevokedSince(entry.getValue()));
            for (Q question : asked) {
                if (before.containsKey(reading.partition().applyAsInt(question))) {
                    open.remove(question);
                    A answer = read.get(question);
                    if (answer != null) {
                        answers.put(question, answer);
                    }
                }
            }
        } catch (PrimaryUnavailableException e) {
            before.keySet().forEach(this::revoke);
        }
    }

    /** Side by side: each check may wait for a primary store that does not reply. */
    private void verify(IntStream of) {
        List<Runnable> checks = of.mapToObj(partition -> {
                    Verification.State before = verifications[partition].state();
                    Supplier<Check> begun = decisions.begin(partition, Question.WHO_DECIDES);
                    return (Runnable) () -> {
                        Check check = begun.get();
                        if (!check.databaseDecides()) {
                            verifications[partition].confirm(before.at(check.epoch()));
                        }
                    };
                })
                .toList();
        checks.forEach(Runnable::run);
    }

    private static PrimaryUnavailableException flapping() {
        return new PrimaryUnavailableException(
                "The primary store is flapping; gave up after " + ATTEMPTS + " attempts", null);
    }

    /** An outcome of the primary store that holds unless a failover began after this epoch. */
    private record Unproven(Outcome outcome, long epoch) {}

    /** Whether this instance may use the primary store of a partition without a check. */
    private static final class Verification {
        private State state = new State(false, 0, 0);

        /**
         * @param revocations how often it was revoked so far
         * @param epoch the epoch of the check that it rests on
         */
        record State(boolean valid, long revocations, long epoch) {
            State at(long checkedEpoch) {
                return new State(valid, revocations, checkedEpoch);
            }
        }

        synchronized State state() {
            return state;
        }

        synchronized void revoke() {
            state = new State(false, state.revocations + 1, state.epoch);
        }

        synchronized boolean isUnrevokedSince(State before) {
            return state.revocations == before.revocations;
        }

        /** Makes it valid, unless it was revoked since. */
        synchronized boolean confirm(State before) {
            boolean unrevoked = isUnrevokedSince(before);
            if (unrevoked) {
                state = new State(true, before.revocations, before.epoch);
            }
            return unrevoked;
        }
    }
}
