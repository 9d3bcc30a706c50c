package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import maple.like.adapter.redis.TestRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams of counts of two instances on one Redis, and of one without Redis. */
class LiveCountsTest {
    private static final Duration SOON = Duration.ofMillis(300);

    private static Servers servers;
    private static Service a;
    private static Service b;

    @BeforeAll
    static void start() {
        servers = new Servers();
        a = servers.start("app.instance-id=a", "like.redis.partitions=4");
        b = servers.start("app.instance-id=b", "like.redis.partitions=4");
    }

    @AfterAll
    static void stop() {
        a.close();
        b.close();
        servers.close();
    }

    /** A client that reads all that it is sent. */
    private static final class Client implements AutoCloseable {
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();
        final HttpResponse<InputStream> response;
        volatile boolean ended;

        Client(Service service, String... names) {
            String query = String.join(
                    "&userIgn=",
                    List.of(names).stream()
                            .map(name -> java.net.URLEncoder.encode(name, StandardCharsets.UTF_8))
                            .toList());
            HttpRequest request = service.request("GET", "/api/v2/characters/likes/stream?userIgn=" + query)
                    .header("Accept", "text/event-stream")
                    .build();
            try {
                response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            thread.execute(this::read);
        }

        private void read() {
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                String line;
                while ((line = reader.readLine()) != null) {
                    lines.add(line);
                }
            } catch (IOException broken) {
                // has ended
            }
            ended = true;
        }

        /** The counts that arrived of a character. */
        List<Long> counts(String name) {
            String prefix = "data: {\"userIgn\":\"" + name + "\",\"likeCount\":";
            return lines.stream()
                    .filter(line -> line.startsWith(prefix))
                    .map(line -> Long.valueOf(line.substring(prefix.length(), line.length() - 1)))
                    .toList();
        }

        void awaitCount(String name, long count, Duration limit) {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(2))
                    .atMost(limit)
                    .until(() -> {
                        List<Long> counts = counts(name);
                        return !counts.isEmpty() && counts.get(counts.size() - 1) == count;
                    });
        }

        @Override
        public void close() {
            try {
                response.body().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            thread.shutdownNow();
        }
    }

    @Test
    void aStreamBeginsWithASnapshotAndShowsEachChangeOfAnyInstanceSoon() {
        String name = servers.character("아델 2");
        String other = servers.character("Other live");
        a.toggle(name, "account-0");
        try (Client ofA = new Client(a, name, "Unknown live", other);
                Client ofB = new Client(b, other, name)) {
            assertThat(ofA.response.statusCode()).isEqualTo(200);
            assertThat(ofA.response.headers().map())
                    .containsEntry("content-type", List.of("text/event-stream;charset=UTF-8"))
                    .containsEntry("cache-control", List.of("no-store"))
                    .containsEntry("x-accel-buffering", List.of("no"))
                    .containsKey("x-request-id");
            ofA.awaitCount(name, 1, Duration.ofSeconds(5));
            ofA.awaitCount(other, 0, Duration.ofSeconds(5));
            ofB.awaitCount(name, 1, Duration.ofSeconds(5));
            assertThat(ofA.lines).contains("event: unknown", "data: {\"userIgn\":\"Unknown live\"}", "event: count");
            assertThat(ofA.lines.peek()).matches("retry: [1-4][0-9]{3}");
            for (int i = 1; i <= 5; i++) {
                long expected =
                        (i % 2 == 0 ? a : b).toggle(name, "account-" + i).likeCount();
                ofA.awaitCount(name, expected, SOON.multipliedBy(3)); // the machine may be busy
                ofB.awaitCount(name, expected, SOON.multipliedBy(3));
            }
            assertThat(ofA.counts(other)).containsExactly(0L);
            assertThat(a.metric("like.live.streams")).isEqualTo(1);
            assertThat(a.metric("like.live.sent")).isGreaterThanOrEqualTo(7);
        }
        await().until(() -> a.metric("like.live.streams") == 0);
        assertThat(a.metric("like.live.closed", "reason", "client")).isPositive();
    }

