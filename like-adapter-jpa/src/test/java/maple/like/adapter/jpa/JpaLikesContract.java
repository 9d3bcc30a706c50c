package maple.like.adapter.jpa;

import static maple.like.application.contract.StoreFixture.PARTITIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maple.like.application.LikePartitions;
import maple.like.application.StoreUnavailableException;
import maple.like.application.contract.CharacterDirectoryContract;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.LikeCountStoreContract;
import maple.like.application.contract.LikeLedgerContract;
import maple.like.application.contract.StoreFixture;
import maple.like.application.contract.StoreFixture.Stored;
import maple.like.application.contract.Workers;
import maple.like.application.memory.ModelLikes;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.AppliedBatch;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;
import maple.like.domain.RelationKey;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The contracts of the ports, and what only a real database can get wrong. A subclass for each database. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class JpaLikesContract {
    private static final int STATEMENTS_PER_BATCH = 7;

    private TestDatabase database;
    private JpaStoreFixture store;

    /** An empty database. */
    abstract TestDatabase newDatabase();

    @BeforeAll
    void open() {
        database = newDatabase();
        store = new JpaStoreFixture(database);
    }

    @AfterAll
    void close() throws SQLException {
        if (store != null) {
            store.close();
            requireThatEveryCountEqualsTheNumberOfRows();
            database.close();
        }
    }

    private void requireThatEveryCountEqualsTheNumberOfRows() throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet differing = statement.executeQuery("""
                        select c.ocid
                          from game_character c
                         where c.like_count <> (select count(*) from character_like l where l.target_ocid = c.ocid)
                        """)) {
            assertThat(differing.next()).isFalse();
        }
    }

    @Nested
    class TheLedger extends LikeLedgerContract {
        @Override
        protected StoreFixture store() {
            return store;
        }
    }

    @Nested
    class TheCountStore extends LikeCountStoreContract {
        @Override
        protected StoreFixture store() {
            return store;
        }
    }

    @Nested
    class TheCharacterDirectory extends CharacterDirectoryContract {
        @Override
        protected StoreFixture store() {
            return store;
        }
    }

    /** The ledger with transactions that read from a snapshot; a pool may be set to that, or be so by default. */
    @Nested
    @TestInstance(Lifecycle.PER_CLASS)
    class TheLedgerUnderRepeatableRead extends LikeLedgerContract {
        private JpaStoreFixture repeatableRead;

        @BeforeAll
        void open() {
            repeatableRead = new JpaStoreFixture(database, "TRANSACTION_REPEATABLE_READ");
        }

        @AfterAll
        void close() {
            repeatableRead.close();
        }

        @Override
        protected StoreFixture store() {
            return repeatableRead;
        }
    }

    @Nested
    class OtherNames {
        @Test
        void ofACharacterThatWasDeletedAreFreeForAnother() {
            GameCharacter deleted = registered();
            GameCharacter other = registered();
            CharacterName name = Fresh.name();
            store.likes().registry().admit(deleted.ocid(), name);
            database.execute("delete from game_character where ocid = '" + deleted.ocid() + "'");
            assertThat(store.likes().directory().find(name)).isEmpty();
            assertThat(store.likes().registry().admit(other.ocid(), name)).isEqualTo(other);
            assertThat(store.likes().directory().find(name)).contains(other);
        }
    }

    @Nested
    class Statements {
        private final RecordingDataSource recording = store.recording();

        @Test
        void areAsManyForALargeBatchAsForASmallOne() {
            assertThat(statementsOfABatchOf(10)).hasSize(STATEMENTS_PER_BATCH);
            assertThat(statementsOfABatchOf(500)).hasSize(STATEMENTS_PER_BATCH);
            assertThat(statementsOfABatchOf(500)).isEqualTo(statementsOfABatchOf(10));
        }

        @Test
        void areNoneForRowsThatDoNotChange() {
            GameCharacter character = registered();
            Map<RelationKey, Boolean> likes = Fresh.likesOf(character, 20);
            apply(character, likes);
            recording.reset();
            apply(character, likes);
            assertThat(recording.statements()).hasSize(4).noneMatch(sql -> sql.startsWith("insert"));
        }

        @Test
        void areOneForACallerThatIsTurnedAwayAndItsCheck() {
            try (Workers workers = new Workers()) {
                LikeLedger ledger = store.likes().ledger();
                assertThat(Workers.resultOf(workers.begin(() -> store.anotherInstance()
                                .ledger()
                                .withPartition(0, locked -> {
                                    recording.reset();
                                    return ledger.withPartition(0, again -> true);
                                }))))
                        .contains(Optional.empty());
            }
            assertThat(recording.statements()).hasSize(2);
        }

        @Test
        void areOneForEachRead() {
            GameCharacter character = registered();
            RelationKey relation = Fresh.relationTo(character);
            for (Supplier<Optional<?>> read : List.<Supplier<Optional<?>>>of(
                    () -> store.likes().counts().count(character.ocid()),
                    () -> store.likes().counts().like(relation),
                    () -> store.likes().directory().find(character.name()))) {
                recording.reset();
                assertThat(read.get()).isPresent();
                assertThat(recording.statements()).hasSize(1);
            }
        }

        /** Half of the relations are liked before and unliked by the batch, the other half the other way round. */
        private List<String> statementsOfABatchOf(int size) {
            List<GameCharacter> characters =
                    Stream.generate(() -> registeredIn(0)).limit(5).toList();
            Map<RelationKey, Boolean> batch = new HashMap<>();
            for (GameCharacter character : characters.subList(0, 2)) {
                Map<RelationKey, Boolean> likes = Fresh.likesOf(character, size / 5);
                apply(character, likes);
                likes.keySet().forEach(relation -> batch.put(relation, false));
            }
            characters.subList(2, 5).forEach(character -> batch.putAll(Fresh.likesOf(character, size / 5)));
            assertThat(batch).hasSize(size);
            recording.reset();
            apply(characters.get(0), batch);
            assertThat(recording.batchedRows()).isZero();
            return recording.statements();
        }
    }

    @Nested
    class Transactions {
        @Test
        void aConnectionCutBeforeTheBatchStoresNothing() {
            GameCharacter character = registeredIn(1);
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> store.likes().ledger().withPartition(1, locked -> {
                        store.recording().cutConnections();
                        return locked.apply(nextBatch(locked, Fresh.likesOf(character, 3)));
                    }))
                    .withMessageContaining("store batch");
            assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
            awaitThatThePartitionIsFree(1);
        }

        @Test
        void aConnectionCutBetweenTheBatchAndItsCommitStoresNothing() {
            GameCharacter character = registeredIn(1);
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> store.likes().ledger().withPartition(1, locked -> {
                        AppliedBatch applied = locked.apply(nextBatch(locked, Fresh.likesOf(character, 3)));
                        store.recording().cutConnections();
                        return applied;
                    }))
                    .withMessageContaining("partition 1");
            awaitThatThePartitionIsFree(1);
            assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
        }

        @Test
        void aCallerThatLostItsConnectionLosesTheLockAndCannotCommitAfterItsSuccessor() {
            GameCharacter character = registeredIn(1);
            Map<RelationKey, Boolean> likes = Fresh.likesOf(character, 2);
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> store.likes().ledger().withPartition(1, locked -> {
                        AppliedBatch applied = locked.apply(nextBatch(locked, likes));
                        store.recording().cutConnections();
                        await().until(() -> store.anotherInstance()
                                .ledger()
                                .withPartition(1, successor -> successor.apply(nextBatch(successor, likes)))
                                .isPresent());
                        return applied;
                    }));
            assertThat(stored(character).likeCount()).isEqualTo(2);
        }

        @Test
        void aFailureThatTheWorkSwallowsIsNotCommitted() {
            GameCharacter character = registeredIn(0);
            Map<RelationKey, Boolean> entries = Fresh.likesOf(character, 2);
            entries.put(new RelationKey(Fresh.account(), Fresh.ocidIn(0, PARTITIONS)), true); // to be set aside
            database.execute("alter table like_set_aside rename to like_missing");
            try {
                assertThatThrownBy(() -> store.likes().ledger().withPartition(0, locked -> {
                            try {
                                return locked.apply(nextBatch(locked, entries)).inserted();
                            } catch (RuntimeException swallowed) {
                                return 0;
                            }
                        }))
                        .isInstanceOf(RuntimeException.class);
            } finally {
                database.execute("alter table like_missing rename to like_set_aside");
            }
            assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
        }

        @Test
        void anExhaustedPoolIsAnOutage() throws SQLException {
            GameCharacter character = registered();
            try (HikariDataSource pool = database.newPool(1, null);
                    SessionFactory sessions = LikePersistence.sessionFactory(pool);
                    Connection last = pool.getConnection()) {
                assertThat(last.isValid(1)).isTrue();
                JpaLikes likes = new JpaLikes(sessions, PARTITIONS, InstantSource.system());
                assertThatEverythingIsUnavailable(likes, character);
            }
        }

        @Test
        void aClosedPoolIsAnOutage() {
            GameCharacter character = registered();
            try (HikariDataSource pool = database.newPool(2, null);
                    SessionFactory sessions = LikePersistence.sessionFactory(pool)) {
                JpaLikes likes = new JpaLikes(sessions, PARTITIONS, InstantSource.system());
                pool.close();
                assertThatEverythingIsUnavailable(likes, character);
            }
        }

        @Test
        void whoeverAwaitsAPartitionForTooLongIsToldSo() {
            LikeLedger impatient = store.impatientLikes(Duration.ofSeconds(1)).ledger();
            try (Workers workers = new Workers()) {
                long begun = System.nanoTime();
                assertThat(Workers.resultOf(workers.begin(() -> store.anotherInstance()
                                .ledger()
                                .withPartition(0, stalled -> {
                                    assertThatUnavailable(() -> impatient.awaitPartition(0, locked -> true));
                                    return true;
                                }))))
                        .contains(true);
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .isBetween(Duration.ofMillis(900), Duration.ofSeconds(3));
            }
            assertThat(impatient.<Boolean>awaitPartition(0, locked -> true)).isTrue();
        }

        @Test
        void whoeverAwaitsACharacterForTooLongIsToldSo() throws SQLException {
            LikeLedger impatient = store.impatientLikes(Duration.ofSeconds(1)).ledger();
            GameCharacter character = registeredIn(0);
            try (Connection stalled = database.dataSource().getConnection();
                    Statement statement = stalled.createStatement()) {
                stalled.setAutoCommit(false);
                statement.executeQuery(
                        "select id from game_character where ocid = '" + character.ocid() + "' for update");
                assertThatUnavailable(() -> impatient.awaitPartition(
                        0, locked -> locked.decide(Fresh.relationTo(character), LikeIntent.LIKE)));
                stalled.rollback();
                stalled.setAutoCommit(true);
            }
            assertThat(stored(character).likeCount()).isZero();
        }

        private void assertThatEverythingIsUnavailable(JpaLikes likes, GameCharacter character) {
            assertThatUnavailable(() -> likes.ledger().withPartition(0, locked -> true));
            assertThatUnavailable(() -> likes.counts().count(character.ocid()));
            assertThatUnavailable(() -> likes.counts().like(Fresh.relationTo(character)));
            assertThatUnavailable(() -> likes.directory().find(character.name()));
            assertThatUnavailable(() -> {
                likes.registry().register(Fresh.character());
                return true;
            });
            assertThatUnavailable(() -> {
                likes.ensurePartitions();
                return true;
            });
        }

        private void assertThatUnavailable(Callable<?> call) {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(call::call)
                    .withMessageStartingWith("Could not ");
        }

        private void awaitThatThePartitionIsFree(int partition) {
            await().until(() -> store.anotherInstance()
                    .ledger()
                    .withPartition(partition, locked -> true)
                    .isPresent());
        }
    }

    @Nested
    class Refusals {
        @Test
        void aCountThatCannotGrowSetsItsLikesAsideAndNoOthers() {
            GameCharacter full = registeredIn(0);
            GameCharacter other = registeredIn(0);
            RelationKey first = Fresh.relationTo(full);
            RelationKey second = Fresh.relationTo(full);
            Map<RelationKey, Boolean> entries = Fresh.likesOf(other, 20);
            entries.putAll(Map.of(first, true, second, true));
            likeCountOf(full, Long.MAX_VALUE - 1);
            AppliedBatch applied = apply(full, entries);
            likeCountOf(full, 1);
            assertThat(applied.setAside()).hasSize(1).containsAnyOf(first, second);
            assertThat(applied.inserted()).isEqualTo(21);
            assertThat(stored(full).likers()).hasSize(1);
            assertThat(stored(other).likeCount()).isEqualTo(20);
            forget();
        }

        private void likeCountOf(GameCharacter character, long likeCount) {
            database.execute(
                    "update game_character set like_count = " + likeCount + " where ocid = '" + character.ocid() + "'");
        }

        @Test
        void ofManyChangesThoseThatAreRefusedTakeAFewStatementsEach() {
            List<GameCharacter> characters =
                    Stream.generate(() -> registeredIn(0)).limit(5).toList();
            AccountId refused = Fresh.account();
            Map<RelationKey, Boolean> entries = new HashMap<>();
            characters.forEach(character -> entries.putAll(Fresh.likesOf(character, 200)));
            characters.forEach(character -> entries.put(new RelationKey(refused, character.ocid()), true));
            try (StoreFixture.Outage refusal = store.refusal(refused)) {
                store.recording().reset();
                assertThat(apply(characters.get(0), entries).setAside()).hasSize(5);
            }
            // Finding one among 1,000 takes 2 log 1,000 trials at most, of 5 statements each.
            assertThat(store.recording().statements()).hasSizeLessThan(5 * 20 * 5);
            characters.forEach(
                    character -> assertThat(stored(character).likeCount()).isEqualTo(200));
            forget();
        }

        @Test
        void whatCannotEvenBeRecordedIsSetAside() {
            GameCharacter character = registeredIn(0);
            RelationKey refused = Fresh.relationTo(character);
            Map<RelationKey, Boolean> entries = Fresh.likesOf(character, 3);
            entries.put(refused, true);
            database.execute("alter table like_set_aside add constraint ck_unrecorded check (liker_account_id <> '"
                    + refused.account().value() + "')");
            try (StoreFixture.Outage refusal = store.refusal(refused.account())) {
                assertThat(apply(character, entries).setAside()).containsExactly(refused);
            } finally {
                database.execute("alter table like_set_aside drop constraint ck_unrecorded");
            }
            assertThat(stored(character).likeCount()).isEqualTo(3);
            forget();
        }

        @Test
        void aTableThatIsMissingIsNoMatterOfRows() {
            GameCharacter character = registeredIn(0);
            database.execute("alter table character_like rename to like_missing");
            try {
                assertThatThrownBy(() -> apply(character, Fresh.likesOf(character, 3)))
                        .isInstanceOf(RuntimeException.class);
            } finally {
                database.execute("alter table like_missing rename to character_like");
            }
            assertThat(store.setAside(character.ocid())).isEmpty();
        }

        /** The partition is shared by all tests. */
        private void forget() {
            store.likes()
                    .ledger()
                    .awaitPartition(0, locked -> locked.replay(locked.state().generation() + 1, locked.journal(1_000)));
        }
    }

    @Nested
    class CharacterLocks {
        /** Another transaction, such as a toggle past the buffer, adds the very row and count that the batch is about. */
        @Test
        void aBatchWaitsForWhoeverHasLockedACharacterAndSeesWhatTheyDid() throws Exception {
            GameCharacter character = registeredIn(0);
            RelationKey added = Fresh.relationTo(character);
            RelationKey removed = Fresh.relationTo(character);
            apply(character, Map.of(removed, true));
            try (Workers workers = new Workers();
                    Connection toggle = database.dataSource().getConnection();
                    Statement statement = toggle.createStatement()) {
                toggle.setAutoCommit(false);
                String ocid = "'" + character.ocid() + "'";
                statement.executeQuery("select id from game_character where ocid = " + ocid + " for update");
                statement.executeUpdate(
                        "insert into character_like (target_ocid, liker_account_id, created_at) values (" + ocid + ", '"
                                + added.account().value() + "', current_timestamp)");
                statement.executeUpdate("delete from character_like where liker_account_id = '"
                        + removed.account().value() + "'");

                store.recording().reset();
                Future<AppliedBatch> batch = workers.begin(() -> apply(character, Map.of(added, true, removed, false)));
                await().until(() -> store.recording().statements().size() >= 2);
                await().during(Duration.ofMillis(300))
                        .until(() -> store.recording().statements().size() == 2);

                toggle.commit();
                toggle.setAutoCommit(true);
                AppliedBatch applied = Workers.resultOf(batch);
                assertThat(applied.inserted()).isZero();
                assertThat(applied.deleted()).isZero();
                assertThat(applied.state().deltas()).isEmpty();
            }
            assertThat(stored(character)).isEqualTo(new Stored(1, Set.of(added.account())));
        }

        /** Two instances that were told different numbers of partitions lock the same characters at once. */
        @Test
        void callersThatMeetOnManyCharactersDoNotDeadlock() {
            List<GameCharacter> characters =
                    IntStream.range(0, 400).mapToObj(i -> registeredIn(1)).toList();
            LikeLedger mistaken = ledgerOf(new LikePartitions(1));
            for (int round = 0; round < 10; round++) {
                Workers.together(2, number -> {
                    Map<RelationKey, Boolean> entries = new HashMap<>();
                    characters.forEach(character -> entries.put(Fresh.relationTo(character), false));
                    RelationKey like = Fresh.relationTo(characters.get(0));
                    entries.put(like, true);
                    LikeLedger ledger =
                            number == 0 ? mistaken : store.instance().ledger();
                    assertThat(ledger.withPartition(number, locked -> locked.apply(nextBatch(locked, entries))))
                            .isPresent();
                });
            }
            assertThat(stored(characters.get(0)).likeCount()).isEqualTo(20);
        }

        @Test
        void aBatchThatIsTheVictimOfADeadlockIsStoredAllTheSame() throws Exception {
            LikeLedger ledger = store.likes().ledger();
            surviveADeadlock(work -> ledger.withPartition(2, work).orElseThrow());
        }

        @Test
        void whoAwaitedThePartitionAndIsTheVictimOfADeadlockEndsItsWorkAllTheSame() throws Exception {
            LikeLedger ledger = store.likes().ledger();
            surviveADeadlock(work -> ledger.awaitPartition(2, work));
        }

        /** Databases differ in whom they choose: who is younger, who has done less, or who looks first. */
        private void surviveADeadlock(Function<Function<LockedPartition, Boolean>, Boolean> ledger) throws Exception {
            int lost = 0;
            for (boolean rivalComesLast : new boolean[] {true, false}) {
                lost += deadlock(ledger, rivalComesLast) - 1;
            }
            assertThat(lost).isPositive();
        }

        /**
         * The work locks one character, then the other; somebody older who has done more locks them the other way round.
         *
         * @return how often the work ran
         */
        private int deadlock(Function<Function<LockedPartition, Boolean>, Boolean> ledger, boolean rivalComesLast)
                throws Exception {
            GameCharacter first = registeredIn(2);
            GameCharacter second = registeredIn(2);
            AtomicInteger runs = new AtomicInteger();
            CountDownLatch firstIsLocked = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            try (Workers workers = new Workers();
                    Connection rival = database.dataSource().getConnection();
                    Statement statement = rival.createStatement()) {
                rival.setAutoCommit(false);
                for (int i = 0; i < 50; i++) {
                    statement.executeUpdate("insert into like_set_aside"
                            + " (target_ocid, liker_account_id, liked, reason, created_at)"
                            + " values ('" + Fresh.ocid() + "', 'rival', true, 'weight', current_timestamp)");
                }
                Future<Boolean> work = workers.begin(() -> ledger.apply(locked -> {
                    runs.incrementAndGet();
                    locked.apply(nextBatch(locked, Fresh.likesOf(first, 1)));
                    firstIsLocked.countDown();
                    Workers.await(goOn);
                    locked.apply(nextBatch(locked, Fresh.likesOf(second, 1)));
                    return true;
                }));
                Workers.await(firstIsLocked);
                lock(statement, second);
                Future<Boolean> rivalry;
                if (rivalComesLast) {
                    goOn.countDown();
                    await().during(Duration.ofMillis(200)).until(() -> !work.isDone());
                    rivalry = workers.begin(() -> lock(statement, first));
                } else {
                    rivalry = workers.begin(() -> lock(statement, first));
                    await().during(Duration.ofMillis(200)).until(() -> !rivalry.isDone());
                    goOn.countDown();
                }
                Workers.resultOf(rivalry);
                rival.rollback();
                rival.setAutoCommit(true);
                assertThat(Workers.resultOf(work)).isTrue();
            }
            assertThat(stored(first).likeCount()).isEqualTo(1);
            assertThat(stored(second).likeCount()).isEqualTo(1);
            return runs.get();
        }

        /** Answers false to the victim of a deadlock. */
        private boolean lock(Statement statement, GameCharacter character) {
            try {
                statement.executeQuery(
                        "select id from game_character where ocid = '" + character.ocid() + "' for update");
                return true;
            } catch (SQLException e) {
                return false;
            }
        }

        private LikeLedger ledgerOf(LikePartitions partitions) {
            return store.likesFor(partitions, InstantSource.system()).ledger();
        }
    }

    @Nested
    class Turns {
        /** Without Redis every toggle holds the partition's lock. */
        @Test
        void aFlushGetsItsTurnAmongManyDeciders() {
            GameCharacter character = registeredIn(1);
            ModelLikes buffer = new ModelLikes(PARTITIONS, store.likes().counts());
            SyncLikes sync = LikeUseCases.syncLikes(
                    store.anotherInstance().ledger(),
                    buffer,
                    store.anotherInstance().directory(),
                    1_000,
                    1_000);
            AtomicBoolean over = new AtomicBoolean();
            try (Workers workers = new Workers()) {
                List<Future<Integer>> deciders = IntStream.range(0, 6)
                        .mapToObj(i -> workers.begin(() -> {
                            int decided = 0;
                            for (; !over.get(); decided++) {
                                store.likes()
                                        .ledger()
                                        .awaitPartition(
                                                1,
                                                locked -> locked.decide(Fresh.relationTo(character), LikeIntent.LIKE));
                            }
                            return decided;
                        }))
                        .toList();
                int turns = 0;
                for (int round = 0; round < 12; round++) {
                    turns += sync.sync(1).outcome() == SyncLikes.Outcome.BUSY ? 0 : 1;
                }
                over.set(true);
                assertThat(deciders.stream().mapToInt(Workers::resultOf).sum()).isPositive();
                assertThat(turns).isGreaterThanOrEqualTo(3);
            }
            while (sync.sync(1).more()) {
                // the rest
            }
            assertThat(stored(character).likers())
                    .hasSize((int) stored(character).likeCount());
        }
    }

    @Nested
    class Partitions {
        @Test
        void theRowsThatAreMissingAreAddedByManyInstancesAtOnce() {
            LikePartitions many = new LikePartitions(40);
            LikePartitions more = new LikePartitions(60);
            JpaLikes[] instances = {
                store.likesFor(many, InstantSource.system()), store.likesFor(more, InstantSource.system())
            };
            long generation = apply(registeredIn(0), Map.of()).state().generation();
            Workers.together(4, number -> instances[number % 2].ensurePartitions());
            assertThat(instances[1].ledger().withPartition(59, LockedPartition::state))
                    .isPresent();
            assertThat(store.likes()
                            .ledger()
                            .withPartition(0, locked -> locked.state().generation()))
                    .as("a partition that exists stays as it is")
                    .contains(generation);
        }

        @Test
        void aRowThatIsMissingIsADefectAndNotALock() {
            LikePartitions tooMany = new LikePartitions(LikePartitions.MAX);
            JpaLikes likes = store.likesFor(tooMany, InstantSource.system());
            assertThatIllegalStateException()
                    .isThrownBy(() -> likes.ledger().withPartition(LikePartitions.MAX - 1, locked -> true))
                    .withMessageContaining("ensurePartitions");
            GameCharacter lost = new GameCharacter(Fresh.ocidIn(LikePartitions.MAX - 1, tooMany), Fresh.name());
            store.likes().registry().register(lost);
            assertThatIllegalStateException().isThrownBy(() -> likes.counts().count(lost.ocid()));
        }
    }

    @Nested
    class Rows {
        @Test
        void areDatedInUtcWhateverTheTimeZoneOfTheMachine() throws SQLException {
            TimeZone before = TimeZone.getDefault();
            GameCharacter character = registeredIn(0);
            Instant then = Instant.parse("2031-03-05T21:34:56.123456Z");
            try {
                TimeZone.setDefault(TimeZone.getTimeZone("Asia/Seoul"));
                try (HikariDataSource pool = database.newPool(2, null);
                        SessionFactory sessions = LikePersistence.sessionFactory(pool)) {
                    JpaLikes likes = new JpaLikes(sessions, PARTITIONS, () -> then);
                    likes.ledger()
                            .withPartition(0, locked -> locked.apply(nextBatch(locked, Fresh.likesOf(character, 1))))
                            .orElseThrow();
                    Instant createdAt = sessions.fromStatelessSession(session -> session.createSelectionQuery(
                                    "select createdAt from CharacterLikeEntity where targetOcid = :ocid", Instant.class)
                            .setParameter("ocid", character.ocid().value())
                            .getSingleResult());
                    assertThat(createdAt).isEqualTo(then);
                }
            } finally {
                TimeZone.setDefault(before);
            }
            assertThat(utcText("select " + utcTextOf("created_at") + " from character_like where target_ocid = '"
                            + character.ocid() + "'"))
                    .startsWith("2031-03-05 21:34:56.123456");
        }

        private String utcText(String sql) throws SQLException {
            try (Connection connection = database.dataSource().getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                assertThat(rows.next()).isTrue();
                return rows.getString(1);
            }
        }
    }

    /** SQL for a point in time as text, in UTC. */
    abstract String utcTextOf(String column);

    private GameCharacter registered() {
        GameCharacter character = Fresh.character();
        store.likes().registry().register(character);
        return character;
    }

    private GameCharacter registeredIn(int partition) {
        GameCharacter character = new GameCharacter(Fresh.ocidIn(partition, PARTITIONS), Fresh.name());
        store.likes().registry().register(character);
        return character;
    }

    private AppliedBatch apply(GameCharacter any, Map<RelationKey, Boolean> entries) {
        return store.likes()
                .ledger()
                .withPartition(PARTITIONS.of(any.ocid()), locked -> locked.apply(nextBatch(locked, entries)))
                .orElseThrow();
    }

    private static LikeBatch nextBatch(LockedPartition locked, Map<RelationKey, Boolean> entries) {
        return new LikeBatch(locked.state().generation() + 1, entries);
    }

    private Stored stored(GameCharacter character) {
        return store.stored(character.ocid());
    }
}
