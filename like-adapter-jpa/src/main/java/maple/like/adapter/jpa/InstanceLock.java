package maple.like.adapter.jpa;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import maple.like.application.DatabaseUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * A lock in the database that one instance holds for as long as it lives: a lock of a session, not of a transaction,
 * because an endless transaction would keep the database from cleaning up. The database releases it when the instance
 * dies, and within about half a minute when its machine does. H2 runs in this process and belongs to one instance anyway:
 * there, nothing is locked. Safe for use by any number of threads.
 */
public final class InstanceLock implements AutoCloseable {
    private static final Duration VALIDATION = Duration.ofSeconds(2);
    private static final int SHARING_ROUNDS = 3;

    private final DataSource database;
    private @Nullable Connection session;
    private @Nullable SQLException failure;

    /** What became of the lock. */
    public enum State {
        /** The instance has held it since it was acquired. */
        HELD,
        /** The connection was lost, and the lock acquired again: another instance may have held it in between. */
        REACQUIRED,
        /** The connection was lost, and another instance holds it. */
        LOST,
        /** The connection was lost, and the database is unavailable. */
        UNKNOWN
    }

    /**
     * Acquires nothing yet.
     *
     * @param database gives a connection that is kept; see {@link #isSessionShared}
     */
    public InstanceLock(DataSource database) {
        this.database = database;
    }

    /**
     * Acquires the lock.
     *
     * @param timeout how long to wait for its owner, in whole seconds: the database may not have noticed yet that it died
     * @return false where another instance holds it
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    public synchronized boolean acquire(Duration timeout) {
        try {
            return tryAcquire(timeout);
        } catch (SQLException e) {
            release();
            throw new DatabaseUnavailableException("Could not acquire the instance lock", e);
        }
    }

    /** Checks whether the lock is still held, and acquires it again where the connection was lost. */
    public synchronized State check() {
        try {
            if (session != null && session.isValid((int) VALIDATION.toSeconds())) {
                return State.HELD;
            }
            return tryAcquire(Duration.ZERO) ? State.REACQUIRED : State.LOST;
        } catch (SQLException unavailable) {
            failure = unavailable;
            release();
            return State.UNKNOWN;
        }
    }

    /**
     * Why the last check that answered {@link State#UNKNOWN} did, in the words of the database or its driver.
     *
     * @return null before any did
     */
    public synchronized @Nullable SQLException failure() {
        return failure;
    }

    /**
     * Whether an instance holds the lock of a database now.
     *
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    public static boolean isHeld(DataSource database) {
        try (Connection connection = database.getConnection()) {
            return ask(connection, DatabaseVendor.of(connection).isInstanceLocked());
        } catch (SQLException e) {
            throw new DatabaseUnavailableException("Could not look for the instance lock", e);
        }
    }

    /**
     * Whether a connection pooler between here and the database hands a session to several clients, so that it cannot hold
     * a lock. Another client may hide that in a rare case.
     *
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    public static boolean isSessionShared(DataSource database) {
        try (Connection connection = database.getConnection();
                Connection other = database.getConnection()) {
            String question = DatabaseVendor.of(connection).sessionId();
            boolean shared = false;
            for (int round = 0; round < SHARING_ROUNDS && !shared; round++) {
                long before = number(connection, question);
                other.setAutoCommit(false);
                long ofOther = number(other, question); // keeps its session until the rollback
                shared = ofOther == before || number(connection, question) != before;
                other.rollback();
                other.setAutoCommit(true);
            }
            return shared;
        } catch (SQLException e) {
            throw new DatabaseUnavailableException("Could not look for a connection pooler", e);
        }
    }

    private boolean tryAcquire(Duration timeout) throws SQLException {
        release();
        Connection connection = database.getConnection();
        session = connection;
        DatabaseVendor vendor = DatabaseVendor.of(connection);
        execute(connection, vendor.prepareInstanceLock());
        boolean acquired = vendor.acquireInstanceLock(connection, timeout);
        if (!acquired) {
            release();
        }
        return acquired;
    }

    private void release() {
        Connection connection = session;
        session = null;
        if (connection != null) {
            try (connection) {
                if (connection.isValid((int) VALIDATION.toSeconds())) {
                    // A pool may keep the connection, and its session with it.
                    execute(connection, DatabaseVendor.of(connection).releaseInstanceLock());
                } else {
                    // A pool drops a broken connection only when a call of it fails.
                    connection.createStatement().close();
                }
            } catch (SQLException lost) {
                // The database releases it with the session.
            }
        }
    }

    private static void execute(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static boolean ask(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(question)) {
            return result.next() && result.getBoolean(1);
        }
    }

    private static long number(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(question)) {
            result.next();
            return result.getLong(1);
        }
    }

    /** Releases the lock. */
    @Override
    public synchronized void close() {
        release();
    }
}
