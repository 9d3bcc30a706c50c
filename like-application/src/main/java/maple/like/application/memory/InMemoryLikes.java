package maple.like.application.memory;

import static java.util.Comparator.comparing;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.HeldLikes;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeCountStore.StoredCount;
import maple.like.application.port.out.LikeLedger.JournalEntry;
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
 * The buffer in the memory of this process, by the same rules as the scripts of the Redis adapter. One instance alone may
 * use the store with it; a process that dies takes with it what was not stored.
 *
 * <p>Memory is bounded: what is stored is forgotten when it becomes too much, and asked of the store when it is needed
 * again. Each partition has a lock, which nobody holds while the store is asked. Safe for use by any number of threads.
 */
public final class InMemoryLikes implements LikeToggle, LikeReader, PendingLikes, HeldLikes {
    /** What is stored is too old only if a batch was finished just then; twice in a row is rare. */
    private static final int OFFERS = 100;

    private final LikePartitions partitions;
    private final LikeCountStore store;
    private final MemoryPartition[] data;

    /**
     * Starts empty.
     *
     * @param remembered how many stored relations, and how many totals, each partition remembers; 1 or more
     * @param waiting how many changes may wait for the store in each partition before more are refused; 1 or more
     */
    public InMemoryLikes(LikePartitions partitions, LikeCountStore store, int remembered, int waiting) {
        if (remembered < 1 || waiting < 1) {
            throw new IllegalArgumentException(
                    "remembered and waiting must be 1 or more: " + remembered + ", " + waiting);
        }
        this.partitions = partitions;
        this.store = store;
        this.data = new MemoryPartition[partitions.count()];
        partitions.all().forEach(partition -> data[partition] = new MemoryPartition(remembered, waiting));
    }

    MemoryPartition partition(int number) {
        return data[number];
    }

    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        return ask(relation, name, intent);
    }

    @Override
    public Optional<LikeStatus> status(RelationKey relation, CharacterName name) {
        return ask(relation, name, null).map(Toggled::status);
    }

    /** No intent stands for reading. */
    private Optional<Toggled> ask(RelationKey relation, CharacterName name, @Nullable LikeIntent intent) {
        MemoryPartition partition = data[partitions.of(relation.target())];
        return askingFor(
                () -> store.like(relation),
                stored -> stored.count().detached(),
                stored -> partition.apply(relation, name, intent, stored));
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        MemoryPartition partition = data[partitions.of(character.ocid())];
        return askingFor(
                        () -> store.count(character.ocid()),
                        StoredCount::detached,
                        stored -> partition.count(character.name(), stored))
                .map(LikeCount::new);
    }

    /** Tries without what is stored, and then with it. */
    private static <S, R> Optional<R> askingFor(
            Supplier<Optional<S>> question, Predicate<S> detached, Function<@Nullable S, @Nullable R> attempt) {
        S stored = null;
        for (int offer = 0; offer < OFFERS; offer++) {
            R answer = attempt.apply(stored);
            if (answer != null) {
                return Optional.of(answer);
            }
            Optional<S> asked = question.get();
            if (asked.isEmpty()) {
                return Optional.empty();
            }
            stored = asked.get();
            if (detached.test(stored)) {
                throw BufferUnavailableException.unasked(
                        "The buffer was not yet told what the store decided by itself", null);
            }
        }
        throw BufferUnavailableException.unasked("The buffer and the store are too far apart to answer", null);
    }

    @Override
    public void settle(
            int partition,
            PartitionState stored,
            Function<Map<RelationKey, Boolean>, Map<CharacterName, Long>> changes) {
        data[partition].settle(stored, changes);
    }

    @Override
    public Claim claim(int partition, PartitionState stored, int limit) {
        return data[partition].claim(stored, limit);
    }

    @Override
    public long impose(int partition, PartitionState stored, List<JournalEntry> journal) {
        return data[partition].impose(stored, journal);
    }

    @Override
    public void finish(int partition, PartitionState stored) {
        data[partition].finish(stored);
    }

    @Override
    public void restore(int partition, long generation, long cursor, RelationPage page) {
        data[partition].restore(generation, cursor, page);
    }

    @Override
    public long backlog(int partition) {
        return data[partition].backlog();
    }

    @Override
    public HeldPage page(int partition, String cursor, int limit) {
        List<RelationKey> rest = data[partition].all().stream()
                .filter(relation -> relation.value().compareTo(cursor) > 0)
                .sorted(comparing(RelationKey::value))
                .toList();
        List<RelationKey> page = rest.subList(0, Math.min(limit, rest.size()));
        return new HeldPage(
                page,
                List.of(),
                page.size() == rest.size()
                        ? Optional.empty()
                        : Optional.of(page.get(page.size() - 1).value()));
    }

    @Override
    public Holding holding(int partition, Collection<RelationKey> relations) {
        return data[partition].holding(relations);
    }

    @Override
    public Map<CharacterName, Counted> counted(int partition, Collection<CharacterName> names) {
        return data[partition].counted(names);
    }

    @Override
    public Optional<Waiting> waiting(int partition, int limit) {
        return data[partition].waiting(limit);
    }
}
