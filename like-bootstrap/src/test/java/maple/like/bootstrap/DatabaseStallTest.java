package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.net.URI;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.regex.Pattern;
import maple.like.bootstrap.Service.Answer;
import maple.like.bootstrap.chaos.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The database accepts connections, but does not reply, or takes no changes. */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseStallTest {
    @Test
    void warmTogglesSucceedWhileTheDatabaseStallsAndAreStoredAfterwards(CapturedOutput output) throws Exception {
        try (Servers servers = new Servers();
                Proxy proxy = new Proxy(port(servers));
                Service service = servers.start(
                        "spring.datasource.url="
                                + servers.database.url().replace(":" + port(servers), ":" + proxy.port()),
                        "spring.datasource.hikari.data-source-properties.socketTimeout=1")) {
            assertThat(isolation(service)).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
            String name = servers.character("아델");
            service.toggle(name, "account-0");
            await().until(() -> servers.storedCount(name) == 1);
            await().until(() -> servers.redis.commands().exists("{likes}:complete") == 1);

            proxy.stall();
            long begun = System.nanoTime();
            for (int i = 1; i <= 20; i++) {
                assertThat(service.toggle(name, "account-" + i)).isEqualTo(new Answer(true, i + 1));
            }
            assertThat(since(begun)).isLessThan(Duration.ofSeconds(5));
            begun = System.nanoTime();
            HttpResponse<String> cold = service.change("POST", "Unknown", "me");
            assertThat(cold.statusCode()).isEqualTo(503);
            assertThat(cold.headers().firstValue("Retry-After")).isPresent();
            assertThat(since(begun)).isLessThan(Duration.ofSeconds(8));
            await("flushes that back off")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> service.metric("like.sync.batch", "status", "failure") > 2);
            assertThat(logged(output, "Partition 0 was not flushed: .*: PSQLException: .*retrying"))
                    .isBetween(1L, 3L);
            assertThat(service.health("db").toString()).contains("DOWN", "reason");
            assertThat(servers.storedCount(name)).isEqualTo(1);

            proxy.release();
            await().atMost(Duration.ofSeconds(30)).until(() -> servers.storedCount(name) == 21);
            assertThat(service.count(name)).isEqualTo(21);
            assertThat(service.metric("like.drift")).isZero();
            assertThat(logged(output, "Every partition is flushed again; flushes failed for [0-9.]+ s"))
                    .isEqualTo(1);
        }
    }

    /** Sessions opened meanwhile stay read-only, as those to a demoted primary do. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PostgreSql | begin read write; alter database %s set default_transaction_read_only = %s; commit",
                "MariaDb | set global tx_read_only = %2$s"
            })
    void likesAreStoredSoonAfterTheDatabaseWasReadOnly(String vendor, String readOnly, CapturedOutput output) {
        try (Servers servers = Servers.on(vendor);
                Service service = servers.start()) {
            String database = servers.database.url().replaceFirst(".*/", "");
            String name = servers.character("아델");
            service.like(name, "before");
            await().until(() -> servers.storedCount(name) == 1);
            try {
                servers.database.execute(readOnly.formatted(database, "on"));
                service.bean(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
                service.like(name, "meanwhile");
                await("the server's reason in the log")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> output.getOut().matches("(?is).*was not flushed:[^\n]*read.only transaction.*"));
            } finally {
                servers.database.execute(readOnly.formatted(database, "off"));
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> servers.storedCount(name) == 2);
        }
    }

    private static long logged(CapturedOutput output, String line) {
        return Pattern.compile(line).matcher(output.getOut()).results().count();
    }

    private static int port(Servers servers) {
        return URI.create(servers.database.url().substring("jdbc:".length())).getPort();
    }

    private static int isolation(Service service) throws SQLException {
        try (Connection connection = service.bean(HikariDataSource.class).getConnection()) {
            return connection.getTransactionIsolation();
        }
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db/likes, 20",
        "jdbc:mariadb://db/likes, 20000",
        "jdbc:mysql://db/likes, 20000",
        "jdbc:postgresql://db/likes?socketTimeout=60,",
        "jdbc:h2:./likes,"
    })
    void aStatementTimesOutAfterTwentySecondsUnlessTheUrlSetsATimeout(String url, String expected) {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(url);
            DatabaseWiring.setDefaults(pool);
            assertThat(pool.getDataSourceProperties().get("socketTimeout")).isEqualTo(expected);
        }
    }
}
