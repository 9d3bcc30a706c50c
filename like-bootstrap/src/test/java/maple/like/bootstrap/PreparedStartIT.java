package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What {@code deploy/prepare} makes of the jar, with the JVM of this build. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the scripts need a Unix shell")
class PreparedStartIT {
    private static final Path PREPARE = Path.of("..", "deploy", "prepare").toAbsolutePath();
    private static final Pattern ADDRESS = Pattern.compile("Address: (http://\\S+)");
    private static final Pattern FROM_CACHE = Pattern.compile("maple\\.like\\.\\S+ source: shared objects file");
    private static final String SOON = "-XX:TieredStopAtLevel=1";
    private static final int SIGTERM = 128 + 15;

    @TempDir
    private Path directory;

    private Process process;

    /** Runs until {@link #stop()}, if not longer. */
    private Path run(String jvmOptions, String... command) throws IOException {
        Path log = Files.createTempFile(directory, "run", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JDK_JAVA_OPTIONS", jvmOptions);
        process = builder.start();
        return log;
    }

    @AfterEach
    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private Path prepare() throws IOException, InterruptedException {
        Path prepared = directory.resolve("prepared");
        Path log = run("", PREPARE.toString(), System.getProperty("packaged.jar"), prepared.toString());
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("ends").isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        return prepared;
    }

    private String address(Path log) {
        return await().atMost(Duration.ofMinutes(3))
                .until(
                        () -> {
                            assertThat(process.isAlive())
                                    .as(Files.readString(log))
                                    .isTrue();
                            Matcher matcher = ADDRESS.matcher(Files.readString(log));
                            return matcher.find() ? matcher.group(1) : "";
                        },
                        address -> !address.isEmpty());
    }

    private static String get(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    void thePreparedServiceStartsFromItsCacheAnswersAndStopsGracefully() throws Exception {
        Path prepared = prepare();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.filter(Files::isDirectory))
                    .as("the training run leaves nothing behind")
                    .containsExactly(prepared);
        }

        Path classes = directory.resolve("classes.log");
        Path log = run(
                SOON + " -Xlog:class+load:file=" + classes,
                prepared.resolve("start").toString(),
                "--server.port=0");
        String address = address(log);
        assertThat(get(address + "/actuator/health/readiness")).contains("\"UP\"");
        assertThat(get(address + "/api/v2/characters/Adele/like/count"))
                .isEqualTo("{\"success\":true,\"data\":{\"likeCount\":0}}");
        assertThat(FROM_CACHE.matcher(Files.readString(classes)).results().count())
                .as("classes of ours that came from the cache")
                .isGreaterThan(50);

        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("the script became the JVM").isEqualTo(SIGTERM);
        assertThat(Files.readString(log)).contains("Graceful shutdown complete");
    }
}
