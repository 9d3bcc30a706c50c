package maple.like.application.memory;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.HeldLikes;
import maple.like.application.port.out.LikeCountStore;
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

/** {@link InMemoryLikes} of any size, with all that a test does to a buffer: what an implementation is compared with. */
public final class ModelLikes implements LikeToggle, LikeReader, PendingLikes, HeldLikes {
    private final LikePartitions partitions;
    private final InMemoryLikes likes;
    private volatile Set<RelationKey> preferred = Set.of();
    private volatile boolean away;

    public ModelLikes(LikePartitions partitions, LikeCountStore store) {
        this.partitions = partitions;
        this.likes = new InMemoryLikes(partitions, store, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    /** From now on nobody gets an answer. */
    public void goAway() {
        away = true;
    }

    /** Answers are given again, from what was not forgotten. */
    public void comeBack() {
        away = false;
    }

    private InMemoryLikes here() {
        if (away) {
            throw new BufferUnavailableException("The buffer is away", null);
        }
        return likes;
    }

    /** Forgets everything, as a Redis without persistence does when it restarts. */
    public void lose() {
        Contents nothing = new Contents(
                Set.of(), Set.of(), Set.of(), Map.of(), Map.of(), Optional.empty(), OptionalLong.empty(), false, 0, 0);
        partitions.all().forEach(partition -> goBack(partition, nothing));
    }

    /** Forgets the totals, as when they expire. */
    public void forgetTotals() {
        partitions.all().mapToObj(likes::partition).forEach(partition -> {
            synchronized (partition) {
                partition.totals.clear();
            }
        });
    }

    /** What a partition holds, in a form that another implementation can be compared by. */
    public Contents contents(int number) {
        MemoryPartition partition = likes.partition(number);
        synchronized (partition) {
            return new Contents(
                    partition.relations,
                    partition.pending,
                    partition.unliked,
                    partition.buffer,
                    partition.totals,
                    Optional.ofNullable(partition.batch),
                    partition.generation == null ? OptionalLong.empty() : OptionalLong.of(partition.generation),
                    partition.complete,
                    partition.cursor,
                    partition.imposed);
        }
    }

    /** Goes back to what a partition once held. */
    public void goBack(int number, Contents contents) {
        MemoryPartition partition = likes.partition(number);
        synchronized (partition) {
            replace(partition.relations, contents.relations());
            replace(partition.pending, contents.pending());
            replace(partition.unliked, contents.unliked());
            partition.buffer.clear();
            partition.buffer.putAll(contents.buffer());
            partition.totals.clear();
            partition.totals.putAll(contents.totals());
            partition.batch = contents.batch().orElse(null);
            partition.generation = contents.generation().isPresent()
                    ? Long.valueOf(contents.generation().getAsLong())
                    : null;
            partition.complete = contents.complete();
            partition.cursor = contents.cursor();
            partition.imposed = contents.imposed();
        }
    }

    private static void replace(Set<RelationKey> held, Set<RelationKey> by) {
        held.clear();
        held.addAll(by);
    }

    /** Which changes a claim takes is left open where it cannot take all: from now on these before others. */
    public void preferToClaim(Set<RelationKey> relations) {
        preferred = Set.copyOf(relations);
    }

    private void putPreferredFirst(Set<RelationKey> waiting) {
        Set<RelationKey> ordered = new LinkedHashSet<>(waiting);
        ordered.retainAll(preferred);
        ordered.addAll(waiting);
        replace(waiting, ordered);
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

    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        return here().apply(relation, name, intent);
    }

    @Override
    public Optional<LikeStatus> status(RelationKey relation, CharacterName name) {
        return here().status(relation, name);
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        return here().count(character);
    }

    @Override
    public void settle(
            int partition,
            PartitionState stored,
            Function<Map<RelationKey, Boolean>, Map<CharacterName, Long>> changes) {
        here().settle(partition, stored, changes);
    }

    @Override
    public Claim claim(int number, PartitionState stored, int limit) {
        MemoryPartition partition = here().partition(number);
        synchronized (partition) {
            putPreferredFirst(partition.pending);
            putPreferredFirst(partition.unliked);
            return partition.claim(stored, limit);
        }
    }

    @Override
    public long impose(int partition, PartitionState stored, List<JournalEntry> journal) {
        return here().impose(partition, stored, journal);
    }

    @Override
    public void finish(int partition, PartitionState stored) {
        here().finish(partition, stored);
    }

    @Override
    public void restore(int partition, long generation, long cursor, RelationPage page) {
        here().restore(partition, generation, cursor, page);
    }

    @Override
    public long backlog(int partition) {
        return here().backlog(partition);
    }

    @Override
    public HeldPage page(int partition, String cursor, int limit) {
        return here().page(partition, cursor, limit);
    }

    @Override
    public Holding holding(int partition, Collection<RelationKey> relations) {
        return here().holding(partition, relations);
    }

    @Override
    public Map<CharacterName, Counted> counted(int partition, Collection<CharacterName> names) {
        return here().counted(partition, names);
    }

    @Override
    public Optional<Waiting> waiting(int partition, int limit) {
        return here().waiting(partition, limit);
    }
}
