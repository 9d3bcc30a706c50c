package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import maple.like.application.contract.Workers;
import maple.like.bootstrap.Service.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged jar, started, killed and stopped as a person or an orchestrator does. */
class PackagedJarIT {
    private static final int CLIENTS = 8;
    private static final int SIGTERM = 128 + 15;

    @TempDir
    private Path directory;

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Queue<String> unanswered = new ConcurrentLinkedQueue<>();

    @Test
    void aLikeInLocalModeSurvivesAKill() throws Exception {
        try (PackagedJar jar = PackagedJar.run(directory, Map.of())) {
            assertThat(change(jar, "POST")).isEqualTo(new Answer(true, 1));
            jar.kill();
        }
        try (PackagedJar jar = PackagedJar.run(directory, Map.of())) { // stops the Redis that was left behind
            assertThat(change(jar, "PUT")).isEqualTo(new Answer(true, 1));
            await().untilAsserted(() ->
                    assertThat(jar.send("GET", "/local/rows", null).body()).contains("\"likeCount\":1,\"rows\":1"));
        }
    }

    private static Answer change(PackagedJar jar, String method) {
        String token = jar.send("GET", "/local/token", null).body();
        HttpResponse<String> response = jar.send(method, "/api/v2/characters/Adele/like", token);
        return Service.answerIn(response);
    }

    /** Nothing is flushed before the stop. */
    @ParameterizedTest
    @ValueSource(strings = {"redis", "in-memory"})
    void aStopAnswersRequestsUnderWayAndStoresEveryAcknowledgedLike(String strategy) throws Exception {
        try (Servers servers = new Servers();
                Workers workers = new Workers()) {
            String name = servers.character("Adele");
            Map<String, String> properties = servers.configuration(
                    "like.sync.interval=1h",
                    "like.buffer.strategy=" + strategy,
                    "like.buffer.flush-interval=1h",
                    "like.redis.uri=" + (strategy.equals("redis") ? servers.redis.uri() : ""));
            try (PackagedJar jar = PackagedJar.run(directory, properties)) {
                int port = jar.awaitPort();
                if (strategy.equals("in-memory")) {
                    assertSecondInstanceFails(properties);
                }
                List<Future<Void>> clients = IntStream.range(0, CLIENTS)
                        .mapToObj(client -> workers.begin(() -> likeUntilRefused(port, name, client)))
                        .toList();
                await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() > 200);
                assertThat(servers.storedLikers(name)).isEmpty();
                jar.stop();
                assertThat(jar.awaitExit()).isEqualTo(SIGTERM);
                clients.forEach(Workers::resultOf);
                // HTTP's own race: a client may reuse an idle connection at the moment in which it is closed.
                assertThat(unanswered).as(jar::log).hasSizeLessThanOrEqualTo(1);
            }
            assertThat(Set.copyOf(servers.storedLikers(name))).containsAll(acknowledged);
            assertThat(servers.miscounted()).isEmpty();
            assertThat(servers.redis.commands().keys("{likes}:*"))
                    .doesNotContain(
                            "{likes}:batch",
                            "{likes}:relations:pending",
                            "{likes}:relations:unliked",
                            "{likes}:buffer");
        }
    }

    private void assertSecondInstanceFails(Map<String, String> properties) throws InterruptedException {
        try (PackagedJar second = PackagedJar.run(directory, properties)) {
            assertThat(second.awaitExit()).isEqualTo(1);
            assertThat(second.log()).contains("APPLICATION FAILED TO START", "like.buffer.strategy=in-memory");
        }
    }

    /** A client that keeps its connection as long as the server does, and ends when a new one is refused. */
    private Void likeUntilRefused(int port, String name, int client) throws IOException {
        try (RawHttp http = new RawHttp(port)) {
            boolean isNew = true;
            for (int i = 0; ; i++) {
                String account = "account-" + client + "-" + i;
                String request = "PUT " + Service.path(name, "/like") + " HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Length: 0\r\nAuthorization: Bearer " + Service.token(account) + "\r\n\r\n";
                try {
                    RawHttp.Answer answer = http.send(request);
                    assertThat(answer.status()).isEqualTo(200);
                    acknowledged.add(account);
                    isNew = answer.headers().getOrDefault("connection", "").contains("close");
                } catch (ConnectException refused) {
                    return null;
                } catch (IOException e) {
                    // A new connection may still be in the backlog of the port that closes: it was never read.
                    if (!isNew) {
                        unanswered.add(account + ": " + e);
                    }
                    return null;
                }
            }
        }
    }
}
