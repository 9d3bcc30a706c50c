package maple.like.adapter.jpa;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import maple.like.application.DatabaseUnavailableException;

/** The table in which Flyway keeps what it has migrated: one of this service's own, so that it can share a schema. */
public final class SchemaHistory {
    /** Its name. */
    public static final String TABLE = "like_schema_history";

    private static final String DEFAULT_TABLE = "flyway_schema_history";
    private static final String FIRST_MIGRATION = "V1__likes.sql";

    private SchemaHistory() {}

    /**
     * Renames the table of an earlier version of the service, which had Flyway's default name. Leaves the history of
     * another application alone. To be called before Flyway; any number of instances may do so at once.
     *
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    public static void adopt(DataSource database) {
        try (Connection connection = database.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                if (!exists(connection, TABLE) && isOurs(connection)) {
                    rename(connection);
                }
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                if (!exists(connection, TABLE)) { // else another instance was faster
                    throw e;
                }
            } finally {
                connection.setAutoCommit(autoCommit);
            }
        } catch (SQLException e) {
            throw new DatabaseUnavailableException("Could not rename " + DEFAULT_TABLE + " to " + TABLE, e);
        }
    }

    /**
     * Whether the service has migrated this schema. A table that was created, but never written, is none.
     *
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    public static boolean isPresent(DataSource database) {
        try (Connection connection = database.getConnection()) {
            return (exists(connection, TABLE) && hasRow(connection, "select 1 from " + TABLE)) || isOurs(connection);
        } catch (SQLException e) {
            throw new DatabaseUnavailableException("Could not look for " + TABLE, e);
        }
    }

    private static void rename(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : DatabaseVendor.of(connection).renameHistory(DEFAULT_TABLE, TABLE)) {
                statement.execute(sql);
            }
        }
    }

    private static boolean isOurs(Connection connection) throws SQLException {
        String quote = connection.getMetaData().getIdentifierQuoteString();
        String sql =
                "select 1 from #flyway_schema_history# where #version# = '1' and #script# = '" + FIRST_MIGRATION + "'";
        return exists(connection, DEFAULT_TABLE) && hasRow(connection, sql.replace("#", quote));
    }

    private static boolean exists(Connection connection, String table) throws SQLException {
        try (ResultSet tables = connection
                .getMetaData()
                .getTables(
                        connection.getCatalog(), connection.getSchema(), table, new String[] {"TABLE", "BASE TABLE"})) {
            return tables.next();
        }
    }

    private static boolean hasRow(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next();
        }
    }
}
