package maple.like.adapter.jpa;

import static maple.like.application.contract.DatabaseFixture.PARTITIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.KeptAnswer;
import maple.like.application.KeyUse;
import maple.like.application.PartitionState;
import maple.like.application.RelationChanges;
import maple.like.application.contract.CharacterDirectoryContract;
import maple.like.application.contract.CharacterRankingContract;
import maple.like.application.contract.DatabaseFixture;
import maple.like.application.contract.DatabaseFixture.Fault;
import maple.like.application.contract.DatabaseFixture.Stored;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.LikeCountStoreContract;
import maple.like.application.contract.LikeLedgerContract;
import maple.like.application.contract.LikeListsContract;
import maple.like.application.contract.Workers;
import maple.like.application.likes.ModelLikes;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.AccountErasure;
import maple.like.application.port.out.CharacterRanking;
import maple.like.application.port.out.CharacterRanking.Counted;
import maple.like.application.port.out.CharacterRetirement;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.StoredBatch;
import maple.like.application.port.out.LikeLists;
import maple.like.application.port.out.LikeLists.Entry;
import maple.like.application.port.out.LikeToggle.Relation;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.RelationKey;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contracts of the ports, and what only a real database can get wrong. One subclass for each database. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class JpaLikesSuite {
    private static final int STATEMENTS_PER_BATCH = 7;

    private TestDatabase database;
    private JpaDatabaseFixture fixture;

    /** An empty database. */
    abstract TestDatabase newDatabase();

    @BeforeAll
    void open() {
        database = newDatabase();
        fixture = new JpaDatabaseFixture(database, null);
    }

    @AfterAll
    void close() {
        if (fixture != null) {
            fixture.close();
            assertThat(database.query("""
                            select c.ocid
                              from game_character c
                             where c.like_count <> (select count(*) from character_like l where l.target_ocid = c.ocid)
                            """))
                    .as("characters whose count differs from the number of their rows")
                    .isEmpty();
            database.close();
        }
    }

    @Nested
    class TheLedger extends LikeLedgerContract {
        @Override
        protected DatabaseFixture database() {
            return fixture;
        }
    }

    @Nested
    class TheCountStore extends LikeCountStoreContract {
        @Override
        protected DatabaseFixture database() {
            return fixture;
        }
    }

    @Nested
    class TheRanking extends CharacterRankingContract {
        @Override
        protected DatabaseFixture database() {
            return fixture;
        }
    }

    @Nested
    class TheLists extends LikeListsContract {
        @Override
        protected DatabaseFixture database() {
            return fixture;
        }
    }

    @Nested
    class TheCharacterDirectory extends CharacterDirectoryContract {
        @Override
        protected DatabaseFixture database() {
            return fixture;
        }
    }

    /** The isolation that a pool may be set to, in place of the one that the database has by itself. */
    String otherIsolation() {
        return "TRANSACTION_REPEATABLE_READ";
    }

    @Nested
    @TestInstance(Lifecycle.PER_CLASS)
    class TheLedgerUnderAnotherIsolation extends LikeLedgerContract {
        private JpaDatabaseFixture isolated;

        @BeforeAll
        void open() {
            isolated = new JpaDatabaseFixture(database, otherIsolation());
        }

        @AfterAll
        void close() {
            isolated.close();
        }

        @Override
        protected DatabaseFixture database() {
            return isolated;
        }
    }

    @Test
    void anAnswerThatHasExpiredCountsForNothingAndIsDeleted() {
        KeyUse use = Fresh.key();
        RelationKey relation = Fresh.relationTo(registeredIn(0));
        AccountId another = Fresh.account();
        for (AccountId account : List.of(relation.account(), another)) {
            database.execute("insert into like_idempotency_key"
                    + " (liker_account_id, idempotency_key, target_ocid, liked, expires_at) values ('" + account.value()
                    + "', '" + use.key() + "', 'other', true, '2020-01-01 00:00:00')");
        }
        assertThat(fixture.likes().counts().answer(another, use)).isEmpty();
        KeptAnswer answer = KeptAnswer.of(relation, true, use);
        fixture.likes()
                .ledger()
                .awaitPartition(
                        0,
                        locked -> locked.rows()
                                .store(new LikeBatch(
                                        locked.row().generation() + 1, RelationChanges.NONE, Set.of(answer))));
        fixture.likes().deleteExpiredAnswers();
        assertThat(database.query("select liker_account_id from like_idempotency_key where idempotency_key = '"
                        + use.key() + "'"))
                .hasSize(1);
        assertThat(fixture.likes().counts().answer(relation.account(), use)).contains(answer);
        fixture.likes().erasure().records().removeRecords(relation.account());
        assertThat(fixture.likes().erasure().records().countOf(relation.account()))
                .isEmpty();
    }

    @Test
    void anAliasOfADeletedCharacterIsFreeForAnother() {
        GameCharacter deleted = registeredIn(0);
        GameCharacter other = registeredIn(0);
        CharacterName name = Fresh.name();
        fixture.likes().registry().admit(deleted.ocid(), name);
        database.execute("delete from game_character where ocid = '" + deleted.ocid() + "'");
        assertThat(fixture.likes().directory().find(name)).isEmpty();
        assertThat(fixture.likes().registry().admit(other.ocid(), name)).isEqualTo(other);
        assertThat(fixture.likes().directory().find(name)).contains(other);
    }

    @Test
    void anErasureIsRecordedAndHasOneWorkerAtATime() {
        AccountId account = Fresh.account();
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2031-03-05T21:34:56.123456Z"));
        AccountErasure one = erasureAt(now::get);
        AccountErasure other = erasureAt(now::get);
        assertThat(one.claim(account)).isTrue();
        assertThat(other.claim(account)).isFalse();
        now.updateAndGet(time -> time.plusSeconds(29));
        one.renew(account);
        now.updateAndGet(time -> time.plusSeconds(29));
        assertThat(other.unclaimed()).doesNotContain(account);
        assertThat(other.claim(account)).isFalse();
        now.updateAndGet(time -> time.plusSeconds(2));
        assertThat(other.unclaimed()).contains(account);
        assertThat(other.claim(account)).isTrue();
        assertThat(one.claim(account)).isFalse();
        other.release(account);
        assertThat(one.unclaimed()).contains(account);
        assertThat(one.claim(account)).isTrue();
        one.complete(account);
        now.updateAndGet(time -> time.plusSeconds(99));
        assertThat(one.unclaimed()).doesNotContain(account);
    }

    private AccountErasure erasureAt(InstantSource clock) {
        return new JpaLikes(fixture.sessions(), PARTITIONS, clock).erasure();
    }

    @Test
    void whatNamesAnAccountIsCountedAndRemoved() {
        GameCharacter deleted = registeredIn(0);
        RelationKey relation = Fresh.relationTo(deleted);
        AccountId account = relation.account();
        AccountErasure erasure = fixture.likes().erasure();
        store(ledger(), 0, new RelationChanges(Set.of(relation, Fresh.relationTo(deleted)), Set.of()));
        assertThat(erasure.records().orphansOf(account, 10)).isEmpty();
        assertThat(removeOrphans(relation)).isZero();
        assertThat(erasure.records().countOf(account)).isEqualTo(Map.of("character_like", 1L));
        database.execute("delete from game_character where ocid = '" + deleted.ocid() + "'");
        store(
                ledger(),
                0,
                new RelationChanges(Set.of(), Set.of(relation))); // a dead letter, and an entry of the journal
        assertThat(erasure.records().orphansOf(account, 10)).containsExactly(relation);
        assertThat(erasure.records().refusedUnlikes(account)).isEqualTo(1);
        assertThat(removeOrphans(relation)).isEqualTo(1);
        erasure.records().removeRecords(account);
        assertThat(erasure.records().countOf(account)).isEqualTo(Map.of("like_fallback", 2L));
        List<JournalEntry> journal = ledger().awaitPartition(0, locked -> {
            List<JournalEntry> entries = locked.journal().entries(10);
            locked.journal().acknowledge(locked.row().generation() + 1, entries);
            return entries;
        });
        assertThat(journal).extracting(JournalEntry::relation).containsExactly(relation, relation);
        assertThat(journal).extracting(JournalEntry::liked).containsExactly(true, false);
        assertThat(erasure.records().countOf(account)).isEmpty();
    }

    private int removeOrphans(RelationKey relation) {
        return ledger().awaitPartition(0, locked -> locked.rows().removeOrphans(Set.of(relation)));
    }

    // Rows that other writers inserted or changed

    @Test
    void rowsOfAnAccountThatAreNoLikesShortenNoPageAndAreErasedWithIt() {
        AccountId account = Fresh.account();
        GameCharacter older = registeredIn(0);
        GameCharacter newer = registeredIn(0);
        String invalid = "no OCID " + Fresh.ocid();
        insertCharacter(Fresh.name().value(), invalid, 1);
        store(0, new RelationChanges(Set.of(new RelationKey(account, older.ocid())), Set.of()));
        insertLike(invalid, account.value());
        insertLike(invalid, Fresh.account().value());
        store(0, new RelationChanges(Set.of(new RelationKey(account, newer.ocid())), Set.of()));
        assertThat(fixture.likes().lists().likesOf(account, LikeLists.START, 2))
                .extracting(Entry::relation)
                .containsExactly(new Relation(account, newer), new Relation(account, older));
        fixture.likes().erasure().records().removeRecords(account);
        assertThat(fixture.likes().erasure().records().countOf(account)).isEqualTo(Map.of("character_like", 2L));
        assertThat(database.query("select like_count from game_character where ocid = '" + invalid + "'"))
                .isEqualTo(List.of(List.of("1")));
    }

    @Test
    void rowsOfACharacterThatAreNoLikesShortenNoPageAndAreRemovedWithIt() {
        CharacterRetirement retirement = fixture.likes().retirement();
        GameCharacter character = registeredIn(0);
        RelationKey older = Fresh.relationTo(character);
        RelationKey newer = Fresh.relationTo(character);
        store(0, new RelationChanges(Set.of(older), Set.of()));
        insertLike(character.ocid().value(), "0 user 7");
        insertLike(character.ocid().value(), "0 user 8");
        store(0, new RelationChanges(Set.of(newer), Set.of()));
        assertThat(fixture.likes().lists().likersOf(character, LikeLists.START, 2))
                .extracting(entry -> entry.relation().account())
                .containsExactly(newer.account(), older.account());
        assertThat(retirement.likersAfter(character.ocid(), "", 1)).hasSize(1);
        assertThat(retirement.remove(character.ocid())).isFalse();
        store(0, new RelationChanges(Set.of(), Set.of(older, newer)));
        assertThat(retirement.remove(character.ocid())).isTrue();
        assertThat(fixture.numberOf(character)).isZero();
        assertThat(database.query("select id from character_like where target_ocid = '" + character.ocid() + "'"))
                .isEmpty();
    }

    @Test
    void aCharacterRenamedInItsRowIsListedUnderANameThatLeadsToIt() {
        AccountId account = Fresh.account();
        GameCharacter renamed = registeredIn(0);
        store(0, new RelationChanges(Set.of(new RelationKey(account, renamed.ocid())), Set.of()));
        CharacterName present = Fresh.name();
        rename(renamed, present.value());
        assertListed(account, renamed, present);
        fixture.likes().registry().admit(renamed.ocid(), renamed.name());
        assertListed(account, renamed, renamed.name());
        insertCharacter(renamed.name().value(), Fresh.ocid().value(), 0);
        assertListed(account, renamed, present);
        rename(renamed, " " + present);
        assertListed(account, renamed, null);
    }

    private void assertListed(AccountId account, GameCharacter character, CharacterName name) {
        assertThat(fixture.likes().lists().likesOf(account, LikeLists.START, 1))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.relation()).isEqualTo(new Relation(account, character));
                    assertThat(entry.name()).isEqualTo(name);
                });
    }

    @Test
    void theRankingHasEachNameOnceAndNoneThatLeadsNowhere() {
        long many = 3_000_000;
        CharacterRanking ranking = fixture.likes().ranking();
        int before = ranking.read().characters().size();
        GameCharacter exact = registeredIn(0);
        CharacterName decomposed = Fresh.name();
        fixture.miscount(exact.ocid(), many);
        insertCharacter(decomposed(exact.name()), Fresh.ocid().value(), many);
        insertCharacter(decomposed(decomposed), Fresh.ocid().value(), many);
        insertCharacter(" " + Fresh.name(), Fresh.ocid().value(), many);
        insertCharacter(Fresh.name().value(), "no OCID " + Fresh.ocid(), many);
        try {
            List<Counted> read = ranking.read().characters();
            assertThat(read.stream().filter(each -> each.likeCount().value() == many))
                    .extracting(Counted::name)
                    .containsExactlyInAnyOrder(exact.name(), decomposed);
            assertThat(read).hasSize(Math.min(CharacterRanking.LIMIT, before + 2));
        } finally {
            fixture.miscount(exact.ocid(), -many);
            database.execute("delete from game_character where like_count = " + many);
        }
    }

    private static String decomposed(CharacterName name) {
        return Normalizer.normalize(name.value(), Normalizer.Form.NFD);
    }

    private void rename(GameCharacter character, String name) {
        database.execute("update game_character set user_ign = '" + name + "' where ocid = '" + character.ocid() + "'");
    }

    private void insertCharacter(String name, String ocid, long likeCount) {
        database.execute("insert into game_character (user_ign, ocid, like_count) values ('" + name + "', '" + ocid
                + "', " + likeCount + ")");
    }

    private void insertLike(String target, String account) {
        database.execute("insert into character_like (target_ocid, liker_account_id, created_at) values ('" + target
                + "', '" + account + "', current_timestamp)");
    }

    @Test
    void rowsAreDatedInUtcWhateverTheTimeZoneOfTheMachine() {
        TimeZone before = TimeZone.getDefault();
        GameCharacter character = registeredIn(0);
        Instant then = Instant.parse("2031-03-05T21:34:56.123456Z");
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Seoul"));
        try (HikariDataSource pool = database.newPool(2, null);
                SessionFactory sessions = LikePersistence.sessionFactory(pool)) {
            store(new JpaLikes(sessions, PARTITIONS, () -> then).ledger(), 0, Fresh.likesOf(character, 1));
        } finally {
            TimeZone.setDefault(before);
        }
        // The column of MySQL and MariaDB has no time zone; what it holds is UTC.
        String utc = DatabaseVendor.of(database.dataSource()) instanceof MySqlFamily
                ? "cast(created_at as char)"
                : "cast(created_at at time zone 'UTC' as varchar(40))";
        String sql = "select " + utc + " from character_like where target_ocid = '" + character.ocid() + "'";
        assertThat(database.query(sql).get(0).get(0)).startsWith("2031-03-05 21:34:56.123456");
    }

    // How many statements

    @Test
    void aLargeBatchTakesAsManyStatementsAsASmallOne() {
        List<String> small = statementsOfABatchOf(10);
        assertThat(small).hasSize(STATEMENTS_PER_BATCH);
        assertThat(statementsOfABatchOf(500)).isEqualTo(small);
    }

    /** Half of the relations are liked before and unliked by the batch, the other half the other way round. */
    private List<String> statementsOfABatchOf(int size) {
        Set<RelationKey> unlikes = likesOf(2, size / 4);
        store(0, new RelationChanges(unlikes, Set.of()));
        RelationChanges batch = new RelationChanges(likesOf(2, size / 4), unlikes);
        fixture.recording().reset();
        store(0, batch);
        return fixture.recording().statements();
    }

    @Test
    void eachReadIsOneStatement() {
        GameCharacter character = registeredIn(0);
        RelationKey relation = Fresh.relationTo(character);
        for (Supplier<Optional<?>> read : List.<Supplier<Optional<?>>>of(
                () -> fixture.likes().counts().count(character.ocid()),
                () -> fixture.likes().counts().like(relation),
                () -> fixture.likes().directory().find(character.name()))) {
            fixture.recording().reset();
            assertThat(read.get()).isPresent();
            assertThat(fixture.recording().statements()).hasSize(1);
        }
    }

    @Test
    void aHundredNamesAreLookedUpInOneStatementOrWithAliasesInTwo() {
        List<CharacterName> names = new ArrayList<>();
        for (int i = 0; i < 99; i++) {
            names.add(registeredIn(0).name());
        }
        CharacterName alias = Fresh.name();
        fixture.likes().registry().admit(registeredIn(0).ocid(), alias);
        for (int statements : List.of(1, 2)) {
            fixture.recording().reset();
            assertThat(fixture.likes().directory().find(names)).hasSize(98 + statements);
            assertThat(fixture.recording().statements()).hasSize(statements);
            names.add(alias);
        }
    }

    // Transactions that fail or wait

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConnectionCutBeforeTheBatchOrItsCommitStoresNothing(boolean beforeTheBatch) {
        GameCharacter character = registeredIn(1);
        assertUnavailable(() -> ledger().tryPartition(1, locked -> {
            if (beforeTheBatch) {
                fixture.recording().cutConnections();
            }
            StoredBatch batch = store(locked, Fresh.likesOf(character, 2));
            fixture.recording().cutConnections();
            return batch;
        }));
        awaitOtherInstance(locked -> true);
        assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
    }

    @Test
    void anOwnerThatLostItsConnectionLosesTheLockAndCannotCommitAfterItsSuccessor() {
        GameCharacter character = registeredIn(1);
        RelationChanges likes = Fresh.likesOf(character, 2);
        assertUnavailable(() -> ledger().tryPartition(1, locked -> {
            StoredBatch batch = store(locked, likes);
            fixture.recording().cutConnections();
            awaitOtherInstance(successor -> store(successor, likes));
            return batch;
        }));
        assertThat(stored(character).likeCount()).isEqualTo(2);
    }

    private void awaitOtherInstance(Function<LockedPartition, Object> work) {
        await().until(() -> otherLedger().tryPartition(1, work).isPresent());
    }

    @Test
    void aFailureThatTheWorkSwallowsIsNotCommitted() {
        GameCharacter character = registeredIn(1);
        assertThatThrownBy(() -> ledger().tryPartition(1, locked -> {
                    StoredBatch stored = store(locked, Fresh.likesOf(character, 2));
                    try {
                        locked.journal().acknowledge(2, List.of());
                    } catch (RuntimeException swallowed) {
                        return true;
                    }
                    return stored;
                }))
                .isInstanceOf(RuntimeException.class);
        assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
    }

    @Test
    void anExhaustedPoolAndAClosedOneAreOutages() throws SQLException {
        try (HikariDataSource pool = database.newPool(1, null);
                SessionFactory sessions = LikePersistence.sessionFactory(pool)) {
            JpaLikes likes = new JpaLikes(sessions, PARTITIONS, InstantSource.system());
            try (Connection last = pool.getConnection()) {
                assertThat(last.isValid(1)).isTrue();
                assertEverythingUnavailable(likes);
            }
            pool.close();
            assertEverythingUnavailable(likes);
        }
    }

    private static void assertEverythingUnavailable(JpaLikes unavailable) {
        GameCharacter character = Fresh.character();
        assertUnavailable(() -> unavailable.ledger().tryPartition(0, locked -> true));
        assertUnavailable(() -> unavailable.counts().count(character.ocid()));
        assertUnavailable(() -> unavailable.counts().like(Fresh.relationTo(character)));
        assertUnavailable(() -> unavailable.directory().find(character.name()));
        assertUnavailable(() -> unavailable.registry().register(character));
        assertUnavailable(unavailable::ensurePartitions);
    }

    @Test
    void waitingForAPartitionEndsInTime() {
        LikeLedger impatient = fixture.impatientLikes(Duration.ofSeconds(1)).ledger();
        long begun = System.nanoTime();
        otherLedger()
                .awaitPartition(
                        0,
                        stalled -> onAnotherThread(() -> {
                            assertUnavailable(() -> impatient.awaitPartition(0, locked -> true));
                            return true;
                        }));
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(Duration.ofMillis(900), Duration.ofSeconds(3));
        assertThat(impatient.<Boolean>awaitPartition(0, locked -> true)).isTrue();
    }

    @Test
    void waitingForACharacterEndsInTime() throws SQLException {
        GameCharacter character = registeredIn(1);
        LikeLedger impatient = fixture.impatientLikes(Duration.ofSeconds(1)).ledger();
        try (Connection stalled = transaction();
                Statement statement = stalled.createStatement()) {
            lock(statement, character);
            assertUnavailable(() -> impatient.awaitPartition(1, locked -> {
                locked.moveTo(PartitionState.FAILED_OVER);
                return locked.journal().decide(Fresh.account(), character, LikeIntent.LIKE);
            }));
            stalled.rollback();
        }
        assertThat(stored(character).likeCount()).isZero();
    }

    private static void assertUnavailable(ThrowingCallable call) {
        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(call)
                .withMessageStartingWith("Could not ");
    }

    // Rejected changes

    @Test
    void aCountThatCannotGrowRejectsItsLikesAndNoOthers() {
        GameCharacter full = registeredIn(0);
        GameCharacter other = registeredIn(0);
        RelationChanges tooMany = Fresh.likesOf(full, 2);
        Set<RelationKey> likes = new HashSet<>(tooMany.likes());
        likes.addAll(Fresh.likesOf(other, 20).likes());
        fixture.miscount(full.ocid(), Long.MAX_VALUE - 1);
        StoredBatch batch = store(0, new RelationChanges(likes, Set.of()));
        fixture.miscount(full.ocid(), -(Long.MAX_VALUE - 1));
        assertThat(batch.rejected()).hasSize(1).containsAnyElementsOf(tooMany.likes());
        assertThat(batch.inserted()).isEqualTo(21);
        assertThat(stored(full).likers()).hasSize(1);
        assertThat(stored(other).likeCount()).isEqualTo(20);
        acknowledge();
    }

    @Test
    void rejectedChangesAreFoundAmongManyByAFewStatementsEach() {
        AccountId account = Fresh.account();
        Set<RelationKey> likes = likesOf(5, 40);
        Set<RelationKey> rejected = new HashSet<>();
        likes.forEach(like -> rejected.add(new RelationKey(account, like.target())));
        likes.addAll(rejected);
        try (Fault fault = fixture.rejecting(account)) {
            fixture.recording().reset();
            assertThat(store(0, new RelationChanges(likes, Set.of())).rejected())
                    .containsExactlyInAnyOrderElementsOf(rejected);
        }
        // Finding one takes 2 log 200 trials or so, of 5 statements each; trying row by row takes 1,000.
        assertThat(fixture.recording().statements()).hasSizeLessThan(5 * 20 * 5);
        acknowledge();
    }

    @Test
    void aRejectedChangeIsAJournalEntryAlsoWhereNoDeadLetterCanBeWritten() {
        GameCharacter character = registeredIn(0);
        RelationKey rejected = Fresh.relationTo(character);
        try (Fault unwritable = fixture.rejecting("like_set_aside", rejected.account());
                Fault fault = fixture.rejecting(rejected.account())) {
            assertThat(store(0, with(rejected, Fresh.likesOf(character, 3))).rejected())
                    .containsExactly(rejected);
        }
        assertThat(stored(character).likeCount()).isEqualTo(3);
        assertThat(acknowledge()).extracting(JournalEntry::relation).containsExactly(rejected);
    }

    /** The partition is shared by all tests. */
    private List<JournalEntry> acknowledge() {
        return ledger().awaitPartition(0, locked -> {
            List<JournalEntry> entries = locked.journal().entries(1_000);
            locked.journal().acknowledge(locked.row().generation() + 1, entries);
            return entries;
        });
    }

    // Locks of characters

    /** Another writer adds and removes the very rows that the batch is about. */
    @Test
    void aBatchWaitsForAnotherWriterOfItsCharacterAndSeesWhatItDid() throws SQLException {
        GameCharacter character = registeredIn(0);
        RelationKey added = Fresh.relationTo(character);
        RelationKey removed = Fresh.relationTo(character);
        store(0, new RelationChanges(Set.of(removed), Set.of()));
        try (Workers workers = new Workers();
                Connection writer = transaction();
                Statement statement = writer.createStatement()) {
            lock(statement, character);
            statement.executeUpdate("insert into character_like (target_ocid, liker_account_id, created_at) values ('"
                    + character.ocid() + "', '" + added.account().value() + "', current_timestamp)");
            statement.executeUpdate("delete from character_like where liker_account_id = '"
                    + removed.account().value() + "'");
            fixture.recording().reset();
            Future<StoredBatch> batch =
                    workers.begin(() -> store(0, new RelationChanges(Set.of(added), Set.of(removed))));
            await().until(() -> fixture.recording().statements().size() >= 2);
            await().during(Duration.ofMillis(300))
                    .until(() -> fixture.recording().statements().size() <= 3 && !batch.isDone());
            writer.commit();
            StoredBatch stored = Workers.resultOf(batch);
            assertThat(stored.inserted() + stored.deleted()).isZero();
            assertThat(stored.countChanges()).isEmpty();
        }
        assertThat(stored(character)).isEqualTo(new Stored(1, Set.of(added.account())));
    }

    /** Two instances with different numbers of partitions lock the same characters at once. */
    @Test
    void callersThatMeetOnManyCharactersDoNotDeadlock() {
        List<GameCharacter> characters =
                Stream.generate(() -> registeredIn(1)).limit(400).toList();
        LikeLedger mistaken = fixture.likesFor(1).ledger();
        for (int round = 0; round < 10; round++) {
            Workers.together(2, number -> {
                Set<RelationKey> unlikes = new HashSet<>();
                characters.forEach(character -> unlikes.add(Fresh.relationTo(character)));
                Set<RelationKey> likes = Set.of(Fresh.relationTo(characters.get(0)));
                store(number == 0 ? mistaken : ledger(), number, new RelationChanges(likes, unlikes));
            });
        }
        assertThat(stored(characters.get(0)).likeCount()).isEqualTo(20);
    }

    /** Databases choose the younger transaction, the one that has done less, or the one that looks first. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theVictimOfADeadlockIsRunAgain(boolean awaited) throws SQLException {
        Function<Function<LockedPartition, Boolean>, Boolean> ledger = work -> awaited
                ? ledger().awaitPartition(2, work)
                : ledger().tryPartition(2, work).orElseThrow();
        assertThat(deadlock(ledger, true) + deadlock(ledger, false)).isGreaterThan(2);
    }

    /**
     * The work locks one character, then the other; an older rival that has done more locks them in reverse order.
     *
     * @return how often the work ran
     */
    private int deadlock(Function<Function<LockedPartition, Boolean>, Boolean> ledger, boolean rivalComesLast)
            throws SQLException {
        GameCharacter first = registeredIn(2);
        GameCharacter second = registeredIn(2);
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch firstIsLocked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Workers workers = new Workers();
                Connection rival = transaction();
                Statement statement = rival.createStatement()) {
            for (int i = 0; i < 50; i++) {
                statement.executeUpdate("insert into like_set_aside"
                        + " (target_ocid, liker_account_id, liked, reason, created_at)"
                        + " values ('" + Fresh.ocid() + "', 'rival', true, 'weight', current_timestamp)");
            }
            Future<Boolean> work = workers.begin(() -> ledger.apply(locked -> {
                runs.incrementAndGet();
                store(locked, Fresh.likesOf(first, 1));
                firstIsLocked.countDown();
                Workers.await(goOn);
                store(locked, Fresh.likesOf(second, 1));
                return true;
            }));
            Workers.await(firstIsLocked);
            lock(statement, second);
            if (rivalComesLast) {
                goOn.countDown();
                await().during(Duration.ofMillis(200)).until(() -> !work.isDone());
            }
            Future<Boolean> rivalry = workers.begin(() -> lock(statement, first));
            if (!rivalComesLast) {
                await().during(Duration.ofMillis(200)).until(() -> !rivalry.isDone());
                goOn.countDown();
            }
            Workers.resultOf(rivalry);
            rival.rollback();
            assertThat(Workers.resultOf(work)).isTrue();
        }
        assertThat(stored(first).likeCount()).isEqualTo(1);
        assertThat(stored(second).likeCount()).isEqualTo(1);
        return runs.get();
    }

    /** During a failover every decision holds the partition's lock. */
    @Test
    void aFlushGetsItsTurnAmongManyDeciders() {
        GameCharacter character = registeredIn(1);
        SyncLikes sync = LikeUseCases.syncLikes(
                otherLedger(),
                new ModelLikes(PARTITIONS, fixture.likes().counts()),
                fixture.anotherInstance().directory(),
                1_000,
                1_000);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger decided = new AtomicInteger();
        try (Workers workers = new Workers()) {
            List<Future<Boolean>> deciders = Stream.generate(() -> workers.begin(() -> {
                        while (!over.get()) {
                            ledger().awaitPartition(1, locked -> {
                                if (!locked.row().state().databaseDecides()) {
                                    locked.moveTo(PartitionState.FAILED_OVER);
                                }
                                return locked.journal().decide(Fresh.account(), character, LikeIntent.LIKE);
                            });
                            decided.incrementAndGet();
                        }
                        return true;
                    }))
                    .limit(6)
                    .toList();
            long turns = IntStream.range(0, 12)
                    .filter(round -> sync.sync(1).outcome() != SyncLikes.Outcome.BUSY)
                    .count();
            over.set(true);
            deciders.forEach(Workers::resultOf);
            assertThat(decided).hasPositiveValue();
            assertThat(turns).isGreaterThanOrEqualTo(3);
        }
        while (sync.sync(1).more()) {
            // the rest
        }
        assertThat(stored(character).likers()).hasSize((int) stored(character).likeCount());
    }

    // Rows of partitions

    @Test
    void missingRowsAreAddedByManyInstancesAtOnce() {
        JpaLikes[] instances = {fixture.likesFor(40), fixture.likesFor(60)};
        LikeLedger.PartitionRow before = ledger().awaitPartition(0, LockedPartition::row);
        Workers.together(4, number -> instances[number % 2].ensurePartitions());
        assertThat(instances[1].ledger().tryPartition(59, LockedPartition::row)).isPresent();
        assertThat(ledger().<LikeLedger.PartitionRow>awaitPartition(0, LockedPartition::row))
                .as("a partition that exists stays as it is")
                .isEqualTo(before);
    }

    @Test
    void aMissingRowIsADefectAndNotALock() {
        JpaLikes likes = fixture.likesFor(LikePartitions.MAX);
        assertThatIllegalStateException()
                .isThrownBy(() -> likes.ledger().tryPartition(LikePartitions.MAX - 1, locked -> true))
                .withMessageContaining("ensurePartitions");
        GameCharacter lost = Fresh.characterIn(LikePartitions.MAX - 1, new LikePartitions(LikePartitions.MAX));
        likes.registry().register(lost);
        assertThatIllegalStateException().isThrownBy(() -> likes.counts().count(lost.ocid()));
    }

    /** Returns false to the victim of a deadlock. */
    private static boolean lock(Statement statement, GameCharacter character) {
        try {
            statement.executeQuery("select id from game_character where ocid = '" + character.ocid() + "' for update");
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** The pool rolls back what is not committed when it is closed. */
    private Connection transaction() throws SQLException {
        Connection connection = database.dataSource().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private static <R> R onAnotherThread(Callable<R> call) {
        try (Workers workers = new Workers()) {
            return Workers.resultOf(workers.begin(call));
        }
    }

    private LikeLedger ledger() {
        return fixture.likes().ledger();
    }

    private LikeLedger otherLedger() {
        return fixture.anotherInstance().ledger();
    }

    private GameCharacter registeredIn(int partition) {
        GameCharacter character = Fresh.characterIn(partition, PARTITIONS);
        fixture.likes().registry().register(character);
        return character;
    }

    /** Likes of so many new characters of partition 0. */
    private Set<RelationKey> likesOf(int characters, int each) {
        Set<RelationKey> likes = new HashSet<>();
        Stream.generate(() -> registeredIn(0))
                .limit(characters)
                .forEach(
                        character -> likes.addAll(Fresh.likesOf(character, each).likes()));
        return likes;
    }

    private static RelationChanges with(RelationKey like, RelationChanges likes) {
        Set<RelationKey> all = new HashSet<>(likes.likes());
        all.add(like);
        return new RelationChanges(all, Set.of());
    }

    private StoredBatch store(int partition, RelationChanges changes) {
        return store(ledger(), partition, changes);
    }

    private static StoredBatch store(LikeLedger ledger, int partition, RelationChanges changes) {
        return ledger.tryPartition(partition, locked -> store(locked, changes)).orElseThrow();
    }

    private static StoredBatch store(LockedPartition locked, RelationChanges changes) {
        return locked.rows().store(new LikeBatch(locked.row().generation() + 1, changes));
    }

    private Stored stored(GameCharacter character) {
        return fixture.stored(character.ocid());
    }
}
