package maple.like.application.likes;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maple.like.application.JournalMark;
import maple.like.application.KeptAnswer;
import maple.like.application.KeyUse;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.RelationChanges;
import maple.like.application.likes.MemoryPartition.AnswerKey;
import maple.like.application.likes.MemoryPartition.Buffered;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PrimaryInspection;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/**
 * The reference model of a primary store: an unbounded {@link InMemoryLikeToggle} that can be inspected, and that a test
 * can make unavailable, empty or take back in time.
 */
public class ModelLikes implements LikeToggle, PendingLikes, PendingLikes.Records, PrimaryInspection {
    private final LikePartitions partitions;
    private final InMemoryLikeToggle likes;
    private volatile Set<RelationKey> preferred = Set.of();
    private volatile boolean available = true;
    private volatile boolean full;
    private volatile boolean handedOver;

    /** An empty store, reconciled where it can be. */
    public ModelLikes(LikePartitions partitions, LikeCountStore store) {
        this.partitions = partitions;
        this.likes = new InMemoryLikeToggle(partitions, store, () -> {}, Integer.MAX_VALUE, Integer.MAX_VALUE);
        if (store instanceof InMemoryLedger database) {
            database.reconcile(likes);
        }
    }

    /** An unavailable store replies to no call, and keeps what it holds. */
    public void setAvailable(boolean available) {
        this.available = available;
    }

    /** A full store refuses changes. */
    public void setFull(boolean full) {
        this.full = full;
    }

    /** Loses everything, as a Redis without persistence does when it restarts. */
    public void empty() {
        partitions.all().forEach(partition -> goBack(partition, Contents.NONE));
    }

    /** Evicts the totals, as when they expire. */
    public void expireTotals() {
        partitions.all().forEach(number -> {
            MemoryPartition partition = likes.partition(number);
            synchronized (partition) {
                partition.totals.clear();
            }
        });
    }

    /** What a partition holds, in a form that another implementation can be compared with. */
    public Contents contents(int number) {
        MemoryPartition partition = likes.partition(number);
        synchronized (partition) {
            Map<GameCharacter, Long> buffer = new HashMap<>();
            partition.buffer.values().forEach(buffered -> buffer.put(buffered.character(), buffered.delta()));
            return new Contents(
                    partition.relations,
                    partition.pending,
                    partition.unliked,
                    buffer,
                    partition.totals,
                    partition.batch,
                    partition.batchToken,
                    partition.lastJournalEntry,
                    partition.applied,
                    partition.generation,
                    partition.complete,
                    partition.cursor,
                    Set.copyOf(partition.answers.values()),
                    partition.unstoredAnswers.values().stream()
                            .flatMap(List::stream)
                            .collect(Collectors.toSet()),
                    partition.answersLost);
        }
    }

    /** Takes a partition back to what it once held. */
    public void goBack(int number, Contents contents) {
        MemoryPartition partition = likes.partition(number);
        synchronized (partition) {
            replace(partition.relations, contents.relations());
            replace(partition.pending, contents.pending());
            replace(partition.unliked, contents.unliked());
            partition.buffer.clear();
            contents.buffer()
                    .forEach((character, delta) ->
                            partition.buffer.put(character.ocid(), new Buffered(character, delta)));
            partition.totals.clear();
            partition.totals.putAll(contents.totals());
            partition.batch = contents.batch();
            partition.batchToken = contents.batchToken();
            partition.lastJournalEntry = contents.lastJournalEntry();
            partition.applied = contents.applied();
            partition.generation = contents.generation();
            partition.complete = contents.complete();
            partition.cursor = contents.cursor();
            partition.answersLost = contents.answersLost();
            partition.answers.clear();
            contents.answers().forEach(answer -> partition.answers.put(AnswerKey.of(answer), answer));
            partition.unstoredAnswers.clear();
            partition.unstoredAnswers.putAll(
                    contents.unstoredAnswers().stream().collect(Collectors.groupingBy(KeptAnswer::relation)));
        }
    }

    private static void replace(Set<RelationKey> held, Set<RelationKey> by) {
        held.clear();
        held.addAll(by);
    }

