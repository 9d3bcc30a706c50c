package maple.like.application.likes;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeCountStore.StoredLike;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeLedger.Rows;
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
 * The memory of one instance as the primary store, by the same rules as the scripts of the Redis adapter. A process that
 * dies loses its pending changes.
 *
 * <p>Memory is bounded: stored relations beyond the bound are evicted, and read from the database when they are needed.
 * Each partition has a lock, which is not held while the database is read. Safe for use by any number of threads.
 */
public final class InMemoryLikeToggle implements LikeToggle, PendingLikes {
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
    public Optional<Outcome> apply(AccountId account, GameCharacter character, LikeIntent intent) {
        return ask(account, character, intent);
    }

    @Override
    public Optional<LikeStatus> status(AccountId account, GameCharacter character) {
        return ask(account, character, null).map(Outcome::status);
    }

    private Optional<Outcome> ask(AccountId account, GameCharacter character, @Nullable LikeIntent intent) {
        RelationKey relation = new RelationKey(account, character.ocid());
        return withStored(
                () -> store.like(relation),
                stored -> memory[partitions.of(character.ocid())].apply(relation, character, intent, stored));
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        return withStored(
                () -> store.count(character.ocid()).map(count -> new StoredLike(false, count)),
                stored -> memory[partitions.of(character.ocid())].count(
                        character, stored == null ? null : stored.count()));
    }

    /** Tries without what is stored, and then with it. */
    private <R> Optional<R> withStored(
            Supplier<Optional<StoredLike>> read, Function<@Nullable StoredLike, @Nullable R> attempt) {
        requireLease.run();
        StoredLike stored = null;
        for (int reads = 0; reads < READS; reads++) {
            R answer = attempt.apply(stored);
            if (answer != null) {
                return Optional.of(answer);
            }
            Optional<StoredLike> found = read.get();
            if (found.isEmpty()) {
                return Optional.empty();
            }
            stored = found.get();
            if (stored.count().state().databaseDecides()) {
                throw PrimaryUnavailableException.notSent("The primary store was not given the journal yet", null);
            }
        }
        throw PrimaryUnavailableException.notSent(
                "The primary store and the database did not converge after " + READS + " reads", null);
    }

    @Override
    public boolean reconcile(int partition, long generation, Rows rows) {
        return memory[partition].reconcile(generation, rows);
    }

    @Override
    public Claim claim(int partition, long generation, int limit) {
        return memory[partition].claim(generation, limit);
    }

    @Override
    public long applyJournal(int partition, long generation, List<JournalEntry> journal) {
        return memory[partition].applyJournal(generation, journal);
    }

    @Override
    public void finish(int partition, long generation, Map<GameCharacter, Long> countChanges) {
        memory[partition].finish(generation, countChanges);
    }

    @Override
    public void warmUp(int partition, long generation, String cursor, RelationPage page) {
        memory[partition].warmUp(generation, cursor, page);
    }

    @Override
    public long backlog(int partition) {
        return memory[partition].backlog();
    }
}
