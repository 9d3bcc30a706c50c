package maple.like.adapter.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Future;
import maple.like.adapter.jpa.InstanceLock.Hold;
import maple.like.application.contract.Workers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InstanceLockTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    abstract static class Contract {
        private TestDatabase database;
        private HikariDataSource first;
        private HikariDataSource second;
        private InstanceLock one;
        private InstanceLock other;

        abstract TestDatabase newDatabase();

        /** Where the number of the session is that holds the lock. */
        abstract String holder();

        abstract String kill(long session);

        @BeforeEach
        void connect() {
            database = newDatabase();
            first = database.newPool(2, null);
            second = database.newPool(2, null);
            one = new InstanceLock(first);
            other = new InstanceLock(second);
        }

        @AfterEach
        void disconnect() {
            one.close();
            other.close();
            first.close();
            second.close();
            database.close();
        }

        private void endSessionOfHolder() throws SQLException {
            try (Connection connection = database.dataSource().getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(holder())) {
                assertThat(result.next()).isTrue();
                long session = result.getLong(1);
                statement.execute(kill(session));
            }
        }

        @Test
        void oneAtATimeHoldsIt() {
            assertThat(InstanceLock.isHeld(second)).isFalse();
            assertThat(one.take(Duration.ZERO)).isTrue();
            assertThat(one.keep()).isEqualTo(Hold.HELD);
            assertThat(InstanceLock.isHeld(second)).isTrue();
            assertThat(other.take(Duration.ZERO)).isFalse();
            assertThat(other.take(Duration.ofSeconds(1))).isFalse();
            one.close();
            assertThat(InstanceLock.isHeld(second)).isFalse();
            assertThat(other.take(Duration.ZERO)).isTrue();
        }

        @Test
        void whoeverWaitsGetsItWhenTheSessionOfTheHolderEnds() throws SQLException {
            assertThat(one.take(Duration.ZERO)).isTrue();
            try (Workers workers = new Workers()) {
                Future<Boolean> waiting = workers.begin(() -> other.take(PATIENCE));
                endSessionOfHolder();
                assertThat(Workers.resultOf(waiting)).isTrue();
            }
            assertThat(one.keep()).isEqualTo(Hold.TAKEN);
            assertThat(one.keep()).isEqualTo(Hold.TAKEN);
            other.close();
            assertThat(one.keep()).isEqualTo(Hold.TAKEN_AGAIN);
            assertThat(one.keep()).isEqualTo(Hold.HELD);
            assertThat(other.take(Duration.ZERO)).isFalse();
        }

        @Test
        void aLostConnectionIsMadeAgain() throws SQLException {
            assertThat(one.take(Duration.ZERO)).isTrue();
            endSessionOfHolder();
            assertThat(one.keep()).isEqualTo(Hold.TAKEN_AGAIN);
            assertThat(one.keep()).isEqualTo(Hold.HELD);
            assertThat(other.take(Duration.ZERO)).isFalse();
        }

        @Test
        void nobodyKnowsWhoHoldsItWhileTheDatabaseIsAway() throws SQLException {
            assertThat(one.take(Duration.ZERO)).isTrue();
            endSessionOfHolder();
            first.close();
            assertThat(one.keep()).isEqualTo(Hold.UNKNOWN);
        }

        @Test
        void anotherDatabaseOfTheServerHasALockOfItsOwn() {
            assertThat(one.take(Duration.ZERO)).isTrue();
            try (TestDatabase another = newDatabase();
                    InstanceLock lock = new InstanceLock(another.dataSource())) {
                assertThat(InstanceLock.isHeld(another.dataSource())).isFalse();
                assertThat(lock.take(Duration.ZERO)).isTrue();
            }
        }
    }

    @Nested
    class Postgresql extends Contract {
        @Override
        TestDatabase newDatabase() {
            return TestDatabases.postgresql();
        }

        @Override
        String holder() {
            return "select l.pid from pg_locks l join pg_database d on d.oid = l.database"
                    + " where l.locktype = 'advisory' and l.granted and d.datname = current_database()";
        }

        @Override
        String kill(long session) {
            return "select pg_terminate_backend(" + session + ")";
        }
    }

    @Nested
    class MariaDb extends Contract {
        @Override
        TestDatabase newDatabase() {
            return TestDatabases.mariadb();
        }

        @Override
        String holder() {
            return "select is_used_lock(concat('like:', sha1(database())))";
        }

        @Override
        String kill(long session) {
            return "kill " + session;
        }
    }

    @Test
    void aDatabaseInThisProcessBelongsToItAnyway() {
        try (TestDatabase database = TestDatabases.h2();
                InstanceLock lock = new InstanceLock(database.dataSource())) {
            assertThat(lock.take(PATIENCE)).isTrue();
            assertThat(lock.keep()).isEqualTo(Hold.HELD);
            assertThat(InstanceLock.isHeld(database.dataSource())).isFalse();
        }
    }
}
