package maple.like.application.memory;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import maple.like.application.BufferUnavailableException;
import maple.like.application.StoreUnavailableException;
import maple.like.application.port.out.HeldLikes.Change;
import maple.like.application.port.out.HeldLikes.Counted;
import maple.like.application.port.out.HeldLikes.Held;
import maple.like.application.port.out.HeldLikes.Holding;
import maple.like.application.port.out.HeldLikes.Waiting;
import maple.like.application.port.out.LikeCountStore.StoredCount;
import maple.like.application.port.out.LikeCountStore.StoredLike;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeToggle.Toggled;
import maple.like.application.port.out.PendingLikes.Claim;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/** What is held of a partition. Each method is one step that others see whole. */
final class MemoryPartition {
    private final int remembered;
    private final int waiting;

    /** The longest held first. */
    final Set<RelationKey> relations = new LinkedHashSet<>();

    final Set<RelationKey> pending = new LinkedHashSet<>();
    final Set<RelationKey> unliked = new LinkedHashSet<>();
    final Map<CharacterName, Long> buffer = new HashMap<>();

    /** Forgets the one that was not used for longest. */
    final Map<CharacterName, Long> totals = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<CharacterName, Long> eldest) {
            return size() > remembered;
        }
    };

    @Nullable
    LikeBatch batch;

    @Nullable
    Long generation;

    boolean complete;
    long cursor;
    long imposed;

    /** More is stored than is remembered, so it is not copied. */
    private boolean crowded;

    MemoryPartition(int remembered, int waiting) {
        this.remembered = remembered;
        this.waiting = waiting;
    }

    /** Null where it needs to know (again) what is stored. No intent stands for reading. */
    synchronized @Nullable Toggled apply(
            RelationKey relation, CharacterName name, @Nullable LikeIntent intent, @Nullable StoredLike stored) {
        Boolean liked = known(relation);
        boolean guessed = liked == null;
        if (liked == null) {
            if (stored == null || !fresh(stored.count().generation())) {
                return null;
            }
            liked = stored.liked();
        }
        Long total = total(name, stored == null ? null : stored.count());
        if (total == null) {
            return null;
        }
        boolean wanted = intent == null ? liked : intent.appliedTo(liked);
        boolean changed = wanted != liked;
        // A state taken from the store waits even where it stays as it is, so that a commit under way cannot undo it.
        if (changed || (guessed && intent != null)) {
            await(relation, wanted);
        }
        if (changed) {
            long change = wanted ? 1 : -1;
            buffer.merge(name, change, Long::sum);
            total = totals.merge(name, change, Long::sum);
        }
        requireExact(name, total);
        return new Toggled(new LikeStatus(wanted, new LikeCount(total)), changed, buffer.getOrDefault(name, 0L));
    }

    private void await(RelationKey relation, boolean liked) {
        if (pending.size() + unliked.size() >= waiting && !pending.contains(relation) && !unliked.contains(relation)) {
            throw BufferUnavailableException.unasked("Too many changes wait for the store already: " + waiting, null);
        }
        put(relation, liked);
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

    /** Null as {@link #total}. */
    synchronized @Nullable Long count(CharacterName name, @Nullable StoredCount stored) {
        Long total = total(name, stored);
        if (total != null) {
            requireExact(name, total);
        }
        return total;
    }

    /** After a loss, changes of what was lost may be counted that the store does not hold. */
    private void requireExact(CharacterName name, long total) {
        if (total < 0) {
            totals.remove(name);
            throw new BufferUnavailableException("The total of " + name + " was negative", null);
        }
    }

    private @Nullable Boolean known(RelationKey relation) {
        if (relations.contains(relation)) {
            return true;
        }
        if (unliked.contains(relation)) {
            return false;
        }
        if (batch != null && batch.entries().containsKey(relation)) {
            return batch.entries().get(relation);
        }
        return complete ? false : null;
    }

    /** No batch was finished since it was read, and none is under way that it cannot know of. */
    private boolean fresh(long storedGeneration) {
        return (generation == null || generation <= storedGeneration)
                && (batch == null || batch.number() <= storedGeneration + 1);
    }

    private @Nullable Long total(CharacterName name, @Nullable StoredCount stored) {
        Long known = totals.get(name);
        if (known == null) {
            known = computed(name, stored);
        }
        if (known != null && stored != null && generation == null && fresh(stored.generation())) {
            generation = stored.generation();
        }
        return known;
    }

    private @Nullable Long computed(CharacterName name, @Nullable StoredCount stored) {
        if (stored == null || !fresh(stored.generation())) {
            return null;
        }
        long total = stored.likeCount().value() + buffer.getOrDefault(name, 0L);
        if (batch != null && batch.number() == stored.generation()) {
            total -= stored.lastChange(); // committed, but not yet taken off the buffer
        } else if (isBehind(stored.generation())) {
            return null;
        }
        totals.put(name, total);
        return total;
    }

    private boolean isBehind(long stored) {
        return batch != null ? batch.number() < stored : generation != null && generation < stored;
    }

    private void requireSettled(PartitionState stored) {
        if (generation == null || generation != stored.generation()) {
            throw new StoreUnavailableException("The buffer is not as it was left", null);
        }
    }

    private void requireLock(PartitionState stored) {
        if (generation != null && generation > stored.generation()) {
            throw new StoreUnavailableException(
                    "The buffer knows batch " + generation + ", the store only " + stored.generation(), null);
        }
    }

    synchronized void settle(
            PartitionState stored, Function<Map<RelationKey, Boolean>, Map<CharacterName, Long>> changes) {
        requireLock(stored);
        finish(stored);
        if (isBehind(stored.generation())) {
            rebuild(changes);
        }
        generation = stored.generation();
    }

    /** Somebody else stored a batch: nothing but the changes that wait is still right. */
    private void rebuild(Function<Map<RelationKey, Boolean>, Map<CharacterName, Long>> changes) {
        Map<RelationKey, Boolean> kept = new HashMap<>();
        unclaim();
        pending.forEach(relation -> kept.put(relation, true));
        unliked.forEach(relation -> kept.put(relation, false));
        buffer.clear();
        buffer.putAll(changes.apply(kept));
        buffer.values().removeIf(change -> change == 0);
        totals.clear();
        relations.clear();
        relations.addAll(pending);
        complete = false;
        crowded = false;
        cursor = 0;
    }

    /** What was claimed and is not stored waits again, as it is by now. */
    private void unclaim() {
        if (batch != null) {
            batch.entries()
                    .keySet()
                    .forEach(relation -> (relations.contains(relation) ? pending : unliked).add(relation));
            batch = null;
            imposed = 0;
        }
    }

    synchronized Claim claim(PartitionState stored, int limit) {
        requireSettled(stored);
        generation = stored.generation();
        Map<CharacterName, Long> drift = new HashMap<>();
        if (batch == null) {
            Map<RelationKey, Boolean> entries = new HashMap<>();
            // Neither kind may starve the other.
            move(pending, true, entries, limit - Math.min(limit / 2, unliked.size()));
            move(unliked, false, entries, limit - entries.size());
            if (!entries.isEmpty()) {
                batch = new LikeBatch(stored.generation() + 1, entries);
            } else {
                buffer.forEach((name, delta) -> {
                    if (delta != 0) {
                        drift.put(name, delta);
                        totals.remove(name);
                    }
                });
                buffer.clear();
            }
        }
        return new Claim(
                Optional.ofNullable(batch),
                drift,
                pending.size() + unliked.size(),
                complete || crowded ? OptionalLong.empty() : OptionalLong.of(cursor));
    }

    private static void move(Set<RelationKey> from, boolean liked, Map<RelationKey, Boolean> to, int limit) {
        Iterator<RelationKey> oldest = from.iterator();
        for (int moved = 0; moved < limit && oldest.hasNext(); moved++) {
            to.put(oldest.next(), liked);
            oldest.remove();
        }
    }

    synchronized long impose(PartitionState stored, List<JournalEntry> journal) {
        requireSettled(stored);
        long lastEntry = journal.get(journal.size() - 1).number();
        if (imposed > lastEntry) {
            throw new StoreUnavailableException("The buffer was told of later decisions", null);
        }
        long number = batch == null ? stored.generation() + 1 : imposed == 0 ? stored.generation() + 2 : batch.number();
        unclaim();
        Map<RelationKey, JournalEntry> last = new LinkedHashMap<>();
        Map<RelationKey, Long> changes = new HashMap<>();
        for (JournalEntry entry : journal) {
            last.put(entry.relation(), entry);
            changes.merge(entry.relation(), entry.change(), Long::sum);
        }
        last.forEach((relation, entry) -> {
            Boolean known = known(relation);
            long change =
                    known == null ? changes.getOrDefault(relation, 0L) : (entry.liked() ? 1 : 0) - (known ? 1 : 0);
            if (change != 0) {
                buffer.merge(entry.name(), change, Long::sum);
            }
            put(relation, entry.liked());
            totals.remove(entry.name());
        });
        batch = new LikeBatch(number, Map.of());
        imposed = lastEntry;
        generation = stored.generation();
        return number;
    }

    synchronized void finish(PartitionState stored) {
        if (batch == null && generation == null) {
            stored.deltas().keySet().forEach(totals::remove);
            generation = stored.generation();
        }
        if (batch == null || batch.number() != stored.generation()) {
            return;
        }
        stored.deltas().forEach((name, delta) -> {
            if (buffer.merge(name, -delta, Long::sum) == 0) {
                buffer.remove(name);
            }
        });
        batch = null;
        imposed = 0;
        generation = stored.generation();
        forgetStored();
    }

    /** The longest held first. From then on an absent relation may be stored, so the store is asked. */
    private void forgetStored() {
        int tooMany = relations.size() - pending.size() - remembered;
        Iterator<RelationKey> oldest = relations.iterator();
        while (tooMany > 0 && oldest.hasNext()) {
            if (!pending.contains(oldest.next())) {
                oldest.remove();
                tooMany--;
                complete = false;
                crowded = true;
            }
        }
    }

    synchronized void restore(long storedGeneration, long from, RelationPage page) {
        if (complete
                || cursor != from
                || generation == null
                || generation != storedGeneration
                || !fresh(storedGeneration)) {
            return;
        }
        for (RelationKey relation : page.relations()) {
            boolean claimedAsUnliked = batch != null
                    && batch.number() > storedGeneration
                    && Boolean.FALSE.equals(batch.entries().get(relation));
            if (!unliked.contains(relation) && !claimedAsUnliked) {
                relations.add(relation);
            }
        }
        crowded = relations.size() - pending.size() > remembered;
        cursor = page.last() ? 0 : page.nextCursor();
        complete = page.last() && !crowded;
    }

    synchronized long backlog() {
        long claimed = batch == null ? 0 : batch.entries().size();
        return claimed + pending.size() + unliked.size();
    }

    /** Every relation that is held in whatever way. */
    synchronized Set<RelationKey> all() {
        Set<RelationKey> all = new HashSet<>(relations);
        all.addAll(waitingNow());
        return all;
    }

    private Set<RelationKey> waitingNow() {
        Set<RelationKey> all = new HashSet<>(pending);
        all.addAll(unliked);
        if (batch != null) {
            all.addAll(batch.entries().keySet());
        }
        return all;
    }

    synchronized Holding holding(Collection<RelationKey> asked) {
        Map<RelationKey, Held> held = new HashMap<>();
        asked.forEach(relation -> held.put(relation, held(relation)));
        return new Holding(complete, held);
    }

    private Held held(RelationKey relation) {
        boolean liked = relations.contains(relation);
        Boolean claimed = batch == null ? null : batch.entries().get(relation);
        if (pending.contains(relation)) {
            return new Held(liked, unliked.contains(relation) ? Change.BOTH : Change.LIKE);
        }
        if (unliked.contains(relation)) {
            return new Held(liked, Change.UNLIKE);
        }
        if (claimed == null) {
            return new Held(liked, Change.NONE);
        }
        return new Held(liked, claimed ? Change.LIKE : Change.UNLIKE);
    }

    synchronized Map<CharacterName, Counted> counted(Collection<CharacterName> names) {
        Map<CharacterName, Counted> counted = new HashMap<>();
        for (CharacterName name : names) {
            Long total = totals.get(name);
            counted.put(
                    name,
                    new Counted(
                            buffer.getOrDefault(name, 0L),
                            total == null ? OptionalLong.empty() : OptionalLong.of(total)));
        }
        return counted;
    }

    /** Empty where more waits than the limit. */
    synchronized Optional<Waiting> waiting(int limit) {
        if (backlog() > limit) {
            return Optional.empty();
        }
        Map<RelationKey, Boolean> changes = new HashMap<>();
        waitingNow().forEach(relation -> changes.put(relation, relations.contains(relation)));
        Map<CharacterName, Long> buffered = new HashMap<>(buffer);
        buffered.values().removeIf(delta -> delta == 0);
        return Optional.of(new Waiting(changes, buffered));
    }
}
