package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Map;
import maple.like.bootstrap.Service.Answer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What starts when nothing is configured. */
@ExtendWith(OutputCaptureExtension.class)
class LocalModeTest {
    @TempDir
    private Path directory;

    /** Spring Boot keeps the format of a service that ran in this JVM before. */
    @BeforeEach
    void forgetTheFormatOfTheLog() {
        System.clearProperty("CONSOLE_LOG_STRUCTURED_FORMAT");
    }

    private Service start() {
        return Service.start(Map.of("like.local.directory", directory.toString(), "like.sync.interval", "100ms"));
    }

    private static Answer like(Service service, String method, String account) {
        String token =
                service.send("GET", "/local/token?account=" + account, null).body();
        var data = service.data(method, Service.path("아델", "/like"), token);
        return new Answer(data.get("liked").asBoolean(), data.get("likeCount").asLong());
    }

    @Test
    void aLikeIsARowSecondsLaterAndSurvivesARestart() {
        try (Service service = start()) {
            assertThat(like(service, "POST", "me")).isEqualTo(new Answer(true, 1));
            await().untilAsserted(() -> assertThat(
                            service.send("GET", "/local/rows", null).body())
                    .contains("\"userIgn\":\"아델\"")
                    .contains("\"likeCount\":1,\"rows\":1"));
        }
        try (Service service = start()) {
            assertThat(like(service, "PUT", "me")).isEqualTo(new Answer(true, 1));
            assertThat(like(service, "POST", "you")).isEqualTo(new Answer(true, 2));
        }
    }

    @Test
    void theLogEndsWithTheAddressAndTheNextCommand(CapturedOutput output) {
        try (Service service = start()) {
            String log = output.getAll();
            assertThat(log.substring(log.indexOf("Local mode")))
                    .contains(service.address())
                    .contains("curl -X POST")
                    .endsWith("/api/v2/characters/Adele/like\n");
        }
    }

    @Test
    void anOwnCharacterCannotBeLiked() {
        try (Service service = start()) {
            String rows = service.send("GET", "/local/rows", null).body();
            String ocid = rows.replaceAll(".*?\"ocid\":\"([^\"]+)\".*", "$1");
            String token =
                    service.send("GET", "/local/token?ocids=" + ocid, null).body();
            assertThat(service.send("POST", Service.path("Adele", "/like"), token)
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void aFolderMayHaveAnyName() {
        directory = directory.resolve("새 폴더 (1)");
        try (Service service = start()) {
            assertThat(like(service, "POST", "me").liked()).isTrue();
        }
    }

    @Test
    void itListensOnTheLoopbackInterfaceAlone(CapturedOutput output) {
        Throwable failure = catchThrowable(
                () -> Service.start(Map.of("like.local.directory", directory.toString(), "server.address", "0.0.0.0"))
                        .close());
        assertThat(failure).isNotNull();
        assertThat(output).contains("FAILED TO START").contains("server.address");
    }

    @Test
    void aFolderIsUsedByOneProcessAtATime(CapturedOutput output) {
        try (Service service = start()) {
            Throwable failure = catchThrowable(() -> start().close());
            assertThat(failure).isNotNull();
            assertThat(output).contains("FAILED TO START").contains("like.local.directory");
            assertThat(like(service, "POST", "me").liked()).isTrue();
        }
    }

    @Test
    void managementIsOpenBecauseNobodyElseCanReachIt() {
        try (Service service = start()) {
            assertThat(service.send("GET", "/actuator/health", null).body()).contains("\"redis\"");
            assertThat(service.send("GET", "/actuator/prometheus", null).body()).contains("like_drift_total");
        }
    }
}
