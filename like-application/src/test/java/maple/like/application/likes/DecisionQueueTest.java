package maple.like.application.likes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.Workers;
import maple.like.application.likes.DecisionQueue.Check;
import maple.like.application.likes.DecisionQueue.Question;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.Change;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.Test;

class DecisionQueueTest {
    private static final int CALLERS = 20;

    private final LikePartitions partitions = new LikePartitions(2);
    private final InMemoryLedger database = new InMemoryLedger(partitions);
    private final ModelLikes primary = new ModelLikes(partitions, database);
    private final AtomicInteger transactions = new AtomicInteger();
    private final List<Set<Integer>> shared = new CopyOnWriteArrayList<>();
    private final AtomicInteger stuck = new AtomicInteger(-1);
    private final AtomicLong paused = new AtomicLong();
    private final DecisionQueue queue = new DecisionQueue(
            new Counted(), new Reconciler(primary), partitions, () -> System.nanoTime() + paused.get());
    private final GameCharacter character = Fresh.characterIn(0, partitions);
    private final GameCharacter other = Fresh.characterIn(1, partitions);

    DecisionQueueTest() {
        database.register(character);
        database.register(other);
        primary.setAvailable(false);
    }

    private final class Counted implements LikeLedger {
        private final LikeLedger ledger = database;

        @Override
        public <R> Optional<R> tryPartition(int partition, Function<LockedPartition, R> work) {
            return ledger.tryPartition(partition, work);
        }

        @Override
        public <R> R awaitPartition(int partition, Function<LockedPartition, R> work) {
            transactions.incrementAndGet();
            return ledger.awaitPartition(partition, work);
        }

        @Override
        public Map<Integer, Decided> decide(Map<Integer, List<Change>> changes, Runnable beforeCommit) {
            transactions.incrementAndGet();
            shared.add(changes.keySet());
            if (changes.containsKey(stuck.get())) {
                throw new DatabaseUnavailableException("The lock was not released in time", null);
            }
            return ledger.decide(changes, beforeCommit);
        }
    }

    private Change like() {
        return like(character);
    }

    private static Change like(GameCharacter character) {
        return new Change(Fresh.account(), character, LikeIntent.LIKE);
    }

    private Supplier<Check> begin(Change change) {
        return queue.begin(partitions.of(change.character().ocid()), new Question(change, null));
    }

    private Check ask(Change change) {
        return begin(change).get();
    }

    /** Asks while the lock is held: the first question waits for it, the others for the first. */
    private List<Supplier<Check>> askTogether(List<Change> changes) {
        return askTogether(changes, () -> {});
    }

    private List<Supplier<Check>> askTogether(List<Change> changes, Runnable whileTheyWait) {
        try (Workers workers = new Workers()) {
            CountDownLatch locked = new CountDownLatch(1);
            CountDownLatch asked = new CountDownLatch(1);
            Future<Boolean> holder = workers.begin(() -> database.awaitPartition(0, held -> {
                locked.countDown();
                Workers.await(asked);
                return true;
            }));
            Workers.await(locked);
            List<Supplier<Check>> checks = changes.stream().map(this::begin).toList();
            whileTheyWait.run();
            asked.countDown();
            Workers.resultOf(holder);
            return checks;
        }
    }

    @Test
    void changesThatArriveDuringATransactionShareTheNextOne() {
        List<Change> changes = Stream.generate(this::like).limit(CALLERS).toList();
        List<Long> counts = askTogether(changes).stream()
                .map(check -> check.get()
                        .decision()
                        .orElseThrow()
                        .status()
                        .likeCount()
                        .value())
                .toList();
        assertThat(counts).isEqualTo(LongStream.rangeClosed(1, CALLERS).boxed().toList());
        assertThat(transactions).hasValue(2);
        assertThat(database.rows()).hasSize(CALLERS);
    }

    @Test
    void aChangeThatTheDatabaseRejectsFailsAlone() {
        Change rejected = like();
        database.reject(rejected.relation()::equals);
        List<Supplier<Check>> checks = askTogether(List.of(like(), like(), rejected, like()));
        assertThatIllegalArgumentException().isThrownBy(checks.get(2)::get);
        for (int other : new int[] {0, 1, 3}) {
            assertThat(checks.get(other).get().decision()).isPresent();
        }
        assertThat(database.rows()).hasSize(3);
    }

    @Test
    void onceTheDatabaseIsKnownToDecideThemChangesOfAllPartitionsShareTheNextTransaction() {
        ask(like(character));
        ask(like(other));
        List<Change> changes = Stream.of(character, other, character, other)
                .map(DecisionQueueTest::like)
                .toList();
        askTogether(changes).forEach(check -> assertThat(check.get().decision()).isPresent());
        assertThat(shared).containsExactly(Set.of(0), Set.of(0, 1));
        assertThat(database.rows()).hasSize(6);
    }

    @Test
    void onceTheDatabaseIsKnownToDecideAChangeOfOnePartitionThatItRefusesFailsAlone() {
        ask(like(character));
        ask(like(other));
        transactions.set(0);
        assertThat(ask(like(character)).decision()).isPresent();
        assertThat(transactions).hasValue(1);
        Change rejected = like();
        database.reject(rejected.relation()::equals);
        assertThatIllegalArgumentException().isThrownBy(() -> ask(rejected));
        assertThat(ask(like(other)).decision()).isPresent();
        assertThat(database.rows()).hasSize(4);
    }

    @Test
    void aPartitionThatStaysLockedIsWaitedForAloneAfterItFailedACall() {
        ask(like(character));
        ask(like(other));
        stuck.set(0);
        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(() -> ask(like(character)));
        shared.clear();
        ask(like(character));
        assertThat(shared).as("alone").isEmpty();
        ask(like(other));
        assertThat(shared).containsExactly(Set.of(1));
    }

    @Test
    void aPartitionThatFailsBackIsLeftToThePrimary() {
        ask(like(character));
        ask(like(other));
        primary.setAvailable(true);
        database.syncAll(primary);
        for (GameCharacter each : List.of(character, other)) {
            assertThat(ask(like(each)).databaseDecides()).isFalse();
        }
        assertThat(database.rows()).hasSize(2);
    }

    @Test
    void anUnavailableDatabaseFailsAll() {
        database.setAvailable(false);
        List<Supplier<Check>> checks = Stream.generate(this::like)
                .limit(CALLERS)
                .map(change -> queue.begin(0, new Question(change, null)))
                .toList();
        checks.forEach(check ->
                assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(check::get));
    }

    @Test
    void aTransactionWhoseCallersHaveGivenUpIsNotCommitted() {
        List<Supplier<Check>> checks =
                askTogether(List.of(like()), () -> paused.addAndGet(TimeUnit.SECONDS.toNanos(11)));
        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(checks.get(0)::get);
        assertThat(database.rows()).isEmpty();
    }
}
