package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import maple.like.adapter.jpa.DatabaseVendor;
import maple.like.bootstrap.Service.Answer;
import maple.like.bootstrap.local.LocalModeConfiguration;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What starts when nothing is configured. */
@ExtendWith(OutputCaptureExtension.class)
class LocalModeTest {
    @TempDir
    private Path directory;

    private Map<String, String> configuration() {
        return new HashMap<>(Map.of("like.local.directory", directory.toString(), "like.sync.interval", "100ms"));
    }

    private static Answer change(Service service, String method, String account) {
        String token = service.get("/local/token?account=" + account).body();
        return Service.answerIn(service.send(method, Service.path("아델", "/like"), token));
    }

    @Test
    void aRedisThatCannotStartIsReportedInItsOwnWords(CapturedOutput output) throws IOException {
        Path redis = directory.resolve("redis");
        Path log = Files.createDirectories(redis.resolve("appendonlydir"));
        Files.writeString(log.resolve("appendonly.aof.manifest"), "file changes.aof seq 1 type i\n");
        Files.writeString(log.resolve("changes.aof"), "garbage\n");
        assertThat(Service.failsStartup(configuration(), output))
                .contains("cannot be started in " + redis, "Bad file format", "like.buffer.strategy to in-memory");
    }

    /** The script of local mode creates what the migrations do. */
    @Test
    void anEmptyDatabaseGetsTheTablesOfTheMigrations() {
        String migrations = DatabaseVendor.ofUrl("jdbc:h2:mem:").migrations();
        assertThat(tablesAfter(migrations, LocalModeConfiguration.TABLES)).isEqualTo(tablesAfter(migrations));
    }

    /** Names that H2 chose are left out; a check that a migration adds is marked as not applied to older rows. */
    private static List<String> tablesAfter(String... locations) {
        DataSource database = new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        Flyway.configure().dataSource(database).locations(locations).load().migrate();
        return JdbcClient.create(database).sql("script nodata").query(String.class).list().stream()
                .filter(statement -> !statement.contains("flyway_schema_history"))
                .filter(statement -> !statement.matches("-- H2 .*|CREATE USER .*"))
                .map(statement -> statement.replaceAll("CONSTRAINT_\\w+", "").replace(" NOCHECK", ""))
                .sorted()
                .toList();
    }

    @Test
    void aLikeBecomesARowAndSurvivesARestart() {
        directory = directory.resolve("새 폴더 (1)");
        try (Service service = Service.start(configuration())) {
            assertThat(change(service, "POST", "me")).isEqualTo(new Answer(true, 1));
            await().untilAsserted(() -> assertThat(service.get("/local/rows").body())
                    .contains("\"userIgn\":\"아델\"")
                    .contains("\"likeCount\":1,\"rows\":1"));
        }
        Map<String, String> more = configuration();
        more.put("like.local.characters", "아델, Another");
        try (Service service = Service.start(more)) {
            assertThat(change(service, "PUT", "me")).isEqualTo(new Answer(true, 1));
            assertThat(change(service, "POST", "you")).isEqualTo(new Answer(true, 2));
            assertThat(service.count("Another")).isZero();
        }
    }

    @Test
    void itServesOnTheLoopbackInterfaceForOneProcessAndEveryCallerThere(CapturedOutput output) {
        try (Service service = Service.start(configuration())) {
            String log = output.getAll();
            assertThat(log.substring(log.indexOf("Local mode")))
                    .contains(service.address(), "curl -X POST")
                    .endsWith("/api/v2/characters/Adele/like\n");

            assertThat(service.get("/actuator/health").body()).contains("\"redis\"");
            assertThat(service.get("/actuator/prometheus").body()).contains("like_drift_total");

            String ocid = service.get("/local/rows").body().replaceAll(".*?\"ocid\":\"([^\"]+)\".*", "$1");
            String owner = service.get("/local/token?ocids=" + ocid).body();
            assertThat(service.send("POST", Service.path("Adele", "/like"), owner)
                            .statusCode())
                    .isEqualTo(403);

            assertThat(Service.failsStartup(configuration(), output))
                    .as("a second process on the folder")
                    .contains("like.local.directory");
            assertThat(change(service, "POST", "me").liked()).isTrue();
        }
        Map<String, String> invalid = configuration();
        invalid.put("like.local.characters", "x".repeat(65));
        assertThat(Service.failsStartup(invalid, output)).contains("like.local.characters");
        Map<String, String> everywhere = configuration();
        everywhere.put("server.address", "0.0.0.0");
        assertThat(Service.failsStartup(everywhere, output)).contains("server.address");
    }
}
