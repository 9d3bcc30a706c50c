package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What {@code deploy/prepare} makes of the jar, with the JVM of this build. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the scripts need a Unix shell")
class PreparedStartIT {
    private static final Path PREPARE = Path.of("..", "deploy", "prepare").toAbsolutePath();
    private static final Pattern FROM_CACHE = Pattern.compile("maple\\.like\\.\\S+ source: shared objects file");
    private static final int SIGTERM = 128 + 15;

    @TempDir
    private Path directory;

    private PackagedJar run(String jvmOptions, String... command) {
        Map<String, String> environment =
                Map.of("JAVA_HOME", System.getProperty("java.home"), "JDK_JAVA_OPTIONS", jvmOptions);
        return PackagedJar.run(directory, environment, List.of(command));
    }

    @Test
    void thePreparedServiceStartsFromItsCacheAnswersAndStopsGracefully() throws Exception {
        Path prepared = directory.resolve("prepared");
        try (PackagedJar preparation = run("", PREPARE.toString(), PackagedJar.FILE, prepared.toString())) {
            assertThat(preparation.awaitExit()).as(preparation::log).isZero();
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.filter(Files::isDirectory))
                    .as("the training run leaves nothing behind")
                    .containsExactly(prepared);
        }

        Path classes = directory.resolve("classes.log");
        String start = prepared.resolve("start").toString();
        try (PackagedJar jar =
                run("-XX:TieredStopAtLevel=1 -Xlog:class+load:file=" + classes, start, "--server.port=0")) {
            assertThat(jar.send("GET", "/api/v2/characters/Adele/like/count", null)
                            .body())
                    .isEqualTo("{\"success\":true,\"data\":{\"likeCount\":0}}");
            assertThat(FROM_CACHE.matcher(Files.readString(classes)).results().count())
                    .as("classes of ours that came from the cache")
                    .isGreaterThan(50);
            jar.stop();
            assertThat(jar.awaitExit()).as("the script became the JVM").isEqualTo(SIGTERM);
            assertThat(jar.log()).contains("Graceful shutdown complete");
        }
    }
}
