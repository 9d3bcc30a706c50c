package maple.like.adapter.jpa;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** A database of its own, with the tables in place and a pool of connections. */
public final class TestDatabase implements AutoCloseable {
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
    void migrate(String historyTable, String version) {
        flyway(historyTable).target(version).load().migrate();
    }

    FluentConfiguration flyway(String historyTable) {
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
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(size == 1 ? 250 : 10_000);
        config.setTransactionIsolation(isolation);
        return new HikariDataSource(config);
    }

    /** The rows of a query, their columns as text. */
    List<List<String>> query(String sql) {
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