    /** A claim that cannot take all changes may take any of them: from now on these before others. */
    public void preferToClaim(Set<RelationKey> relations) {
        preferred = Set.copyOf(relations);
    }

    private void putPreferredFirst(Set<RelationKey> changes) {
        Set<RelationKey> ordered = new LinkedHashSet<>(changes);
        ordered.retainAll(preferred);
        ordered.addAll(changes);
        replace(changes, ordered);
    }

    /**
     * Everything in a partition.
     *
     * @param batchToken of the transaction that claimed the batch last, or 0 without a batch
     * @param lastJournalEntry the last journal entry that the batch stands for, or 0 where it stands for claimed changes
     * @param applied how far the journal was applied
     * @param complete whether every stored relation is held
     * @param cursor where the next page of the warm-up starts
     * @param answers what requests with an idempotency key were answered
     * @param unstoredAnswers those of changes that are pending and not claimed
     * @param answersLost when answers were lost that the database may hold; {@link Instant#MAX} until that is known
     */
    public record Contents(
            Set<RelationKey> relations,
            Set<RelationKey> pending,
            Set<RelationKey> unliked,
            Map<GameCharacter, Long> buffer,
            Map<Ocid, LikeCount> totals,
            @Nullable LikeBatch batch,
            long batchToken,
            long lastJournalEntry,
            JournalMark applied,
            @Nullable Long generation,
            boolean complete,
            String cursor,
            Set<KeptAnswer> answers,
            Set<KeptAnswer> unstoredAnswers,
            @Nullable Instant answersLost) {
        /** What an empty store holds. */
        public static final Contents NONE = new Contents(
                Set.of(),
                Set.of(),
                Set.of(),
                Map.of(),
                Map.of(),
                null,
                0,
                0,
                JournalMark.NONE,
                null,
                false,
                LikeLedger.START,
                Set.of(),
                Set.of(),
                null);

        /** Copies the collections. */
        public Contents {
            relations = Set.copyOf(relations);
            pending = Set.copyOf(pending);
            unliked = Set.copyOf(unliked);
            buffer = Map.copyOf(buffer);
            totals = Map.copyOf(totals);
            answers = Set.copyOf(answers);
            unstoredAnswers = Set.copyOf(unstoredAnswers);
        }

        /** The same with other relations and buffered counts. */
        public Contents with(
                Set<RelationKey> held, Set<RelationKey> pendingUnlikes, Map<GameCharacter, Long> buffered) {
            return new Contents(
                    held,
                    pending,
                    pendingUnlikes,
                    buffered,
                    totals,
                    batch,
                    batchToken,
                    lastJournalEntry,
                    applied,
                    generation,
                    complete,
                    cursor,
                    answers,
                    unstoredAnswers,
                    answersLost);
        }
    }

    private InMemoryLikeToggle here() {
        if (!available) {
            throw new PrimaryUnavailableException("The primary store does not reply", null);
        }
        return likes;
    }

    private InMemoryLikeToggle open() {
        if (handedOver) {
            throw PrimaryUnavailableException.notSent("The primary store was handed over", null);
        }
        return here();
    }

    @Override
    public Optional<Outcome> apply(
            AccountId account, GameCharacter character, LikeIntent intent, @Nullable KeyUse use) {
        InMemoryLikeToggle open = open();
        if (full) {
            throw PrimaryUnavailableException.full("The primary store is full", null);
        }
        return open.apply(account, character, intent, use);
    }

    @Override
    public Map<Relation, LikeStatus> statuses(Collection<Relation> relations) {
        return open().statuses(relations);
    }

