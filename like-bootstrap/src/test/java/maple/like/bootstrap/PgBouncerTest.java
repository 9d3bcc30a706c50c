package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import maple.like.adapter.redis.ChildProcess;
import maple.like.adapter.redis.TestRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** PgBouncer in transaction mode gives each transaction another session. Skipped where it is not installed. */
@ExtendWith(OutputCaptureExtension.class)
class PgBouncerTest {
    private final int port = ChildProcess.freePort();

    @TempDir
    private Path directory;

    private Servers servers;
    private Process pgBouncer;

    @BeforeEach
    void start() throws IOException {
        // Redis is killed: it has to keep what it acknowledged.
        servers = new Servers(TestRedis.started(Files.createDirectory(directory.resolve("redis"))));
        URI database = URI.create(servers.database.url().substring("jdbc:".length()));
        Path configuration = Files.writeString(directory.resolve("pgbouncer.ini"), """
                [databases]
                likes = host=127.0.0.1 port=%d dbname=%s user=%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                default_pool_size = 4
                ignore_startup_parameters = extra_float_digits
                """.formatted(
                        database.getPort(), database.getPath().substring(1), servers.database.user(), port));
        Path log = directory.resolve("log");
        boolean root = "root".equals(System.getProperty("user.name"));
        pgBouncer = OptionalTool.start(
                "pgbouncer",
                "pgbouncer",
                log,
                log,
                (root ? List.of("-u", "nobody", configuration.toString()) : List.of(configuration.toString()))
                        .toArray(String[]::new));
        await().until(() -> {
            assertThat(pgBouncer.isAlive()).as(Files.readString(log)).isTrue();
            try (Socket unused = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return true;
            } catch (IOException notYet) {
                return false;
            }
        });
    }

    @AfterEach
    void stop() {
        if (pgBouncer != null) {
            pgBouncer.destroyForcibly();
        }
        servers.close();
    }

    private String url() {
        return "spring.datasource.url=jdbc:postgresql://127.0.0.1:" + port + "/likes";
    }

    @Test
    void likesAreDecidedAndStoredThroughIt(CapturedOutput output) {
        List<String> names = servers.characters(20, "Pooled");
        try (Service a = servers.start("app.instance-id=a", url());
                Service b = servers.start("app.instance-id=b", url());
                Load load = Load.ofRetries(names, a, b).comparing(servers)) {
            load.awaitMore(200);
            servers.redis.stop();
            load.awaitMore(200);
            servers.redis.start();
            load.awaitMore(200);
            load.end().awaitEverywhere(servers, a, b);
        }
        assertThat(output).doesNotContain("prepared statement");
    }

    @Test
    void theInstanceLockIsRefused(CapturedOutput output) {
        assertThat(Service.failsStartup(
                        servers.configuration(url(), "like.redis.uri=", "like.buffer.strategy=in-memory"), output))
                .contains("spring.datasource.url", "pool_mode=session");
    }
}
