package maple.like.adapter.jpa;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import maple.like.application.DatabaseUnavailableException;
import org.hibernate.SessionFactory;
import org.hibernate.engine.jdbc.env.spi.ExtractedDatabaseMetaData;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.DataException;
import org.hibernate.exception.SQLGrammarException;
import org.hibernate.query.CommonQueryContract;

/**
 * All that differs between the supported databases: where their migrations are, the statements that work on a whole batch
 * at once, locks, failures and driver properties. Immutable.
 *
 * <p>The text of a statement never depends on the size of the batch. Its columns travel as arrays, {@code :c1},
 * {@code :c2} …, or as one JSON document, {@code :rows}.
 */
public abstract sealed class DatabaseVendor permits PostgreSql, MySqlFamily, H2 {
    private static final String SUPPORTED = "The database must be PostgreSQL, MySQL, MariaDB or H2, not ";

    /** The SQLState of a change in a read-only transaction: the server is a replica, or its operator made it read-only. */
    private static final String READ_ONLY = "25006";

    /** SQLStates of a table that does not exist. */
    private static final Set<String> NO_TABLE = Set.of("42P01", "42S02");

    /** Classes of SQLState: a value or a row that is wrong, and what triggers raise. */
    private static final List<String> REJECTIONS = List.of("09", "22", "23", "27", "44", "45", "P0");

    /**
     * Detects the vendor of a database by connecting to it.
     *
     * @throws IllegalArgumentException if the database is not supported
     * @throws DatabaseUnavailableException if it is unavailable
     */
    public static DatabaseVendor of(DataSource database) {
        try (Connection connection = database.getConnection()) {
            return of(connection);
        } catch (SQLException e) {
            throw new DatabaseUnavailableException("Could not detect the vendor of the database", e);
        }
    }

    /**
     * Detects the vendor from a JDBC URL, before the first connection.
     *
     * @throws IllegalArgumentException if the database is not supported
     */
    public static DatabaseVendor ofUrl(String url) {
        String[] parts = url.split(":", 3);
        if (parts.length < 3 || !parts[0].equals("jdbc")) {
            throw new IllegalArgumentException(SUPPORTED + url);
        }
        return named(parts[1]);
    }

    static DatabaseVendor of(Connection connection) throws SQLException {
        DatabaseMetaData server = connection.getMetaData();
        return of(server.getDatabaseProductName(), server.getDatabaseProductVersion());
    }

    static DatabaseVendor of(SessionFactory sessions) {
        ExtractedDatabaseMetaData server = sessions.unwrap(SessionFactoryImplementor.class)
                .getJdbcServices()
                .getJdbcEnvironment()
                .getExtractedDatabaseMetaData();
        return of(server.getDatabaseProductName(), server.getDatabaseProductVersion());
    }

    /** MySQL's driver takes MariaDB for MySQL, save for the version. */
    private static DatabaseVendor of(String product, String version) {
        return named(version.contains("MariaDB") ? "MariaDB" : product);
    }

