package maple.like.application.memory;

import static java.util.Comparator.comparing;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.StoreUnavailableException;
import maple.like.application.port.out.HeldLikes;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeCountStore.StoredCount;
import maple.like.application.port.out.LikeCountStore.StoredLike;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/**
 * The buffer in plain Java: what an implementation is compared with. One lock, and the same rules as the scripts of
 * the Redis adapter.
 */
public final class InMemoryLikes implements LikeToggle, LikeReader, PendingLikes, HeldLikes {
    private static final int OFFERS = 30;

    private final LikePartitions partitions;
    private final LikeCountStore store;
    private final Partition[] data;
    private Set<RelationKey> preferred = Set.of();
    private boolean away;

    public InMemoryLikes(LikePartitions partitions, LikeCountStore store) {
        this.partitions = partitions;
        this.store = store;
        this.data = new Partition[partitions.count()];
        lose();
    }

    /** From now on nobody gets an answer. */
    public synchronized void goAway() {
        away = true;
    }

    /** Answers are given again, from what was not forgotten. */
    public synchronized void comeBack() {
        away = false;
    }

    private void requireHere() {
        if (away) {
            throw new BufferUnavailableException("The buffer is away", null);
        }
    }

    /** Forgets everything, as a Redis without persistence does when it restarts. */
    public synchronized void lose() {
        for (int i = 0; i < data.length; i++) {
            data[i] = new Partition();
        }
    }

    /** What a partition holds, in a form that another implementation can be compared by. */
    public synchronized Contents contents(int partition) {
        return data[partition].contents();
    }

    /** Goes back to what a partition once held. */
    public synchronized void goBack(int partition, Contents contents) {
        data[partition] = new Partition(contents);
    }

    /** Which changes a claim takes is left open where it cannot take all: from now on these before others. */
    public synchronized void preferToClaim(Set<RelationKey> relations) {
        preferred = Set.copyOf(relations);
    }

    /** Everything in a partition. */
    public record Contents(
            Set<RelationKey> relations,
            Set<RelationKey> pending,
            Set<RelationKey> unliked,
            Map<CharacterName, Long> buffer,
            Map<CharacterName, Long> totals,
            Optional<LikeBatch> batch,
            OptionalLong generation,
            boolean complete,
            long cursor,
            long imposed) {
        /** Copies everything. */
        public Contents {
            relations = Set.copyOf(relations);
            pending = Set.copyOf(pending);
            unliked = Set.copyOf(unliked);
            buffer = Map.copyOf(buffer);
            totals = Map.copyOf(totals);
        }
    }

