package maple.like.adapter.jpa;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import javax.sql.DataSource;
import maple.like.application.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * A lock in the database that one instance holds for as long as it lives: a lock of a session, not of a transaction,
 * because a transaction that never ends would keep the database from cleaning up. The database frees it when the
 * instance dies, and within about half a minute when its machine does. A database in this process (H2) belongs to one
 * instance anyway: there, nothing is locked. Safe for use by any number of threads.
 */
public final class InstanceLock implements AutoCloseable {
    private static final Duration VALIDATION = Duration.ofSeconds(2);

    private final DataSource database;
    private @Nullable Connection session;

    /** What became of the lock. */
    public enum Hold {
        /** It has been held all the time since it was taken, or taken again. */
        HELD,
        /** The connection was lost, and the lock was taken again: somebody else may have held it in between. */
        TAKEN_AGAIN,
        /** The connection was lost, and somebody else holds it. */
        TAKEN,
        /** The connection was lost, and the database is away. */
        UNKNOWN
    }

    /**
     * Takes nothing yet.
     *
     * @param database gives a connection that is kept; a connection pooler must not share it between clients
     */
    public InstanceLock(DataSource database) {
        this.database = database;
    }

    /**
     * Takes the lock.
     *
     * @param patience how long to wait for whoever holds it, in whole seconds: the database may not have noticed yet
     *     that the one before has died
     * @return false where somebody else holds it
     * @throws StoreUnavailableException if the database is away
     */
    public synchronized boolean take(Duration patience) {
        try {
            return tryTake(patience);
        } catch (SQLException e) {
            release();
            throw new StoreUnavailableException("Could not take the lock of the only instance", e);
        }
    }

    /** Looks whether the lock is still held, and takes it again where the connection was lost. */
    public synchronized Hold keep() {
        try {
            if (session != null && session.isValid((int) VALIDATION.toSeconds())) {
                return Hold.HELD;
            }
            return tryTake(Duration.ZERO) ? Hold.TAKEN_AGAIN : Hold.TAKEN;
        } catch (SQLException away) {
            release();
            return Hold.UNKNOWN;
        }
    }

    /**
     * Whether some instance holds the lock of a database now.
     *
     * @throws StoreUnavailableException if the database is away
     */
    public static boolean isHeld(DataSource database) {
        try (Connection connection = database.getConnection()) {
            return answer(connection, Dialect.of(connection).isHeld);
        } catch (SQLException e) {
            throw new StoreUnavailableException("Could not look for the lock of the only instance", e);
        }
    }

    private boolean tryTake(Duration patience) throws SQLException {
        release();
        Connection connection = database.getConnection();
        session = connection;
        Dialect dialect = Dialect.of(connection);
        if (!dialect.settings.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(dialect.settings);
            }
        }
        boolean taken = dialect.take(connection, patience);
        if (!taken) {
            release();
        }
        return taken;
    }

    private void release() {
        Connection connection = session;
        session = null;
        if (connection != null) {
            try (connection) {
                // A pool may keep the connection, and its session with it.
                Dialect dialect = Dialect.of(connection);
                if (!dialect.release.isEmpty() && connection.isValid((int) VALIDATION.toSeconds())) {
                    answer(connection, dialect.release);
                }
            } catch (SQLException lost) {
                // The database releases it with the session.
            }
        }
    }

    private static boolean answer(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(question)) {
            return result.next() && result.getBoolean(1);
        }
    }

    /** Releases the lock. */
    @Override
    public synchronized void close() {
        release();
    }

    /** How a database locks. */
    private enum Dialect {
        /** The lock belongs to the schema; "like" in ASCII comes before it. A dead machine is noticed by keep-alives. */
        POSTGRESQL(
                "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3",
                "select pg_advisory_unlock(" + Dialect.KEY + ")",
                "select not pg_try_advisory_xact_lock_shared(" + Dialect.KEY + ")") {
            @Override
            boolean take(Connection connection, Duration patience) throws SQLException {
                if (patience.isZero()) {
                    return answer(connection, "select pg_try_advisory_lock(" + KEY + ")");
                }
                try (Statement statement = connection.createStatement()) {
                    statement.execute("set lock_timeout = '" + patience.toSeconds() + "s'");
                    statement.execute("select pg_advisory_lock(" + KEY + ")");
                    return true;
                } catch (SQLException e) {
                    if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                        return false;
                    }
                    throw e;
                }
            }
        },
        /** Names of locks belong to the server. A session without a sign of life for half a minute is ended. */
        MYSQL(
                "set session wait_timeout = 30",
                "select release_lock(" + Dialect.NAME + ")",
                "select is_used_lock(" + Dialect.NAME + ") is not null") {
            @Override
            boolean take(Connection connection, Duration patience) throws SQLException {
                return answer(connection, "select get_lock(" + NAME + ", " + patience.toSeconds() + ")");
            }
        },
        H2("", "", "select false") {
            @Override
            boolean take(Connection connection, Duration patience) {
                return true;
            }
        };

        private static final String KEY = "1818847077, hashtext(coalesce(current_schema(), ''))";
        private static final String NAME = "concat('like:', sha1(database()))";
        private static final String LOCK_NOT_AVAILABLE = "55P03";

        final String settings;
        final String release;
        final String isHeld;

        Dialect(String settings, String release, String isHeld) {
            this.settings = settings;
            this.release = release;
            this.isHeld = isHeld;
        }

        abstract boolean take(Connection connection, Duration patience) throws SQLException;

        static Dialect of(Connection connection) throws SQLException {
            String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
            if (product.contains("postgresql")) {
                return POSTGRESQL;
            }
            return product.equals("h2") ? H2 : MYSQL;
        }
    }
}
