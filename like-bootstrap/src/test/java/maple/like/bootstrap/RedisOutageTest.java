package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maple.like.adapter.redis.TestRedis;
import maple.like.application.PartitionState;
import maple.like.bootstrap.Service.Answer;
import maple.like.bootstrap.chaos.Proxy;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** Redis is down or hangs, and returns with its data or without. */
class RedisOutageTest {
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(1);

    /** Generous; what the machine withholds from this process is measured and comes on top. */
    private static final Duration DATABASE_TIME = Duration.ofMillis(700);

    @AutoClose
    private Servers servers;

    private Service a;
    private Service b;

    private void start(TestRedis redis, String... properties) {
        servers = new Servers(redis);
        List<Service> both = servers.startInstances(
                2,
                Stream.concat(Stream.of("like.redis.partitions=2"), Stream.of(properties))
                        .toArray(String[]::new));
        a = both.get(0);
        b = both.get(1);
    }

    /** Every state of both partitions as instance a shows it. */
    private void awaitState(PartitionState state) {
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            for (PartitionState each : PartitionState.values()) {
                assertThat(a.metric("like.partition.state", "state", each.name().toLowerCase(Locale.ROOT)))
                        .as(each.name())
                        .isEqualTo(each == state ? 2 : 0);
            }
            assertThat(a.health("likeSync").at("/details/partitions").toString())
                    .isEqualTo("{\"" + state + "\":2}");
        });
    }

    @Test
    void theDatabaseDecidesWhileRedisIsDownAndRedisLearnsItAfterwards() {
        start(TestRedis.started());
        String name = servers.character("아델");
        a.toggle(name, "account-1");
        a.toggle(name, "account-2");
        await().until(() -> servers.storedCount(name) == 2);
        awaitState(PartitionState.ACTIVE);

        servers.redis.stop();
        assertThat(a.status(name, "account-1")).isEqualTo(new Answer(true, 2));
        assertThat(a.toggle(name, "account-1")).isEqualTo(new Answer(false, 1));
        assertThat(b.toggle(name, "account-3")).isEqualTo(new Answer(true, 2));
        assertThat(b.status(name, "account-1")).isEqualTo(new Answer(false, 2));
        assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("account-2", "account-3");
        assertThat(a.probe("readiness")).isEqualTo(200);
        assertThat(a.metric("like.toggle", "path", "fallback")).isEqualTo(1);
        List<String> names = new ArrayList<>(servers.characters(8, "Other")); // some in either partition
        names.add(name);
        assertThat(b.batch("account-3", names)).hasSize(9).containsEntry(name, new Answer(true, 2));
        awaitState(PartitionState.FAILED_OVER);
        assertThat(b.batch(null, names)).hasSize(9).containsEntry(name, new Answer(false, 2));
        assertThat(a.health("redis").toString()).contains("DOWN", "Connection refused");

        servers.redis.start();
        assertThat(b.toggle(name, "account-1")).isEqualTo(new Answer(true, 3));
        awaitState(PartitionState.ACTIVE);
        assertThat(a.toggle(name, "account-4")).isEqualTo(new Answer(true, 4));
        assertThat(b.batch("account-4", names)).containsEntry(name, new Answer(true, 4));
        assertThat(b.toggle(name, "account-3")).isEqualTo(new Answer(false, 3));
        await().untilAsserted(() -> assertThat(servers.storedLikers(name))
                .containsExactlyInAnyOrder("account-1", "account-2", "account-4"));
        assertThat(servers.storedCount(name)).isEqualTo(3);
        assertThat(a.metric("like.drift") + b.metric("like.drift")).isZero();
    }

    @Test
    void aFullRedisIsDrainedBeforeTheDatabaseDecidesAndTakenBackOnceItHasMemory() {
        start(TestRedis.started(), "like.sync.interval=2s");
        String name = servers.character("Full");
        List<String> accounts =
                IntStream.range(0, 50).mapToObj(i -> "account-" + i).toList();
        accounts.forEach(account -> a.like(name, account));
        servers.redis.commands().configSet("maxmemory", "1");
        int refused = a.change("PUT", name, "another").statusCode();
        assertThat(refused).isIn(200, 503);
        int others = refused == 200 ? 1 : 0;
        accounts.forEach(account -> assertThat(b.status(name, account)).isEqualTo(new Answer(true, 50 + others)));
        await().atMost(Duration.ofSeconds(20)).until(() -> servers.storedCount(name) >= 50);
        await().until(() -> a.change("PUT", name, "another").statusCode() == 200);
        accounts.forEach(account -> assertThat(b.status(name, account)).isEqualTo(new Answer(true, 51)));
        assertThat(b.unlike(name, accounts.get(0))).isEqualTo(new Answer(false, 50));
        assertThat(servers.storedCount(name)).isEqualTo(50);

        servers.redis.commands().configSet("maxmemory", "0");
        servers.characters(8, "Other").forEach(each -> a.status(each, "account-1")); // some in either partition
        awaitState(PartitionState.ACTIVE);
        assertThat(a.toggle(name, "another")).isEqualTo(new Answer(false, 49));
        await().until(() -> servers.storedCount(name) == 49);
        assertThat(servers.miscounted()).isEmpty();
        assertThat(a.metric("like.drift") + b.metric("like.drift")).isZero();
    }

    @Test
    void aRedisThatRefusesWritesHidesNothingOnceTheDatabaseDecides() {
        start(TestRedis.started(), "like.sync.interval=2s");
        String name = servers.character("ReadOnly");
        List<String> accounts =
                IntStream.range(0, 20).mapToObj(i -> "account-" + i).toList();
        accounts.forEach(account -> a.like(name, account));
        servers.redis.commands().configSet("min-replicas-to-write", "1");
        await().until(() -> a.change("PUT", name, "another").statusCode() == 200);
        accounts.forEach(account -> assertThat(b.status(name, account)).isEqualTo(new Answer(true, 21)));
        assertThat(servers.storedCount(name)).isEqualTo(21);

        servers.redis.commands().configSet("min-replicas-to-write", "0");
        awaitState(PartitionState.ACTIVE);
        assertThat(a.toggle(name, "another")).isEqualTo(new Answer(false, 20));
        await().until(() -> servers.storedCount(name) == 20);
        assertThat(servers.miscounted()).isEmpty();
        assertThat(a.metric("like.drift") + b.metric("like.drift")).isZero();
    }

    @Test
    void instancesStartWhileRedisIsDown() {
        TestRedis redis = TestRedis.started();
        redis.stop();
        start(redis);
        String name = servers.character("Early");
        assertThat(a.toggle(name, "account-1")).isEqualTo(new Answer(true, 1));
        assertThat(b.status(name, "account-1")).isEqualTo(new Answer(true, 1));
        assertThat(b.count(name)).isEqualTo(1);
        assertThat(b.probe("readiness")).isEqualTo(200);
        redis.start();
        awaitState(PartitionState.ACTIVE);
        AtomicInteger likes = new AtomicInteger(1);
        await("Redis decides").until(() -> {
            int next = likes.incrementAndGet();
            assertThat(b.toggle(name, "account-" + next)).isEqualTo(new Answer(true, next));
            return b.metric("like.toggle", "path", "redis") > 0;
        });
        await().untilAsserted(() -> assertThat(a.count(name)).isEqualTo(likes.get()));
    }

    @Test
    @Tag("alone")
    void anAnswerTakesTheCommandTimeoutAtMostWhileRedisHangs() throws Exception {
        start(TestRedis.started());
        String name = servers.character("Patience");
        a.toggle(name, "account-0");
        b.toggle(name, "account-0");
        try (Hiccups hiccups = new Hiccups();
                AutoCloseable paused = servers.redis.pause()) {
            for (int i = 1; i <= 30; i++) {
                Service instance = i % 2 == 0 ? a : b;
                String account = "account-" + i;
                Duration withheld = hiccups.total();
                long begun = System.nanoTime();
                switch (i % 3) {
                    case 0 -> instance.count(name);
                    case 1 -> instance.like(name, account); // a toggle under way would be 503
                    default -> instance.status(name, account);
                }
                assertThat(Duration.ofNanos(System.nanoTime() - begun)
                                .minus(hiccups.total())
                                .plus(withheld))
                        .as("call " + i)
                        .isLessThan(i <= 20 ? COMMAND_TIMEOUT.plus(DATABASE_TIME) : DATABASE_TIME);
            }
        }
        awaitState(PartitionState.ACTIVE);
        await().untilAsserted(() -> assertThat(servers.storedCount(name)).isEqualTo(a.count(name)));
        assertThat(servers.miscounted()).isEmpty();
        assertThat(a.metric("like.drift") + b.metric("like.drift")).isZero();
    }

    /** Measures for how long threads that want to run are kept waiting, by one that hardly does anything. */
    private static final class Hiccups implements AutoCloseable {
        private static final long STEP = TimeUnit.MILLISECONDS.toNanos(2);
        private final AtomicLong nanos = new AtomicLong();
        private final Thread thread = new Thread(this::measure, "hiccups");

        Hiccups() {
            thread.start();
        }

        private void measure() {
            long last = System.nanoTime();
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(STEP);
                long now = System.nanoTime();
                nanos.addAndGet(Math.max(0, now - last - STEP));
                last = now;
            }
        }

        Duration total() {
            return Duration.ofNanos(nanos.get());
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }

    @Test
    void anInstanceWhoseConnectionsDieUsesNewOnesAndFailsNothingOver() {
        servers = new Servers();
        Proxy proxy = new Proxy(servers.redis.uri().getPort());
        String timeout = "like.redis.command-timeout=4s"; // a busy machine must not look like an outage
        a = servers.start("app.instance-id=a", timeout, "like.redis.uri=redis://127.0.0.1:" + proxy.port());
        b = servers.start("app.instance-id=b", timeout);
        String name = servers.character("Half-open");
        long likes = 0;
        try (proxy) {
            for (int death = 1; death <= 3; death++) {
                assertThat(a.like(name, "before-" + death)).isEqualTo(new Answer(true, ++likes));
                proxy.drop(); // so that the next change begins with a check under the lock
                await().until(() -> a.health("redis").toString().contains("UP"));
                proxy.die();
                assertThat(a.like(name, "dead-" + death)).isEqualTo(new Answer(true, ++likes));
                assertThat(b.like(name, "other-" + death)).isEqualTo(new Answer(true, ++likes));
                long expected = likes;
                await("the subscription is made anew, too")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> a.count(name) == expected);
            }
        }
        assertThat(a.metric("like.toggle", "path", "fallback") + b.metric("like.toggle", "path", "fallback"))
                .isZero();
        assertThat(servers.sql.queryForObject("select max(epoch) from like_partition", Long.class))
                .as("failovers")
                .isZero();
    }

    @Test
    void aStatusNeverDeniesAnAcknowledgedChangeWhileRedisHangs() throws Exception {
        start(TestRedis.started());
        String name = servers.character("Denied");
        boolean liked = false;
        for (int pause = 0; pause < 3; pause++) {
            liked = !liked;
            change(a, name, liked);
            int stored = liked ? 1 : 0;
            await().until(() -> servers.storedCount(name) == stored); // and so known to the database before the outage
            try (AutoCloseable paused = servers.redis.pause()) {
                assertNotDenied(b, name, liked);
                for (Service changing : List.of(a, b)) {
                    liked = !liked;
                    change(changing, name, liked);
                    assertNotDenied(a, name, liked);
                    assertNotDenied(b, name, liked);
                }
            }
            // Redis works again and learns what the database decided.
            for (int i = 0; i < 20; i++) {
                assertNotDenied(a, name, liked);
                assertNotDenied(b, name, liked);
            }
            awaitState(PartitionState.ACTIVE);
            assertNotDenied(a, name, liked);
        }
    }

    private static void change(Service instance, String name, boolean liked) {
        await().until(() ->
                instance.change(liked ? "PUT" : "DELETE", name, "account-1").statusCode() == 200);
    }

    private static void assertNotDenied(Service instance, String name, boolean liked) {
        HttpResponse<String> status =
                instance.send("GET", Service.path(name, "/like/status"), Service.token("account-1"));
        if (status.statusCode() != 503) {
            assertThat(Service.answerIn(status)).isEqualTo(new Answer(liked, liked ? 1 : 0));
        }
    }

    @Test
    void aRedisThatRestartsFromAnEarlierStateIsRebuilt(@TempDir Path directory) throws IOException {
        Path now = Files.createDirectory(directory.resolve("now"));
        Path earlier = directory.resolve("earlier");
        start(TestRedis.started(now));
        String name = servers.character("Yesterday");
        a.toggle(name, "stays");
        a.toggle(name, "leaves");
        await().untilAsserted(() -> {
            assertThat(servers.storedCount(name)).isEqualTo(2);
            assertThat(servers.redis.commands().keys("*:batch")).isEmpty();
        });
        copy(now, earlier);
        a.toggle(name, "leaves");
        b.toggle(name, "comes");
        await().untilAsserted(() -> assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("stays", "comes"));
        servers.redis.stop();
        copy(earlier, now);
        servers.redis.start();

        assertThat(a.like(name, "comes")).isEqualTo(new Answer(true, 2));
        assertThat(b.unlike(name, "leaves")).isEqualTo(new Answer(false, 2));
        assertThat(b.toggle(name, "new")).isEqualTo(new Answer(true, 3));
        awaitState(PartitionState.ACTIVE);
        assertThat(a.status(name, "leaves")).isEqualTo(new Answer(false, 3));
        assertThat(a.toggle(name, "stays")).isEqualTo(new Answer(false, 2));
        await().untilAsserted(() -> assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("comes", "new"));
        assertThat(a.metric("like.drift") + b.metric("like.drift")).isZero();
    }

    private static void copy(Path from, Path to) throws IOException {
        FileSystemUtils.deleteRecursively(to);
        FileSystemUtils.copyRecursively(from, to);
    }

    @Test
    void nothingAcknowledgedIsLostWhenRedisGoesDownUnderLoad(@TempDir Path directory) {
        start(TestRedis.started(directory));
        try (Load load = Load.ofRetries(servers.characters(6, "Crowd"), a, b).comparing(servers)) {
            for (int outage = 0; outage < 2; outage++) {
                load.awaitMore(200);
                servers.redis.stop();
                load.awaitMore(100);
                servers.redis.start();
                load.awaitMore(50);
            }
            ExpectedLikes expected = load.end();
            awaitState(PartitionState.ACTIVE);
            expected.awaitEverywhere(servers, a, b);
        }
    }
}
