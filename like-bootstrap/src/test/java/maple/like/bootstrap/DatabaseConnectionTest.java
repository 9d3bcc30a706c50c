package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import maple.like.adapter.jpa.DatabaseVendor;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.jpa.TestDatabases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.mock.env.MockEnvironment;

class DatabaseConnectionTest {
    private static DatabaseVendor check(String url, TestDatabase user) {
        return DatabaseConnection.check(
                new DriverManagerDataSource(url, user.user(), user.password()),
                new MockEnvironment().withProperty(DatabaseConnection.URL, url));
    }

    /** A user whose password is not in MySQL's cache, which makes later connections work without TLS. */
    private static TestDatabase newUser(TestDatabase database) {
        TestDatabase user = database.asUserWithoutRights();
        user.close();
        database.execute("flush privileges");
        return user;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?useSSL=true",
                "?useSSL=true&requireSSL=true&serverTimezone=UTC",
                "?sslMode=REQUIRED",
                "?useUnicode=true&characterEncoding=UTF-8",
                "?useSSL=false&allowPublicKeyRetrieval=true"
            })
    void aUrlOfMySqlWorksAsCloudConsolesPrintIt(String options) {
        try (TestDatabase database = TestDatabases.empty("MySql")) {
            assertThat(check(database.url() + options, newUser(database)).product())
                    .isEqualTo("MySQL");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "MySql, mysql, mysql, ?useSSL=false, over TLS only, allowPublicKeyRetrieval=true",
        "MySql, mysql, mariadb, '', over TLS only, ADDRESS",
        "MySql, mysql, mariadb, ?allowPublicKeyRetrieval=true, the server is MySQL, ADDRESS",
        "MySql, mysql, mariadb, ?sslMode=trust, the server is MySQL, ADDRESS",
        "MariaDb, mariadb, mysql, '', the server is MariaDB, ADDRESS"
    })
    void aUrlOfTheWrongDriverIsRefusedWithTheRightOne(
            String server, String scheme, String used, String options, String why, String remedy) {
        try (TestDatabase database = TestDatabases.empty(server)) {
            TestDatabase user = newUser(database);
            String url = database.url().replaceFirst(":\\w+:", ":" + used + ":") + options;
            ConfigurationException refusal = catchThrowableOfType(ConfigurationException.class, () -> check(url, user));
            assertThat(refusal).hasMessageContaining(why).hasMessageContaining("spring.datasource.url");
            assertThat(refusal.action()).contains(remedy.replace("ADDRESS", database.url()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PostgreSql", "MySql", "MariaDb"})
    void aDatabaseThatIsMissingIsReportedInTheWordsOfTheServer(String vendor) {
        try (TestDatabase database = TestDatabases.empty(vendor)) {
            String url = database.url().replaceFirst("/(\\w+)$", "/missing_$1");
            ConfigurationException refusal =
                    catchThrowableOfType(ConfigurationException.class, () -> check(url, database));
            assertThat(refusal).hasMessageContaining("spring.datasource.url").hasMessageContaining("missing_");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Connection attempt exceeded defined timeout., 5",
        "Connection attempt timed out., 5",
        "Connect timed out, 5",
        "Connection refused, 1"
    })
    void onlyTimeoutsAreRepeated(String reason, int attempts) {
        AtomicInteger tried = new AtomicInteger();
        String url = "jdbc:h2:mem:" + UUID.randomUUID();
        DataSource slow = new DriverManagerDataSource(url) {
            @Override
            public Connection getConnection() throws SQLException {
                if (tried.incrementAndGet() < 5) {
                    throw new SQLException("pool", new SQLException(reason));
                }
                return super.getConnection();
            }
        };
        MockEnvironment environment = new MockEnvironment().withProperty(DatabaseConnection.URL, url);
        Throwable failure = catchThrowable(() -> DatabaseConnection.check(slow, environment));
        assertThat(tried).hasValue(attempts);
        assertThat(failure == null).isEqualTo(attempts == 5);
    }
}
