package maple.like.adapter.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.RelationChanges;
import maple.like.application.contract.Fresh;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLists;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikePartitions;
import maple.like.domain.RelationKey;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.SQLGrammarException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseVendorTest {
    private static final DatabaseVendor POSTGRESQL = DatabaseVendor.ofUrl("jdbc:postgresql://host/db");

    @ParameterizedTest
    @CsvSource({
        "jdbc:h2:mem:x,H2,h2",
        "jdbc:postgresql://host/db,PostgreSql,postgresql",
        "jdbc:mysql://host/db,MySql,mysql",
        "jdbc:mariadb://host/db,MariaDb,mysql"
    })
    void aUrlNamesTheVendorAndTheVendorItsMigrations(String url, String vendor, String folder) {
        assertThat(DatabaseVendor.ofUrl(url))
                .extracting(type -> type.getClass().getSimpleName())
                .isEqualTo(vendor);
        assertThat(DatabaseVendor.ofUrl(url).migrations()).isEqualTo("classpath:db/migration/" + folder);
        assertThat(getClass().getResource("/db/migration/" + folder + "/V1__likes.sql"))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:oracle:thin:@host", "jdbc:sqlserver://host", "postgresql://host", ""})
    void anotherDatabaseIsRejectedWithTheNamesOfTheSupportedOnes(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseVendor.ofUrl(url))
                .withMessageStartingWith("The database must be PostgreSQL, MySQL, MariaDB or H2, not ");
    }

    @Test
    void theDriversDifferInTheUnitOfTheSocketTimeout() {
        Duration timeout = Duration.ofSeconds(20);
        assertThat(POSTGRESQL.socketTimeout(timeout)).isEqualTo(Map.of("socketTimeout", "20"));
        assertThat(DatabaseVendor.ofUrl("jdbc:mysql://host/db").socketTimeout(timeout))
                .isEqualTo(Map.of("socketTimeout", "20000"));
        assertThat(DatabaseVendor.ofUrl("jdbc:h2:mem:x").socketTimeout(timeout)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "40001,RETRYABLE",
        "40P01,RETRYABLE",
        "P0001,ROW_REJECTED",
        "22003,ROW_REJECTED",
        "23505,ROW_REJECTED",
        "08006,OUTAGE",
        "55P03,OUTAGE"
    })
    void theSqlStateTellsWhatAFailureMeans(String state, SqlFailure expected) {
        assertThat(POSTGRESQL.failureOf(new IllegalStateException(new SQLException("failed", state))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql:x,25006,0,true",
        "jdbc:postgresql:x,57P01,0,true",
        "jdbc:postgresql:x,57P03,0,true",
        "jdbc:postgresql:x,57014,0,false",
        "jdbc:postgresql:x,23505,0,false",
        "jdbc:mysql:x,HY000,1290,true",
        "jdbc:mariadb:x,25006,1792,true",
        "jdbc:mariadb:x,HY000,1836,true",
        "jdbc:mariadb:x,HY000,1205,false",
        "jdbc:h2:x,90028,90028,false"
    })
    void aServerThatTakesNoChangesEndsItsConnections(String url, String state, int code, boolean ends) {
        assertThat(DatabaseVendor.ofUrl(url).endsConnections(new SQLException("failed", state, code)))
                .isEqualTo(ends);
    }

    @Test
    void hibernatesExceptionsTellWhatADriverMayNot() {
        SQLException unclear = new SQLException("failed");
        assertThat(POSTGRESQL.failureOf(new ConstraintViolationException("", unclear, "ck")))
                .isEqualTo(SqlFailure.ROW_REJECTED);
        assertThat(POSTGRESQL.failureOf(new SQLGrammarException("", unclear))).isEqualTo(SqlFailure.DEFECT);
        assertThat(POSTGRESQL.failureOf(new SQLGrammarException("", new SQLException("out of range", "22003"))))
                .isEqualTo(SqlFailure.ROW_REJECTED);
        assertThat(POSTGRESQL.failureOf(new SQLGrammarException("", new SQLException("no such column", "42703"))))
                .isEqualTo(SqlFailure.DEFECT);
        assertThat(POSTGRESQL.failureOf(new IllegalStateException())).isEqualTo(SqlFailure.DEFECT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSql", "MySql", "MariaDb"})
    void aMissingTableIsAnOutageAndRejectsNoRow(String vendor) {
        try (TestDatabase database = TestDatabases.migrated(vendor);
                JpaInstance instance = new JpaInstance(database, null)) {
            JpaLikes likes = instance.likes(new LikePartitions(1));
            GameCharacter character = Fresh.character();
            likes.registry().register(character);
            database.execute("drop table character_like");
            assertThatThrownBy(() -> likes.ledger()
                            .awaitPartition(
                                    0, locked -> locked.rows().store(new LikeBatch(1, Fresh.likesOf(character, 3)))))
                    .isInstanceOf(DatabaseUnavailableException.class);
            assertThat(database.query("select * from like_set_aside")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PostgreSql", "MySql", "MariaDb"})
    void aRightThatIsTakenAwayIsAnOutageThatIsReportedOnceAndRejectsNoRow(String vendor) {
        List<String> refused = new CopyOnWriteArrayList<>();
        try (TestDatabase database = TestDatabases.migrated(vendor);
                TestDatabase user = database.asUserWithoutRights()) {
            DatabaseVendor.of(database.dataSource())
                    .grants(
                            List.of(
                                    "game_character",
                                    "game_character_alias",
                                    "like_character",
                                    "character_like",
                                    "like_partition",
                                    "like_set_aside",
                                    "like_fallback",
                                    "like_idempotency_key"),
                            user.user())
                    .forEach(database::execute);
            try (JpaInstance instance = new JpaInstance(user, null)) {
                JpaLikes likes = new JpaLikes(
                        instance.sessions, new LikePartitions(1), InstantSource.system(), reporting(refused));
                likes.ensurePartitions();
                GameCharacter character = Fresh.character();
                likes.registry().register(character);
                RelationKey relation = Fresh.relationTo(character);
                database.execute("revoke select on character_like from " + user.user());
                for (ThrowingCallable call : List.<ThrowingCallable>of(
                        () -> likes.counts().like(relation),
                        () -> likes.lists().likersOf(character, LikeLists.START, 1),
                        () -> likes.ledger()
                                .awaitPartition(
                                        0,
                                        locked -> locked.rows()
                                                .store(new LikeBatch(
                                                        1, new RelationChanges(Set.of(relation), Set.of())))))) {
                    assertThatThrownBy(call).isInstanceOf(DatabaseUnavailableException.class);
                }
                assertThat(refused).singleElement().asString().contains("denied", "character_like");
                database.execute("grant select on character_like to " + user.user());
                assertThat(likes.counts().like(relation)).isPresent();
                assertThat(database.query("select * from like_set_aside")).isEmpty();
            }
        }
    }

    private static CharacterMonitor reporting(List<String> refused) {
        return new CharacterMonitor() {
            @Override
            public void refused(String reason) {
                refused.add(reason);
            }
        };
    }
}
