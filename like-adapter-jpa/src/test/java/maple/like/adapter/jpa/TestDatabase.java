package maple.like.adapter.jpa;

import static java.util.stream.Collectors.joining;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** A database of its own, with the tables in place and a pool of connections. */
public final class TestDatabase implements AutoCloseable {
    private static final String ADVISORY_LOCKS = "from pg_locks l join pg_database d on d.oid = l.database"
            + " where l.locktype = 'advisory' and d.datname = current_database()";

    private static final String APPLICATION = "test";

    private static final List<String> TABLES = List.of(
            "game_character",
            "like_character",
            "character_like",
            "like_partition",
            "like_fallback",
            "like_set_aside",
            "like_idempotency_key");

    private final String url;
    private final String user;
    private final String password;
    private final HikariDataSource pool;

    private TestDatabase(String url, String user, String password) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.pool = newPool(10, null);
    }

    /** Connects to an empty database. */
    static TestDatabase empty(String url, String user, String password) {
        return new TestDatabase(url, user, password);
    }

    /** Connects to an empty database and creates the tables. */
    public static TestDatabase migrated(String url, String user, String password) {
        TestDatabase database = empty(url, user, password);
        database.migrate(SchemaHistory.TABLE, "latest");
        return database;
    }

    /** Migrates up to a version. */
    public void migrate(String historyTable, String version) {
        flyway(historyTable).target(version).load().migrate();
    }

    public FluentConfiguration flyway(String historyTable) {
        return Flyway.configure()
                .dataSource(pool)
                .locations(DatabaseVendor.of(pool).migrations())
                .table(historyTable);
    }

    public String url() {
        return url;
    }

    public String user() {
        return user;
    }

    public String password() {
        return password;
    }

    /** Pooled connections in auto-commit mode, with the isolation that the database has by itself. */
    public DataSource dataSource() {
        return pool;
    }

    /** Runs one statement past the code under test. */
    public void execute(String sql) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("The test database rejected: " + sql, e);
        }
    }

    /** The same database as a user who may connect to it, and nothing more. */
    public TestDatabase asUserWithoutRights() {
        String name = "user_" + UUID.randomUUID().toString().substring(0, 8);
        if (DatabaseVendor.of(pool) instanceof MySqlFamily) {
            execute("create user " + name + " identified by 'secret'");
            execute("grant show view on " + schema() + ".* to " + name);
        } else {
            execute("create role " + name + " login password 'secret'");
        }
        return new TestDatabase(url, name, "secret");
    }

    /** The whole server takes no changes; transactions that only read go on. MariaDB excepts the user of the tests. */
    public void setReadOnly(boolean readOnly) {
        if (DatabaseVendor.of(pool) instanceof MySqlFamily) {
            execute("set global " + (url.startsWith("jdbc:mysql") ? "super_read_only = " : "read_only = ") + readOnly);
        } else {
            execute("alter system "
                    + (readOnly ? "set default_transaction_read_only = on" : "reset default_transaction_read_only"));
            execute("select pg_reload_conf()");
        }
    }

    /** Lets a user read and write all rows. */
    public void grantRows(String user) {
        String tables =
                DatabaseVendor.of(pool) instanceof MySqlFamily ? schema() + ".*" : "all tables in schema public";
        execute("grant select, insert, update, delete on " + tables + " to " + user);
    }

    private String schema() {
        return url.replaceFirst("^.*/", "");
    }

    /**
     * Another pool on the same database, for the caller to close.
     *
     * @param isolation a name such as {@code TRANSACTION_REPEATABLE_READ}, or null for the database's own
     */
    public HikariDataSource newPool(int size, String isolation) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        if (canLoseCommits()) {
            config.addDataSourceProperty("ApplicationName", APPLICATION);
        }
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(size == 1 ? 250 : 10_000);
        config.setTransactionIsolation(isolation);
        return new HikariDataSource(config);
    }

    /** Ends the session that holds the instance lock, as a broken connection does; false if there is none. */
    public boolean cutInstanceLock() {
        if (DatabaseVendor.of(pool) instanceof MySqlFamily family) {
            String owner = query("select is_used_lock(" + family.instanceLock() + ")")
                    .get(0)
                    .get(0);
            if (owner != null) {
                execute("kill " + owner);
            }
            return owner != null;
        }
        return !query("select pg_terminate_backend(l.pid) " + ADVISORY_LOCKS + " and l.granted")
                .isEmpty();
    }

    /** Whether another session waits for the instance lock. */
    public boolean isInstanceLockAwaited() {
        return !query(
                        DatabaseVendor.of(pool) instanceof MySqlFamily
                                ? "select id from information_schema.processlist where state = 'User lock' and db = database()"
                                : "select l.pid " + ADVISORY_LOCKS + " and not l.granted")
                .isEmpty();
    }

    /** Whether {@link #lossOfCommits} works. */
    public boolean canLoseCommits() {
        return url.startsWith("jdbc:postgresql:");
    }

    /**
     * To be run when all that is committed from now on is to be lost, as in a failover to a replica that lags: the sessions of
     * other pools end. PostgreSQL only.
     *
     * @param condition has to hold then, or nothing is lost; {@code saved} is {@code like_partition} as it was
     */
    public Runnable lossOfCommits(String condition) {
        String suffix = "_" + System.nanoTime();
        TABLES.forEach(table -> execute("create table " + table + suffix + " (like " + table + ")"));
        execute("begin isolation level repeatable read;"
                + TABLES.stream()
                        .map(table -> "insert into %1$s%2$s select * from %1$s;".formatted(table, suffix))
                        .collect(joining())
                + "commit");
        String restore = TABLES.stream()
                .map(table -> "delete from %1$s; insert into %1$s overriding system value select * from %1$s%2$s;"
                        .formatted(table, suffix))
                .collect(joining());
        return () -> {
            execute("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and application_name <> '" + APPLICATION + "'");
            execute("""
                begin;
                lock table %s in access exclusive mode;
                do $$ begin
                  if %s then
                    %s
                  end if;
                end $$;
                commit\
                """.formatted(
                            String.join(", ", TABLES), condition.replace("saved", "like_partition" + suffix), restore));
        };
    }

    /** The rows of a query, their columns as text. */
    public List<List<String>> query(String sql) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<List<String>> read = new ArrayList<>();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    row.add(rows.getString(column));
                }
                read.add(row);
            }
            return read;
        } catch (SQLException e) {
            throw new IllegalStateException("The test database rejected: " + sql, e);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
