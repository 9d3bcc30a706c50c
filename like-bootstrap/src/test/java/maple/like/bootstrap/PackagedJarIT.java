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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar, run by itself without arguments. */
class PackagedJarIT {
    private static final Path JAR = Path.of(System.getProperty("packaged.jar"));
    private static final Pattern ADDRESS = Pattern.compile("Address: (http://\\S+)");

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;
    private String address;

    private void start() throws IOException {
        Path log = Files.createTempFile(directory, "run", ".log");
        ProcessBuilder builder = new ProcessBuilder(TestJvm.command("-jar", JAR.toString()))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("SERVER_PORT", "0");
        process = builder.start();
        await().atMost(Duration.ofMinutes(3)).until(() -> {
            assertThat(process.isAlive())
                    .as(() -> "runs; its log: " + read(log))
                    .isTrue();
            Matcher matcher = ADDRESS.matcher(read(log));
            boolean found = matcher.find();
            if (found) {
                address = matcher.group(1);
            }
            return found;
        });
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private String send(String method, String path, String token) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create(address + path))
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private String token() throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create(address + "/local/token"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    @Test
    void whatWasLikedAndAcknowledgedIsStillLikedAfterAKillAndAfterAStop() throws Exception {
        start();
        assertThat(send("POST", "/api/v2/characters/Adele/like", token()))
                .isEqualTo("{\"success\":true,\"data\":{\"liked\":true,\"likeCount\":1}}");
        process.destroyForcibly().waitFor();

        start(); // stops the Redis that was left behind
        assertThat(send("GET", "/api/v2/characters/Adele/like/status", token()))
                .isEqualTo("{\"success\":true,\"data\":{\"liked\":true,\"likeCount\":1}}");
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

        start();
        assertThat(send("GET", "/local/rows", token())).contains("\"likeCount\":1,\"rows\":1");
        assertThat(send("PUT", "/api/v2/characters/Adele/like", token()))
                .isEqualTo("{\"success\":true,\"data\":{\"liked\":true,\"likeCount\":1}}");
    }
}
