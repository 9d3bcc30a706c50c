package maple.like.application.likes;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.Decider;
import maple.like.application.JournalMark;
import maple.like.application.KeptAnswer;
import maple.like.application.KeyUse;
import maple.like.application.PrimaryAheadException;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.RelationChanges;
import maple.like.application.port.out.LikeCountStore.StoredCount;
import maple.like.application.port.out.LikeCountStore.StoredLike;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionRow;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeToggle.Outcome;
import maple.like.application.port.out.PendingLikes.Claim;
import maple.like.application.port.out.PendingLikes.PendingPage;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/** A partition in memory. Each method is one atomic step. */
final class MemoryPartition {
    private static final int ROWS_AT_ONCE = 1_000;

    static final Instant UNDATED = Instant.MAX;

    private final int maxCached;
    private final int maxPending;

    /** The oldest first. */
    final Set<RelationKey> relations = new LinkedHashSet<>();

    final Set<RelationKey> pending = new LinkedHashSet<>();
    final Set<RelationKey> unliked = new LinkedHashSet<>();

    /** Likes that the database does not hold yet, other than 0. */
    final Map<Ocid, Buffered> buffer = new HashMap<>();

    /** The least recently used first. */
    final Map<Ocid, LikeCount> totals = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Ocid, LikeCount> eldest) {
            return size() > maxCached;
        }
    };

    /** What requests with an idempotency key were answered, the oldest first. */
    final Map<AnswerKey, KeptAnswer> answers = new LinkedHashMap<>();

    /** Those among the answers that the database does not hold yet, by relation. */
    final Map<RelationKey, List<KeptAnswer>> unstoredAnswers = new HashMap<>();

    /** When answers were lost that the database may hold, {@link #UNDATED} until the first key after it; null if none were. */
    @Nullable
    Instant answersLost;

    @Nullable
    LikeBatch batch;

    /** Of the transaction that claimed the batch last. */
    long batchToken;

    /** How far the journal was applied. */
    JournalMark applied = JournalMark.NONE;

    /** The last journal entry that the batch stands for, or 0 where it stands for claimed changes. */
    long lastJournalEntry;

    @Nullable
    Long generation;

    boolean complete;
    String cursor = LikeLedger.START;

    /** More is stored than fits, so it is not copied. */
    private boolean overflowed;

    MemoryPartition(int maxCached, int maxPending) {
        this.maxCached = maxCached;
        this.maxPending = maxPending;
    }

    /** A buffered count and the character that it is of. */
    record Buffered(GameCharacter character, long delta) {}

    record AnswerKey(AccountId account, IdempotencyKey key) {
        static AnswerKey of(KeptAnswer answer) {
            return new AnswerKey(answer.account(), answer.key());
        }
    }

    /** What this account was answered to a request with this key, or null. */
    synchronized @Nullable KeptAnswer answer(AccountId account, KeyUse use) {
        KeptAnswer answer = answers.get(new AnswerKey(account, use.key()));
        return answer != null && answer.expiresAt().isAfter(use.usedAt()) ? answer : null;
    }

    /** Whether the database may hold answers that are not held here. */
    private boolean lacksAnswers(KeyUse use) {
        Instant lost = answersLost;
        if (lost == null) {
            return false;
        }
        if (lost.equals(UNDATED)) {
            lost = use.usedAt();
            answersLost = lost;
        }
        Duration ttl = Duration.between(use.usedAt(), use.expiresAt());
        if (Duration.between(lost, use.usedAt()).compareTo(ttl) < 0) {
            return true;
        }
        answersLost = null;
        return false;
    }

    private void keep(KeptAnswer answer, KeyUse use) {
        AnswerKey key = AnswerKey.of(answer);
        answers.remove(key); // an expired one
        answers.put(key, answer);
        unstoredAnswers
                .computeIfAbsent(answer.relation(), relation -> new ArrayList<>())
                .add(answer);
        Iterator<KeptAnswer> oldest = answers.values().iterator();
        while (oldest.hasNext()) {
            KeptAnswer next = oldest.next();
            boolean expired = !next.expiresAt().isAfter(use.usedAt());
            if (!expired && (answers.size() <= maxCached || unstoredAnswers.containsKey(next.relation()))) {
                return;
            }
            oldest.remove();
            if (!expired) {
                answersLost = use.usedAt();
            }
        }
    }

    /**
     * Null where it needs (newer) stored values. Without an intent it reads.
     *
     * @param use with it, stored values are given only if the database does not hold the answer
     */
    synchronized @Nullable Outcome apply(
            RelationKey relation,
            GameCharacter character,
            @Nullable LikeIntent intent,
            @Nullable StoredLike stored,
            @Nullable KeyUse use) {
        requireReconciled(stored == null ? null : stored.count());
        boolean fresh = stored != null && isFresh(stored.count().generation());
        KeptAnswer before = use == null ? null : answer(relation.account(), use);
        if (before != null) {
            before.requireTarget(relation.target());
            Long total = total(character, stored == null ? null : stored.count());
            return total == null
                    ? null
                    : Outcome.repeated(
                            before.liked(), keep(character, total), delta(character.ocid()), Decider.PRIMARY);
        }
        if (use != null && !fresh && lacksAnswers(use)) {
            return null;
        }
        Boolean liked = known(relation);
        boolean fromDatabase = liked == null;
        if (liked == null) {
            if (stored == null || !fresh) {
                return null;
            }
            liked = stored.liked();
        }
        Long total = total(character, stored == null ? null : stored.count());
        if (total == null) {
            return null;
        }
        boolean wanted = intent == null ? liked : intent.appliedTo(liked);
        boolean changed = wanted != liked;
        // A state taken from the database is pending even where it stays as it is, because the database may lose that
        // commit.
        if (changed || (fromDatabase && intent != null) || use != null) {
            requireRoom(relation);
            put(relation, wanted);
        }
        if (use != null) {
            keep(KeptAnswer.of(relation, wanted, use), use);
        }
        int change = changed ? (wanted ? 1 : -1) : 0;
        if (changed) {
            addToBuffer(character, change);
        }
        LikeCount count = keep(character, total + change);
        return new Outcome(new LikeStatus(wanted, count), changed, delta(character.ocid()), Decider.PRIMARY);
    }

    /** After a loss, changes of what was lost may be buffered, so a total can be negative: it is computed anew then. */
    private LikeCount keep(GameCharacter character, long total) {
        if (total < 0) {
            totals.remove(character.ocid());
            throw new PrimaryUnavailableException("The total of " + character.name() + " was negative", null);
        }
        LikeCount count = new LikeCount(total);
        totals.put(character.ocid(), count);
        return count;
    }

    private void requireRoom(RelationKey relation) {
        if (pending.size() + unliked.size() >= maxPending
                && !pending.contains(relation)
                && !unliked.contains(relation)) {
            throw PrimaryUnavailableException.notSent("Too many changes are pending: " + maxPending, null);
        }
    }

    private void put(RelationKey relation, boolean liked) {
        if (liked) {
            relations.add(relation);
            pending.add(relation);
            unliked.remove(relation);
        } else {
            relations.remove(relation);
            pending.remove(relation);
            unliked.add(relation);
        }
    }

    long delta(Ocid ocid) {
        Buffered buffered = buffer.get(ocid);
        return buffered == null ? 0 : buffered.delta();
    }

    private void addToBuffer(GameCharacter character, long change) {
        long delta = delta(character.ocid()) + change;
        if (delta == 0) {
            buffer.remove(character.ocid());
        } else {
            buffer.put(character.ocid(), new Buffered(character, delta));
        }
    }

    /** Null as {@link #apply}. */
    synchronized @Nullable LikeCount count(GameCharacter character, @Nullable StoredCount stored) {
        requireReconciled(stored);
        Long total = total(character, stored);
        return total == null ? null : keep(character, total);
    }

    private @Nullable Boolean known(RelationKey relation) {
        if (relations.contains(relation)) {
            return true;
        }
        if (unliked.contains(relation)) {
            return false;
        }
        if (batch != null && batch.changes().likes().contains(relation)) {
            return true;
        }
        if (batch != null && batch.changes().unlikes().contains(relation)) {
            return false;
        }
        return complete ? false : null;
    }

    /** What the database holds is of no use to a store that lost something: the owner of the lock has to see to it. */
    private void requireReconciled(@Nullable StoredCount offered) {
        if (offered != null
                && (generation == null || (batch == null ? generation : batch.number()) < offered.generation())) {
            throw PrimaryUnavailableException.notSent("The primary store was not reconciled yet", null);
        }
    }

    /** No batch was finished since it was read, and none is under way that it cannot know of. */
    private boolean isFresh(long storedGeneration) {
        return (generation != null && generation <= storedGeneration)
                && (batch == null || batch.number() <= storedGeneration + 1);
    }

    private @Nullable Long total(GameCharacter character, @Nullable StoredCount stored) {
        LikeCount held = totals.get(character.ocid());
        return held == null ? computed(character, stored) : Long.valueOf(held.value());
    }

    private @Nullable Long computed(GameCharacter character, @Nullable StoredCount stored) {
        if (stored == null || !isFresh(stored.generation())) {
            return null;
        }
        boolean isStored = batch != null && batch.number() == stored.generation(); // but not yet taken off the buffer
        return stored.likeCount().value() + delta(character.ocid()) - (isStored ? stored.lastChange() : 0);
    }

    private void requireReconciled(long stored) {
        if (generation == null || generation != stored) {
            throw new DatabaseUnavailableException("The primary store is not as reconciling left it", null);
        }
    }

    synchronized boolean reconcile(LockedPartition locked) {
        PartitionRow row = locked.row();
        long stored = row.generation();
        if (generation != null && generation > stored) {
            throw new PrimaryAheadException(
                    batch == null ? generation : Math.max(generation, batch.number()), stored, applied);
        }
        if (batch != null && batch.number() == stored && batchToken == row.token()) {
            finish(stored, batchToken, locked.rows().lastChanges(targets(batch.changes())));
        } else if (batch == null && generation == null) {
            totals.clear(); // computed before a commit, perhaps
        }
        boolean behind = (batch != null && batch.number() <= stored) || (generation != null && generation != stored);
        if (behind || generation == null) {
            answersLost = UNDATED;
        }
        if (behind) {
            unclaim();
            if (row.recovers(generation)) {
                recover(locked);
            } else {
                relations.clear();
                relations.addAll(pending);
                complete = false;
            }
            buffer.clear();
            locked.rows().effectOf(new RelationChanges(pending, unliked)).forEach(this::addToBuffer);
            totals.clear();
            overflowed = false;
            cursor = LikeLedger.START;
        }
        generation = stored;
        return behind;
    }

    /** The database lost commits: what differs from the rows becomes pending. */
    private void recover(LockedPartition locked) {
        Set<RelationKey> differing = new HashSet<>(relations);
        differing.removeAll(locked.inspection().stored(relations).likes());
        String from = LikeLedger.START;
        for (boolean last = !complete; !last; ) { // if it holds not all, it may lack a row by right
            RelationPage page = locked.rows().relationsAfter(from, ROWS_AT_ONCE);
            page.relations().stream()
                    .filter(relation -> !relations.contains(relation))
                    .forEach(differing::add);
            from = page.next();
            last = page.last();
        }
        locked.journal().entries(Integer.MAX_VALUE).forEach(entry -> differing.add(entry.relation()));
        differing.forEach(relation -> (relations.contains(relation) ? pending : unliked).add(relation));
    }

    private static Set<Ocid> targets(RelationChanges changes) {
        return changes.relations().stream().map(RelationKey::target).collect(Collectors.toSet());
    }

    /** Claimed changes that are not stored are pending again, as they are by now. */
    private void unclaim() {
        if (batch != null) {
            batch.changes()
                    .relations()
                    .forEach(relation -> (relations.contains(relation) ? pending : unliked).add(relation));
            batch.answers()
                    .forEach(answer -> unstoredAnswers
                            .computeIfAbsent(answer.relation(), relation -> new ArrayList<>())
                            .add(answer));
        }
        dropBatch();
    }

    private void dropBatch() {
        batch = null;
        batchToken = 0;
        lastJournalEntry = 0;
    }

    synchronized Claim claim(long stored, long token, int limit) {
        requireReconciled(stored);
        Map<CharacterName, Long> drift = new HashMap<>();
        if (batch == null) {
            // Neither kind may starve the other.
            Set<RelationKey> likes = take(pending, limit - Math.min(limit / 2, unliked.size()));
            Set<RelationKey> unlikes = take(unliked, limit - likes.size());
            if (!likes.isEmpty() || !unlikes.isEmpty()) {
                RelationChanges changes = new RelationChanges(likes, unlikes);
                batch = new LikeBatch(stored + 1, changes, takeAnswers(changes));
            } else {
                buffer.forEach((ocid, buffered) -> {
                    drift.put(buffered.character().name(), buffered.delta());
                    totals.remove(ocid);
                });
                buffer.clear();
            }
        }
        batchToken = batch == null ? 0 : token; // also of a batch that is given again
        return new Claim(
                Optional.ofNullable(batch),
                drift,
                pending.size() + unliked.size(),
                complete || overflowed ? Optional.empty() : Optional.of(cursor));
    }

    private Set<KeptAnswer> takeAnswers(RelationChanges changes) {
        Set<KeptAnswer> taken = new HashSet<>();
        if (!unstoredAnswers.isEmpty()) {
            changes.relations().forEach(relation -> taken.addAll(dropUnstored(relation)));
        }
        return taken;
    }

    private List<KeptAnswer> dropUnstored(RelationKey relation) {
        List<KeptAnswer> dropped = unstoredAnswers.remove(relation);
        return dropped == null ? List.of() : dropped;
    }

    private static Set<RelationKey> take(Set<RelationKey> from, int limit) {
        Set<RelationKey> taken = new LinkedHashSet<>();
        Iterator<RelationKey> oldest = from.iterator();
        while (taken.size() < limit && oldest.hasNext()) {
            taken.add(oldest.next());
            oldest.remove();
        }
        return taken;
    }

    synchronized long applyJournal(long stored, long token, List<JournalEntry> journal) {
        requireReconciled(stored);
        long lastEntry = journal.get(journal.size() - 1).number();
        long number = batch == null ? stored + 1 : lastJournalEntry == 0 ? stored + 2 : batch.number();
        unclaim();
        answersLost = UNDATED; // the database decided about keys, too
        Map<RelationKey, JournalEntry> last = new LinkedHashMap<>();
        Map<RelationKey, Long> changes = new HashMap<>();
        for (JournalEntry entry : journal) {
            last.put(entry.relation(), entry);
            changes.merge(entry.relation(), entry.change(), Long::sum);
        }
        Map<RelationKey, Boolean> states = new HashMap<>();
        last.forEach((relation, entry) -> states.put(relation, entry.liked()));
        last.values().removeIf(entry -> applied.covers(entry.mark()));
        last.forEach((relation, entry) -> {
            Boolean known = known(relation);
            long change =
                    known == null ? changes.getOrDefault(relation, 0L) : (entry.liked() ? 1 : 0) - (known ? 1 : 0);
            addToBuffer(entry.character(), change);
            put(relation, entry.liked());
            dropUnstored(relation).forEach(answer -> answers.remove(AnswerKey.of(answer)));
            totals.remove(entry.character().ocid());
        });
        batch = new LikeBatch(number, RelationChanges.of(states));
        batchToken = token;
        applied = applied.and(JournalEntry.last(journal));
        lastJournalEntry = lastEntry;
        return number;
    }

    synchronized void finish(long stored, long token, Map<GameCharacter, Long> countChanges) {
        if (batch != null && batch.number() == stored && batchToken == token) {
            countChanges.forEach((character, change) -> addToBuffer(character, -change));
            dropBatch();
            generation = stored;
            evictStored();
        }
    }

    /** The oldest first. From then on an absent relation may be stored, so the database is read. */
    private void evictStored() {
        int surplus = relations.size() - pending.size() - maxCached;
        Iterator<RelationKey> oldest = relations.iterator();
        while (surplus > 0 && oldest.hasNext()) {
            if (!pending.contains(oldest.next())) {
                oldest.remove();
                surplus--;
                complete = false;
                overflowed = true;
            }
        }
    }

    synchronized boolean warmUp(long stored, String from, RelationPage page) {
        if (complete
                || overflowed
                || !cursor.equals(from)
                || generation == null
                || generation != stored
                || !isFresh(stored)) {
            return false;
        }
        boolean unstored = batch != null && batch.number() > stored;
        for (RelationKey relation : page.relations()) {
            boolean claimedAsUnlike =
                    unstored && batch != null && batch.changes().unlikes().contains(relation);
            if (!unliked.contains(relation) && !claimedAsUnlike) {
                relations.add(relation);
            }
        }
        overflowed = relations.size() - pending.size() > maxCached;
        cursor = page.last() ? LikeLedger.START : page.next();
        complete = page.last() && !overflowed;
        return true;
    }

    synchronized PendingPage pendingChanges() {
        Map<RelationKey, Boolean> changes = new HashMap<>();
        if (batch != null) {
            batch.changes().relations().forEach(relation -> changes.put(relation, relations.contains(relation)));
        }
        pending.forEach(relation -> changes.put(relation, true));
        unliked.forEach(relation -> changes.put(relation, false));
        Set<KeptAnswer> all = new HashSet<>(batch == null ? Set.of() : batch.answers());
        unstoredAnswers.values().forEach(all::addAll);
        return new PendingPage(RelationChanges.of(changes), all, Optional.empty());
    }

    /** Forgets what an account was answered. */
    synchronized void forgetAnswers(AccountId account) {
        answers.keySet().removeIf(key -> key.account().equals(account));
        unstoredAnswers.keySet().removeIf(relation -> relation.account().equals(account));
    }

    synchronized List<RelationKey> likesOf(AccountId account) {
        return relations.stream()
                .filter(relation -> relation.account().equals(account))
                .toList();
    }

    synchronized long backlog() {
        long claimed =
                batch == null || lastJournalEntry > 0 ? 0 : batch.changes().size();
        return claimed + pending.size() + unliked.size();
    }
}
