package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar with {@code like.buffer.strategy=in-memory}, beside a real PostgreSQL and nothing else. */
class PackagedMemoryIT {
    @TempDir
    private Path directory;

    private final Servers servers = new Servers();
    private final List<Process> processes = new ArrayList<>();

    private PackagedJar start(String flushInterval) throws IOException {
        Map<String, String> properties = servers.configuration();
        properties.remove("like.redis.uri");
        properties.put("like.buffer.strategy", "in-memory");
        properties.put("like.buffer.flush-interval", flushInterval);
        PackagedJar jar = PackagedJar.start(properties, Files.createTempFile(directory, "run", ".log"));
        processes.add(jar.process());
        return jar;
    }

    private PackagedJar started(String flushInterval) throws IOException {
        PackagedJar jar = start(flushInterval);
        await().atMost(Duration.ofSeconds(180)).until(() -> {
            assertThat(jar.process().isAlive())
                    .as(() -> "runs; its log: " + read(jar))
                    .isTrue();
            return jar.isUp();
        });
        return jar;
    }

    private static String read(PackagedJar jar) {
        try {
            return Files.readString(jar.log());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void stop(PackagedJar jar) throws InterruptedException {
        jar.process().destroy();
        assertThat(jar.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private static void like(PackagedJar jar, String name, String account, int likeCount) throws IOException {
        assertThat(jar.send("PUT", Service.path(name, "/like"), account).body())
                .isEqualTo("{\"success\":true,\"data\":{\"liked\":true,\"likeCount\":" + likeCount + "}}");
    }

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
        servers.close();
    }

    @Test
    void whatMemoryAcknowledgedIsStoredAfterAnIntervalAndByAStop() throws Exception {
        String name = servers.character("Adele");
        PackagedJar jar = started("500ms");
        like(jar, name, "one", 1);
        await().atMost(Duration.ofSeconds(10)).until(() -> servers.storedCount(name) == 1);

        PackagedJar second = start("500ms");
        assertThat(second.process().waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(second.process().exitValue()).isEqualTo(1);
        assertThat(read(second)).contains("APPLICATION FAILED TO START", "like.buffer.strategy=in-memory");
        like(jar, name, "two", 2);
        stop(jar);

        PackagedJar next = started("1h");
        like(next, name, "three", 3);
        like(next, name, "four", 4);
        assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("one", "two");
        stop(next);
        assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("one", "two", "three", "four");
        assertThat(servers.storedCount(name)).isEqualTo(4);
    }
}