    /** Forgets the totals, as when they expire. */
    public synchronized void forgetTotals() {
        for (Partition partition : data) {
            partition.totals.clear();
        }
    }

    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        int partition = partitions.of(relation.target());
        return askingFor(
                () -> store.like(relation),
                stored -> stored.count().detached(),
                stored -> data[partition].apply(relation, name, intent, stored));
    }

    /** Tries without what is stored, and then with it. */
    private <S, R> Optional<R> askingFor(
            Supplier<Optional<S>> question, Predicate<S> detached, Function<@Nullable S, @Nullable R> attempt) {
        S stored = null;
        for (int offer = 0; offer < OFFERS; offer++) {
            synchronized (this) {
                requireHere();
                R answer = attempt.apply(stored);
                if (answer != null) {
                    return Optional.of(answer);
                }
            }
            Optional<S> asked = question.get();
            if (asked.isEmpty()) {
                return Optional.empty();
            }
            stored = asked.get();
            if (detached.test(stored)) {
                throw new BufferUnavailableException("The store decides by itself", null);
            }
        }
        throw new BufferUnavailableException("The buffer and the store are too far apart", null);
    }

    @Override
    public Optional<LikeStatus> status(RelationKey relation, CharacterName name) {
        return apply(relation, name, null).map(Toggled::status);
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        int partition = partitions.of(character.ocid());
        return askingFor(
                        () -> store.count(character.ocid()),
                        StoredCount::detached,
                        stored -> data[partition].count(character.name(), stored))
                .map(LikeCount::new);
    }

    @Override
    public synchronized void settle(
            int partition,
            PartitionState stored,
            Function<Map<RelationKey, Boolean>, Map<CharacterName, Long>> changes) {
        requireHere();
        data[partition].settle(stored, changes);
    }

    @Override
    public synchronized Claim claim(int partition, PartitionState stored, int limit) {
        requireHere();
        return data[partition].claim(stored, limit, preferred);
    }

    @Override
    public synchronized long impose(int partition, PartitionState stored, List<JournalEntry> journal) {
        requireHere();
        return data[partition].impose(stored, journal);
    }

    @Override
    public synchronized void finish(int partition, PartitionState stored) {
        requireHere();
        data[partition].finish(stored);
    }

    @Override
    public synchronized void restore(int partition, long generation, long cursor, RelationPage page) {
        requireHere();
        data[partition].restore(generation, cursor, page);
    }

    @Override
    public synchronized long backlog(int partition) {
        requireHere();
        return data[partition].backlog();
    }

    @Override
    public synchronized HeldPage page(int partition, String cursor, int limit) {
        requireHere();
        Contents held = data[partition].contents();
        List<RelationKey> all = Stream.of(
                        held.relations(),
                        held.pending(),
                        held.unliked(),
                        held.batch().map(batch -> batch.entries().keySet()).orElse(Set.of()))
                .flatMap(Set::stream)
                .distinct()
                .sorted(comparing(RelationKey::value))
                .filter(relation -> relation.value().compareTo(cursor) > 0)
                .toList();
        List<RelationKey> page = all.subList(0, Math.min(limit, all.size()));
        return new HeldPage(
                page,
                List.of(),
                page.size() == all.size()
                        ? Optional.empty()
                        : Optional.of(page.get(page.size() - 1).value()));
    }

    @Override
    public synchronized Holding holding(int partition, Collection<RelationKey> relations) {
        requireHere();
        Map<RelationKey, Held> held = new HashMap<>();
        relations.forEach(relation -> held.put(relation, data[partition].held(relation)));
        return new Holding(data[partition].complete, held);
    }

    @Override
    public synchronized Map<CharacterName, Counted> counted(int partition, Collection<CharacterName> names) {
        requireHere();
        Map<CharacterName, Counted> counted = new HashMap<>();
        for (CharacterName name : names) {
            Long total = data[partition].totals.get(name);
            counted.put(
                    name,
                    new Counted(
                            data[partition].buffer.getOrDefault(name, 0L),
                            total == null ? OptionalLong.empty() : OptionalLong.of(total)));
        }
        return counted;
    }

    @Override
    public synchronized Optional<Waiting> waiting(int partition, int limit) {
        requireHere();
        return data[partition].backlog() > limit ? Optional.empty() : Optional.of(data[partition].waiting());
    }

    private static final class Partition {
        final Set<RelationKey> relations = new HashSet<>();
        final Set<RelationKey> pending = new HashSet<>();
        final Set<RelationKey> unliked = new HashSet<>();
        final Map<CharacterName, Long> buffer = new HashMap<>();
        final Map<CharacterName, Long> totals = new HashMap<>();

        @Nullable
        LikeBatch batch;

        @Nullable
        Long generation;

        boolean complete;
        long cursor;
        long imposed;

        /** Null where it needs to know (again) what is stored. No intent stands for reading. */
        @Nullable
        Toggled apply(
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
            if (changed || (guessed && intent != null)) {
                if (wanted) {
                    relations.add(relation);
                    pending.add(relation);
                    unliked.remove(relation);
                } else {
                    relations.remove(relation);
                    pending.remove(relation);
                    unliked.add(relation);
                }
            }
            if (changed) {
                long change = wanted ? 1 : -1;
                buffer.merge(name, change, Long::sum);
                total = totals.merge(name, change, Long::sum);
            }
            requireExact(name, total);
            return new Toggled(new LikeStatus(wanted, new LikeCount(total)), changed, buffer.getOrDefault(name, 0L));
        }

        /** Null as {@link #total}. */
        @Nullable
        Long count(CharacterName name, @Nullable StoredCount stored) {
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
                total -= stored.lastChange();
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

        void settle(PartitionState stored, Function<Map<RelationKey, Boolean>, Map<CharacterName, Long>> changes) {
            requireLock(stored);
            finish(stored);
            if (isBehind(stored.generation())) {
                Map<RelationKey, Boolean> waiting = new HashMap<>();
                unclaim();
                pending.forEach(relation -> waiting.put(relation, true));
                unliked.forEach(relation -> waiting.put(relation, false));
                buffer.clear();
                buffer.putAll(changes.apply(waiting));
                buffer.values().removeIf(change -> change == 0);
                totals.clear();
                relations.clear();
                relations.addAll(pending);
                complete = false;
                cursor = 0;
            }
            generation = stored.generation();
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

        Claim claim(PartitionState stored, int limit, Set<RelationKey> preferred) {
            requireSettled(stored);
            generation = stored.generation();
            Map<CharacterName, Long> drift = new HashMap<>();
            if (batch == null) {
                Map<RelationKey, Boolean> entries = new HashMap<>();
                move(pending, true, entries, limit - Math.min(limit / 2, unliked.size()), preferred);
                move(unliked, false, entries, limit - entries.size(), preferred);
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
                    complete ? OptionalLong.empty() : OptionalLong.of(cursor));
        }

        Held held(RelationKey relation) {
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

        Waiting waiting() {
            Set<RelationKey> waiting = new HashSet<>(pending);
            waiting.addAll(unliked);
            if (batch != null) {
                waiting.addAll(batch.entries().keySet());
            }
            Map<RelationKey, Boolean> changes = new HashMap<>();
            waiting.forEach(relation -> changes.put(relation, relations.contains(relation)));
            Map<CharacterName, Long> buffered = new HashMap<>(buffer);
            buffered.values().removeIf(delta -> delta == 0);
            return new Waiting(changes, buffered);
        }

        Contents contents() {
            return new Contents(
                    relations,
                    pending,
                    unliked,
                    buffer,
                    totals,
                    Optional.ofNullable(batch),
                    generation == null ? OptionalLong.empty() : OptionalLong.of(generation),
                    complete,
                    cursor,
                    imposed);
        }

        Partition() {}

        Partition(Contents contents) {
            relations.addAll(contents.relations());
            pending.addAll(contents.pending());
            unliked.addAll(contents.unliked());
            buffer.putAll(contents.buffer());
            totals.putAll(contents.totals());
            batch = contents.batch().orElse(null);
            contents.generation().ifPresent(number -> generation = number);
            complete = contents.complete();
            cursor = contents.cursor();
            imposed = contents.imposed();
        }

        long backlog() {
            return pending.size()
                    + unliked.size()
                    + (batch == null ? 0 : batch.entries().size());
        }

        private static void move(
                Set<RelationKey> from,
                boolean liked,
                Map<RelationKey, Boolean> to,
                int limit,
                Set<RelationKey> preferred) {
            List<RelationKey> moved = from.stream()
                    .sorted(comparing(relation -> !preferred.contains(relation)))
                    .limit(limit)
                    .toList();
            moved.forEach(relation -> to.put(relation, liked));
            moved.forEach(from::remove);
        }

        long impose(PartitionState stored, List<JournalEntry> journal) {
            requireSettled(stored);
            long lastEntry = journal.get(journal.size() - 1).number();
            if (imposed > lastEntry) {
                throw new StoreUnavailableException("The buffer was told of later decisions", null);
            }
            long number =
                    batch == null ? stored.generation() + 1 : imposed == 0 ? stored.generation() + 2 : batch.number();
            unclaim();
            Map<RelationKey, JournalEntry> last = new LinkedHashMap<>();
            Map<RelationKey, Long> changes = new HashMap<>();
            for (JournalEntry entry : journal) {
                last.put(entry.relation(), entry);
                changes.merge(entry.relation(), entry.change(), Long::sum);
            }
            last.forEach((relation, entry) -> {
                Boolean known = known(relation);
                long change = known == null ? changes.get(relation) : (entry.liked() ? 1 : 0) - (known ? 1 : 0);
                if (change != 0) {
                    buffer.merge(entry.name(), change, Long::sum);
                }
                if (entry.liked()) {
                    relations.add(relation);
                    pending.add(relation);
                    unliked.remove(relation);
                } else {
                    relations.remove(relation);
                    pending.remove(relation);
                    unliked.add(relation);
                }
                totals.remove(entry.name());
            });
            batch = new LikeBatch(number, Map.of());
            imposed = lastEntry;
            generation = stored.generation();
            return number;
        }

        void finish(PartitionState stored) {
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
        }

        void restore(long storedGeneration, long from, RelationPage page) {
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
            cursor = page.last() ? 0 : page.nextCursor();
            complete = page.last();
        }
    }
}