    @Override
    public Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters) {
        return open().counts(characters);
    }

    @Override
    public Reconciliation reconcile(int partition, LockedPartition locked) {
        handedOver &= locked.row().state().databaseDecides();
        Reconciliation found = here().reconcile(partition, locked);
        return found == Reconciliation.IN_STEP && full && backlog(partition) == 0 ? Reconciliation.FULL : found;
    }

    @Override
    public boolean handOver(int partition, long generation, long epoch) {
        handedOver = full && backlog(partition) == 0;
        return handedOver;
    }

    @Override
    public Claim claim(int number, long generation, long token, int limit) {
        MemoryPartition partition = here().partition(number);
        synchronized (partition) {
            putPreferredFirst(partition.pending);
            putPreferredFirst(partition.unliked);
            return partition.claim(generation, token, limit);
        }
    }

    @Override
    public long applyJournal(int partition, long generation, long token, List<JournalEntry> journal) {
        return here().applyJournal(partition, generation, token, journal);
    }

    @Override
    public void finish(int partition, long generation, long token, Map<GameCharacter, Long> countChanges) {
        here().finish(partition, generation, token, countChanges);
    }

    @Override
    public boolean warmUp(int partition, long generation, String cursor, RelationPage page) {
        return here().warmUp(partition, generation, cursor, page);
    }

    @Override
    public Records records() {
        return this;
    }

    @Override
    public PendingPage pendingAfter(int partition, String cursor, int limit) {
        return here().pendingAfter(partition, cursor, limit);
    }

    @Override
    public LikesPage likesOf(AccountId account, int partition, String cursor, int limit) {
        return here().likesOf(account, partition, cursor, limit);
    }

    @Override
    public void forgetAnswers(int partition, AccountId account) {
        here().forgetAnswers(partition, account);
    }

    @Override
    public long backlog(int partition) {
        return here().backlog(partition);
    }

    @Override
    public Page page(int number, String cursor, int limit) {
        Contents contents = inspect(number);
        List<RelationKey> rest = Stream.concat(contents.relations().stream(), pending(contents).keySet().stream())
                .distinct()
                .filter(relation -> relation.value().compareTo(cursor) > 0)
                .sorted(Comparator.comparing(RelationKey::value))
                .toList();
        List<RelationKey> page = rest.subList(0, Math.min(limit, rest.size()));
        boolean last = page.size() == rest.size();
        return new Page(
                page,
                List.of(),
                last ? Optional.empty() : Optional.of(page.get(limit - 1).value()));
    }

    @Override
    public Relations relations(int number, Collection<RelationKey> relations) {
        Contents contents = inspect(number);
        Map<RelationKey, Pending> pending = pending(contents);
        Map<RelationKey, RelationState> states = new HashMap<>();
        relations.forEach(relation -> states.put(
                relation,
                new RelationState(
                        contents.relations().contains(relation), pending.getOrDefault(relation, Pending.NONE))));
        return new Relations(contents.complete(), states);
    }

    @Override
    public Map<GameCharacter, CountState> counts(int number, Collection<GameCharacter> characters) {
        Contents contents = inspect(number);
        return characters.stream().collect(Collectors.toMap(character -> character, character -> {
            LikeCount total = contents.totals().get(character.ocid());
            return new CountState(
                    contents.buffer().getOrDefault(character, 0L),
                    total == null ? OptionalLong.empty() : OptionalLong.of(total.value()));
        }));
    }

    @Override
    public Optional<Backlog> backlog(int number, int limit) {
        Contents contents = inspect(number);
        Map<RelationKey, Boolean> changes = new HashMap<>();
        pending(contents)
                .keySet()
                .forEach(relation -> changes.put(relation, contents.relations().contains(relation)));
        Map<CharacterName, Long> buffered = new HashMap<>();
        contents.buffer().forEach((character, delta) -> buffered.put(character.name(), delta));
        return Optional.of(new Backlog(RelationChanges.of(changes), buffered))
                .filter(backlog -> changes.size() <= limit);
    }

    /** Claimed and pending changes; of a relation with both, the pending one. */
    private static Map<RelationKey, Pending> pending(Contents contents) {
        Map<RelationKey, Pending> changes = new HashMap<>();
        LikeBatch batch = contents.batch();
        if (batch != null && contents.lastJournalEntry() == 0) {
            batch.changes().likes().forEach(relation -> changes.put(relation, Pending.LIKE));
            batch.changes().unlikes().forEach(relation -> changes.put(relation, Pending.UNLIKE));
        }
        contents.pending().forEach(relation -> changes.put(relation, Pending.LIKE));
        contents.unliked()
                .forEach(relation ->
                        changes.put(relation, contents.pending().contains(relation) ? Pending.BOTH : Pending.UNLIKE));
        return changes;
    }

    private Contents inspect(int number) {
        here();
        return contents(number);
    }
}
