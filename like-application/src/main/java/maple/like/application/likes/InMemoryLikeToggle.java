package maple.like.application.likes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import maple.like.application.KeptAnswer;
import maple.like.application.KeyUse;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeCountStore.StoredCount;
import maple.like.application.port.out.LikeCountStore.StoredLike;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one instance as the primary store, by the same rules as the scripts of the Redis adapter. A process that
 * dies loses its pending changes.
 *
 * <p>Memory is bounded: stored relations beyond the bound are evicted, and read from the database when they are needed.
 * Each partition has a lock, which is not held while the database is read. Safe for use by any number of threads.
 */
public final class InMemoryLikeToggle implements LikeToggle, PendingLikes, PendingLikes.Records {
    /** What was read is out of date only if a batch was finished just then; twice in a row is rare. */
    private static final int READS = 100;

    private final LikePartitions partitions;
    private final LikeCountStore store;
    private final Runnable requireLease;
    private final MemoryPartition[] memory;

    /**
     * Starts empty.
     *
     * @param maxCached stored relations, and totals, that each partition keeps; 1 or more
     * @param maxPending changes that may be pending in each partition before more are refused; 1 or more
     */
    InMemoryLikeToggle(
            LikePartitions partitions, LikeCountStore store, Runnable requireLease, int maxCached, int maxPending) {
        this.partitions = partitions;
        this.store = store;
        this.requireLease = requireLease;
        this.memory = new MemoryPartition[partitions.count()];
        partitions.all().forEach(partition -> memory[partition] = new MemoryPartition(maxCached, maxPending));
    }

    MemoryPartition partition(int number) {
        return memory[number];
    }

    @Override
    public Optional<Outcome> apply(
            AccountId account, GameCharacter character, LikeIntent intent, @Nullable KeyUse use) {
        Relation relation = new Relation(account, character);
        return Optional.ofNullable(
                use == null ? ask(List.of(relation), intent).get(relation) : applyOnce(relation, intent, use));
    }

    private @Nullable Outcome applyOnce(Relation relation, LikeIntent intent, KeyUse use) {
        for (MemoryPartition each : memory) {
            KeptAnswer answer = each.answer(relation.account(), use);
            if (answer != null) {
                answer.requireTarget(relation.character().ocid());
            }
        }
        AtomicReference<@Nullable KeptAnswer> stored = new AtomicReference<>();
        return withStored(
                        List.of(relation),
                        Relation::key,
                        relations -> {
                            stored.set(store.answer(relation.account(), use).orElse(null));
                            return store.likes(relations);
                        },
                        StoredLike::count,
                        (each, like) -> applyOnce(each, intent, use, like, stored.get()))
                .get(relation);
    }

    private @Nullable Outcome applyOnce(
            Relation relation,
            LikeIntent intent,
            KeyUse use,
            @Nullable StoredLike stored,
            @Nullable KeptAnswer answer) {
        MemoryPartition partition = partition(relation.character());
        if (answer == null) {
            return partition.apply(relation.key(), relation.character(), intent, stored, use);
        }
        answer.requireTarget(relation.character().ocid());
        Outcome now = partition.apply(relation.key(), relation.character(), null, stored, null);
        return now == null
                ? null
                : Outcome.repeated(answer.liked(), now.status().likeCount(), 0, now.decidedBy());
    }

    @Override
    public Map<Relation, LikeStatus> statuses(Collection<Relation> relations) {
        Map<Relation, LikeStatus> statuses = new HashMap<>();
        ask(relations, null).forEach((relation, outcome) -> statuses.put(relation, outcome.status()));
        return statuses;
    }

    private Map<Relation, Outcome> ask(Collection<Relation> relations, @Nullable LikeIntent intent) {
        return withStored(
                relations,
                Relation::key,
                store::likes,
                StoredLike::count,
                (relation, stored) -> partition(relation.character())
                        .apply(relation.key(), relation.character(), intent, stored, null));
    }

    @Override
    public Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters) {
        return withStored(
                characters,
                GameCharacter::ocid,
                store::counts,
                count -> count,
                (character, stored) -> partition(character).count(character, stored));
    }

    private MemoryPartition partition(GameCharacter character) {
        return memory[partitions.of(character.ocid())];
    }

    /** Tries each question without what is stored, and then those that need it with what is stored. */
    private <Q, K, S, A> Map<Q, A> withStored(
            Collection<Q> questions,
            Function<Q, K> key,
            Function<Collection<K>, Map<K, S>> read,
            Function<S, StoredCount> count,
            BiFunction<Q, @Nullable S, @Nullable A> attempt) {
        requireLease.run();
        Map<Q, A> answers = new HashMap<>();
        List<Q> open = attempt(questions, question -> attempt.apply(question, null), answers);
        for (int reads = 0; !open.isEmpty(); reads++) {
            if (reads == READS) {
                throw PrimaryUnavailableException.notSent(
                        "The primary store and the database did not converge after " + READS + " reads", null);
            }
            Map<K, S> stored = read.apply(open.stream().map(key).toList());
            if (stored.values().stream()
                    .anyMatch(each -> count.apply(each).state().databaseDecides())) {
                throw PrimaryUnavailableException.notSent("The primary store was not given the journal yet", null);
            }
            open.removeIf(question -> !stored.containsKey(key.apply(question)));
            open = attempt(open, question -> attempt.apply(question, stored.get(key.apply(question))), answers);
        }
        return answers;
    }

    /** Returns the questions that were not answered. */
    private static <Q, A> List<Q> attempt(
            Collection<Q> questions, Function<Q, @Nullable A> attempt, Map<Q, A> answers) {
        List<Q> open = new ArrayList<>();
        for (Q question : questions) {
            A answer = attempt.apply(question);
            if (answer == null) {
                open.add(question);
            } else {
                answers.put(question, answer);
            }
        }
        return open;
    }

    @Override
    public Reconciliation reconcile(int partition, LockedPartition locked) {
        return memory[partition].reconcile(locked) ? Reconciliation.REBUILT : Reconciliation.IN_STEP;
    }

    /** Memory makes room by itself. */
    @Override
    public boolean handOver(int partition, long generation, long epoch) {
        return false;
    }

    @Override
    public Claim claim(int partition, long generation, long token, int limit) {
        return memory[partition].claim(generation, token, limit);
    }

    @Override
    public long applyJournal(int partition, long generation, long token, List<JournalEntry> journal) {
        return memory[partition].applyJournal(generation, token, journal);
    }

    @Override
    public void finish(int partition, long generation, long token, Map<GameCharacter, Long> countChanges) {
        memory[partition].finish(generation, token, countChanges);
    }

    @Override
    public boolean warmUp(int partition, long generation, String cursor, RelationPage page) {
        return memory[partition].warmUp(generation, cursor, page);
    }

    @Override
    public Records records() {
        return this;
    }

    @Override
    public PendingPage pendingAfter(int partition, String cursor, int limit) {
        return memory[partition].pendingChanges();
    }

    @Override
    public void forgetAnswers(int partition, AccountId account) {
        memory[partition].forgetAnswers(account);
    }

    @Override
    public LikesPage likesOf(AccountId account, int partition, String cursor, int limit) {
        return new LikesPage(memory[partition].likesOf(account), Optional.empty());
    }

    @Override
    public long backlog(int partition) {
        return memory[partition].backlog();
    }
}