    @Test
    void aCharacterThatChangesAllTheTimeIsSentAFewTimesInASecondAndItsLastCountArrives() {
        String name = servers.character("Busy live");
        try (Client client = new Client(b, name)) {
            client.awaitCount(name, 0, Duration.ofSeconds(5));
            long begun = System.nanoTime();
            IntStream.rangeClosed(1, 300).forEach(i -> (i % 2 == 0 ? a : b).like(name, "account-" + i));
            client.awaitCount(name, 300, Duration.ofSeconds(5));
            double seconds = (System.nanoTime() - begun) / 1e9;
            assertThat(client.counts(name)).isSorted().hasSizeLessThanOrEqualTo((int) (5 * seconds) + 3);
        }
    }

    @Test
    void anEventThatIsLostOnABrokenSubscriptionIsMadeUpFor() {
        String name = servers.character("Lost live");
        try (Client client = new Client(b, name)) {
            client.awaitCount(name, 0, Duration.ofSeconds(5));
            servers.redis.commands().clientKill(KillArgs.Builder.typePubsub());
            a.toggle(name, "account-1");
            client.awaitCount(name, 1, Duration.ofSeconds(10));
        }
    }

    @Test
    void streamsBeyondTheLimitAreRefusedAndAStopEndsThose() {
        String name = servers.character("Few live");
        List<Client> clients = new ArrayList<>();
        Service few = servers.start("app.instance-id=few", "like.redis.partitions=4", "like.live.max-streams=3");
        try {
            for (int i = 0; i < 3; i++) {
                clients.add(new Client(few, name));
            }
            HttpResponse<String> refused = few.get("/api/v2/characters/likes/stream?userIgn=" + "Few+live");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("LIKES_UNAVAILABLE", "Too many streams");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(few.metric("like.live.refused")).isEqualTo(1);
            clients.get(0).close();
            await().until(() -> few.metric("like.live.streams") == 2);
            clients.add(new Client(few, name));
            clients.get(3).awaitCount(name, 0, Duration.ofSeconds(5));
        } finally {
            long begun = System.nanoTime();
            few.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
        }
        await().until(() -> clients.stream().skip(1).allMatch(client -> client.ended));
        clients.forEach(Client::close);
    }

    @Test
    void namesAreNeededAndOneOfThemMustBeKnown() {
        String path = "/api/v2/characters/likes/stream";
        assertThat(a.get(path).body()).contains("INVALID_REQUEST");
        assertThat(a.get(path + "?userIgn=Unknown+live").body()).contains("CHARACTER_NOT_FOUND");
        assertThat(a.get(path + "?userIgn=%07").body()).contains("INVALID_CHARACTER_NAME");
        HttpResponse<String> head = a.send("HEAD", path + "?userIgn=" + servers.character("HeadLive"), null);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Type")).contains("text/event-stream;charset=UTF-8");
        assertThat(a.metric("like.live.streams")).isZero();
    }

    @Test
    void everyInstanceShowsTheChangesOfAllWhileRedisIsDownAndWhatRedisKnewOnceItIsBack(@TempDir Path redis) {
        try (Servers own = new Servers(TestRedis.started(redis))) {
            List<Service> both = own.startInstances(2, "like.sync.interval=1s");
            String name = own.character("Outage live");
            try (Client client = new Client(both.get(1), name)) {
                both.get(0).toggle(name, "account-1");
                both.get(0).toggle(name, "account-2");
                client.awaitCount(name, 2, Duration.ofSeconds(5));
                own.redis.stop(); // nearly always before these are stored
                for (int i = 3; i <= 5; i++) {
                    long count = both.get(i % 2).toggle(name, "account-" + i).likeCount();
                    client.awaitCount(name, count, Duration.ofSeconds(5));
                }
                own.redis.start();
                client.awaitCount(name, 5, Duration.ofSeconds(30));
            }
        }
    }

    @Test
    void memoryWithoutRedisShowsItsChangesOverHttp2Too() {
        try (Servers alone = Servers.with("");
                Service service = Service.start(alone.configuration(
                        "like.buffer.strategy=in-memory", "like.redis.uri=", "server.http2.enabled=true"))) {
            String name = alone.character("Memory live");
            try (Client client = new Client(service, name)) {
                assertThat(client.response.version()).isEqualTo(HttpClient.Version.HTTP_2);
                for (int i = 1; i <= 3; i++) {
                    service.toggle(name, "account-" + i);
                    client.awaitCount(name, i, Duration.ofSeconds(5));
                }
            }
            await().until(() -> {
                service.toggle(name, "account-4"); // noticed when something is sent
                return service.metric("like.live.streams") == 0;
            });
        }
    }
}