    private static DatabaseVendor named(String product) {
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "postgresql" -> new PostgreSql();
            case "mysql" -> new MySql();
            case "mariadb" -> new MariaDb();
            case "h2" -> new H2();
            default -> throw new IllegalArgumentException(SUPPORTED + product);
        };
    }

    /** Its name, as its manufacturer writes it. */
    public abstract String product();

    /** The Flyway location of the migrations. */
    public abstract String migrations();

    /**
     * Driver properties that limit how long a connection waits for a reply.
     *
     * @return none where the database runs in this process
     */
    public abstract Map<String, String> socketTimeout(Duration timeout);

    /** Driver properties with which a connection pooler may hand each transaction another session. */
    public Map<String, String> withoutSession() {
        return Map.of();
    }

    /**
     * Whether a failure says that the server takes no changes, or no longer serves: every connection to it is of no further
     * use, and a new one may reach its successor.
     */
    public final boolean endsConnections(SQLException e) {
        return READ_ONLY.equals(e.getSQLState()) || isServerOutOfUse(e);
    }

    /** Locks partitions in the order of their ids, and reads id, state and epoch. Columns: ids, in that order. */
    abstract String lockPartitions();

    /**
     * Locks characters in the order of their OCIDs, and reads {@link RowStatements.LockedRow}. Columns: OCIDs, in that
     * order.
     */
    abstract String lockCharacters();

    /** Finds relations. Columns: targets, accounts. */
    abstract String findLikes();

    /**
     * Reads counts with their partition, and whether relations have a row. Columns: targets, accounts, partitions. Answers
     * target, account, count, last generation, last change, generation and state of the partition, id of the row,
     * partition of the character.
     */
    abstract String readLikes();

    /** Inserts relations, dated {@code :now}. Columns: targets, accounts. */
    abstract String insertLikes();

    /** Deletes relations. Columns: ids. */
    abstract String deleteLikes();

    /** Adds to counts and sets their last change, of {@code :generation}. Columns: ids, what to add, last changes. */
    abstract String changeCounts();

    /** Adds to counts. Columns: ids, what to add. */
    abstract String addToCounts();

    /** Inserts journal entries, dated {@code :now}. Columns: partitions, targets, accounts, liked, changes. */
    abstract String insertJournal();

    /** Inserts names that likes are counted under, save those of an OCID that has one, or taken. Columns: OCIDs, names. */
    abstract String insertCountedNames();

    /** Inserts or replaces dead letters of {@code :partition}, with {@code :reason}. Columns: targets, accounts, liked. */
    abstract String insertDeadLetters();

    /**
     * Inserts answers of idempotency keys that expire at {@code :expires}, save those that are there. Columns: accounts, keys,
     * targets, liked.
     */
    abstract String insertAnswers();

    /** Limits how long the rest of the transaction waits for each lock, in whole seconds. Takes no snapshot. */
    abstract String limitLockWaits(Duration longest);

    /** Sets the columns of a statement; all have the same length. */
    <Q extends CommonQueryContract> Q bind(Q query, Object[]... columns) {
        for (int i = 0; i < columns.length; i++) {
            query.setParameter("c" + (i + 1), columns[i]);
        }
        return query;
    }

    /** Prepares a connection for the instance lock: the database must notice within half a minute that the owner died. */
    abstract List<String> prepareInstanceLock();

    /** Acquires the lock of this database for the session; false where another session holds it until the timeout. */
    abstract boolean acquireInstanceLock(Connection connection, Duration timeout) throws SQLException;

    /** Releases the lock of this session. */
    abstract List<String> releaseInstanceLock();

    /** Answers whether a session holds the lock. */
    abstract String isInstanceLocked();

    /** Encloses an identifier. */
    abstract String identifierQuote();

    /** Renames the Flyway history, with all that is named after it and unique in the schema. */
    abstract List<String> renameHistory(String from, String to);

    /** Allows a user to read and write rows of tables. */
    public abstract List<String> grants(Collection<String> tables, String user);

    /** Whether the database user lacks a right. */
    public abstract boolean isDenied(SQLException e);

    /** Whether a right or a table is missing, which an operator can give back while the service runs. */
    final boolean isRefused(SQLException e) {
        return isDenied(e) || NO_TABLE.contains(String.valueOf(e.getSQLState()));
    }

    /** Whether a transaction lost against another one. */
    abstract boolean isRetryable(SQLException e);

    /** Whether the server shuts down, starts or takes no changes, where SQLState 25006 does not say so. */
    abstract boolean isServerOutOfUse(SQLException e);

    /** Answers a number that no other session of the server has. */
    abstract String sessionId();

    /**
     * Classifies a failure.
     *
     * <p>What a database or the pool reports is an outage unless it is about the statement itself: vendors differ too much
     * in how they report a lost connection or a timeout to list those. A lock that is not released in time is an outage,
     * too: waiting again does not help.
     */
    final SqlFailure failureOf(Throwable failure) {
        SqlFailure aboutStatement = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConstraintViolationException
                    || cause instanceof DataException
                    || cause instanceof RowStatements.UnwrittenException) {
                aboutStatement = SqlFailure.ROW_REJECTED;
            } else if (cause instanceof SQLGrammarException) {
                aboutStatement = SqlFailure.DEFECT;
            } else if (cause instanceof SQLException e) {
                return failureOf(e, aboutStatement == null ? SqlFailure.OUTAGE : aboutStatement);
            }
        }
        return aboutStatement == null ? SqlFailure.DEFECT : aboutStatement;
    }

    private SqlFailure failureOf(SQLException e, SqlFailure otherwise) {
        String state = String.valueOf(e.getSQLState());
        if (isRetryable(e)) {
            return SqlFailure.RETRYABLE;
        }
        if (isRefused(e)) {
            return SqlFailure.OUTAGE;
        }
        return REJECTIONS.stream().anyMatch(state::startsWith) ? SqlFailure.ROW_REJECTED : otherwise;
    }
}
