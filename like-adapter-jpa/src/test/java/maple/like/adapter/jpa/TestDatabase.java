package maple.like.adapter.jpa;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

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

    /** Connects to an empty database and creates the tables. */
    public static TestDatabase migrated(String url, String user, String password) {
        TestDatabase database = new TestDatabase(url, user, password);
        Flyway.configure()
                .dataSource(database.pool)
                .locations(LikePersistence.migrations(database.productName()))
                .load()
                .migrate();
        return database;
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

    /** Runs one statement past everything else. */
    public void execute(String sql) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("The test database refused: " + sql, e);
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

    private String productName() {
        try (Connection connection = pool.getConnection()) {
            return connection.getMetaData().getDatabaseProductName();
        } catch (SQLException e) {
            throw new IllegalStateException("The test database does not answer", e);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
