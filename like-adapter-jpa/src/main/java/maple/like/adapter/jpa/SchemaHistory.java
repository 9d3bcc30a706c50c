package maple.like.adapter.jpa;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.sql.DataSource;
import maple.like.application.DatabaseUnavailableException;

/** The table in which Flyway keeps what it has migrated: one of this service's own, so that it can share a schema. */
public final class SchemaHistory {
    /** Its name. */
    public static final String TABLE = "like_schema_history";

    private static final String DEFAULT_TABLE = "flyway_schema_history";
    private static final List<String> FIRST_TABLES =
            List.of("game_character", "character_like", "like_partition", "like_set_aside");
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
                boolean due = !exists(connection, TABLE) && isOurs(connection);
                connection.commit(); // two instances that keep what they read locked would wait for each other
                if (due) {
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
     * Whether the service has migrated this schema. A history without a migration that succeeded is none.
     *
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    public static boolean isPresent(DataSource database) {
        try (Connection connection = database.getConnection()) {
            return isMigrated(connection) || isOurs(connection);
        } catch (SQLException e) {
            throw new DatabaseUnavailableException("Could not look for " + TABLE, e);
        }
    }

    /**
     * Finds tables that have the name of one of this service's and that no migration has made.
     *
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    public static List<String> foreignTables(DataSource database) {
        try (Connection connection = database.getConnection()) {
            List<String> foreign = new ArrayList<>();
            if (!isMigrated(connection)) {
                boolean upperCase = connection.getMetaData().storesUpperCaseIdentifiers();
                for (String table : FIRST_TABLES) {
                    if (exists(connection, upperCase ? table.toUpperCase(Locale.ROOT) : table)) {
                        foreign.add(table);
                    }
                }
            }
            return foreign;
        } catch (SQLException e) {
            throw new DatabaseUnavailableException("Could not look for tables", e);
        }
    }

    /** The baseline of a schema that holds tables of another application is no migration. */
    private static boolean isMigrated(Connection connection) throws SQLException {
        String quote = DatabaseVendor.of(connection).identifierQuote();
        String sql = "select 1 from #" + TABLE + "# where #success# and #version# <> '0'";
        return exists(connection, TABLE) && hasRow(connection, sql.replace("#", quote));
    }

    /** Its name as statements need it. */
    public static String quoted(DatabaseVendor vendor) {
        return vendor.identifierQuote() + TABLE + vendor.identifierQuote();
    }

    /** The statements that create the table, for a user with the right to do so. */
    public static List<String> creation(DatabaseVendor vendor) {
        return Stream.of("""
                create table #like_schema_history# (
                    #installed_rank# integer not null,
                    #version#        varchar(50),
                    #description#    varchar(200) not null,
                    #type#           varchar(20) not null,
                    #script#         varchar(1000) not null,
                    #checksum#       integer,
                    #installed_by#   varchar(100) not null,
                    #installed_on#   timestamp not null default current_timestamp,
                    #execution_time# integer not null,
                    #success#        boolean not null,
                    constraint #like_schema_history_pk# primary key (#installed_rank#)
                )""", "create index #like_schema_history_s_idx# on #like_schema_history# (#success#)")
                .map(sql -> sql.replace("#", vendor.identifierQuote()))
                .toList();
    }

    /** The statement that records a migration as done. */
    public static String record(
            DatabaseVendor vendor, String version, String description, String script, int checksum) {
        return """
                insert into #like_schema_history# (#installed_rank#, #version#, #description#, #type#, #script#,
                    #checksum#, #installed_by#, #execution_time#, #success#)
                select coalesce(max(#installed_rank#), 0) + 1, '%s', '%s', 'SQL', '%s', %d, current_user, 0, true
                  from #like_schema_history#""".formatted(version, description, script, checksum).replace("#", vendor.identifierQuote());
    }

    /** The statements that {@link #adopt} executes, for a user with the right to do so. */
    public static List<String> adoption(DatabaseVendor vendor) {
        return vendor.renameHistory(DEFAULT_TABLE, TABLE);
    }

    /**
     * Forgets a migration that failed because it was not allowed to begin, so that it can be executed for a user with the
     * right to do so. Databases with transactional DDL have nothing to forget.
     */
    public static void removeFailed(DataSource database) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            if (exists(connection, TABLE)) {
                String sql = "delete from #" + TABLE + "# where not #success#";
                statement.execute(sql.replace("#", DatabaseVendor.of(connection).identifierQuote()));
            }
        } catch (SQLException notAllowedEither) {
            // Then the next start reports the failed migration.
        }
    }

    private static void rename(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : adoption(DatabaseVendor.of(connection))) {
                statement.execute(sql);
            }
        }
    }

    private static boolean isOurs(Connection connection) throws SQLException {
        String quote = DatabaseVendor.of(connection).identifierQuote();
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
