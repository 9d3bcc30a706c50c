package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import maple.like.adapter.redis.TestRedis;
import maple.like.application.contract.Workers;
import maple.like.bootstrap.Service.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** Redis goes away, and comes back with what it knew or without. */
@Tag("alone")
class RedisOutageTest {
    /** Generous: machines that run tests are busy. */
    private static final Duration DATABASE_TIME = Duration.ofMillis(700);

    private Servers servers;
    private Service a;
    private Service b;

    private void start(TestRedis redis) {
        servers = new Servers(redis);
        a = start("a");
        b = start("b");
    }

    private Service start(String instanceId) {
        Map<String, String> properties = servers.configuration();
        properties.put("app.instance-id", instanceId);
        properties.put("like.redis.partitions", "2");
        return Service.start(properties);
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
        servers.close();
    }

    private void awaitRedisDecides() {
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            assertThat(servers.detachedPartitions()).isZero();
            assertThat(servers.redis.commands().keys("*:complete")).hasSize(2);
        });
    }

    @Test
    void theDatabaseAnswersWhileRedisIsAwayAndRedisIsToldWhenItIsBack() {
        start(TestRedis.started());
        String name = servers.character("아델");
        a.toggle(name, "account-1");
        a.toggle(name, "account-2");
        await().until(() -> servers.storedCount(name) == 2);

        servers.redis.stop();
        assertThat(a.status(name, "account-1")).isEqualTo(new Answer(true, 2));
        assertThat(a.toggle(name, "account-1")).isEqualTo(new Answer(false, 1));
        assertThat(b.toggle(name, "account-3")).isEqualTo(new Answer(true, 2));
        assertThat(b.status(name, "account-1")).isEqualTo(new Answer(false, 2));
        assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("account-2", "account-3");
        assertThat(a.send("GET", "/actuator/health/readiness", null).statusCode())
                .isEqualTo(200);

        servers.redis.start();
        assertThat(b.toggle(name, "account-1")).isEqualTo(new Answer(true, 3));
        awaitRedisDecides();
        assertThat(a.toggle(name, "account-4")).isEqualTo(new Answer(true, 4));
        assertThat(b.toggle(name, "account-3")).isEqualTo(new Answer(false, 3));
        await().untilAsserted(() -> assertThat(servers.storedLikers(name))
                .containsExactlyInAnyOrder("account-1", "account-2", "account-4"));
        assertThat(servers.storedCount(name)).isEqualTo(3);
        assertThat(a.metric("like.drift") + b.metric("like.drift")).isZero();
    }

    @Test
    void instancesStartWhileRedisIsAway() {
        TestRedis redis = TestRedis.started();
        redis.stop();
        start(redis);
        String name = servers.character("Early");
        assertThat(a.toggle(name, "account-1")).isEqualTo(new Answer(true, 1));
        assertThat(b.status(name, "account-1")).isEqualTo(new Answer(true, 1));
        assertThat(b.count(name)).isEqualTo(1);
        assertThat(b.send("GET", "/actuator/health/readiness", null).statusCode())
                .isEqualTo(200);
        redis.start();
        awaitRedisDecides();
        assertThat(b.toggle(name, "account-2")).isEqualTo(new Answer(true, 2));
        await().untilAsserted(() -> assertThat(a.count(name)).isEqualTo(2));
        assertThat(a.timed("like.toggle", "path", "fallback")).isEqualTo(1);
        assertThat(b.timed("like.toggle", "path", "redis")).isEqualTo(1);
    }

    @Test
    void noAnswerTakesLongerThanTheCommandTimeoutWhileRedisHangs() throws Exception {
        start(TestRedis.started());
        String name = servers.character("Patience");
        a.toggle(name, "account-0");
        b.toggle(name, "account-0");
        Duration most = Duration.ZERO;
        Duration mostLater = Duration.ZERO;
        try (AutoCloseable paused = servers.redis.pause()) {
            for (int i = 1; i <= 30; i++) {
                Service instance = i % 2 == 0 ? a : b;
                String account = "account-" + i;
                long begun = System.nanoTime();
                switch (i % 3) {
                    case 0 -> instance.count(name);
                    case 1 -> instance.toggle(name, account);
                    default -> instance.status(name, account);
                }
                Duration took = Duration.ofNanos(System.nanoTime() - begun);
                most = took.compareTo(most) > 0 ? took : most;
                if (i > 20) {
                    mostLater = took.compareTo(mostLater) > 0 ? took : mostLater;
                }
            }
        }
        System.out.println("longest answer while Redis hung: " + most + ", later " + mostLater);
        assertThat(most).isLessThan(Duration.ofSeconds(1).plus(DATABASE_TIME));
        assertThat(mostLater).isLessThan(DATABASE_TIME);
        awaitRedisDecides();
        await().untilAsserted(() -> assertThat(servers.storedCount(name)).isEqualTo(a.count(name)));
        assertThat(servers.miscounted()).isEmpty();
        assertThat(a.metric("like.drift") + b.metric("like.drift")).isZero();
    }

    @Test
    void aRedisThatComesBackFromAnEarlierStateIsBroughtInStepWithTheDatabase(@TempDir Path directory)
            throws IOException {
        Path now = directory.resolve("now");
        Path earlier = directory.resolve("earlier");
        Files.createDirectory(now);
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

        assertThat(a.answer("PUT", name, "/like", "comes")).isEqualTo(new Answer(true, 2));
        assertThat(b.answer("DELETE", name, "/like", "leaves")).isEqualTo(new Answer(false, 2));
        assertThat(b.toggle(name, "new")).isEqualTo(new Answer(true, 3));
        awaitRedisDecides();
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
    void nothingAcknowledgedIsLostWhenRedisGoesAwayUnderLoad(@TempDir Path directory) {
        start(TestRedis.started(directory));
        List<String> names = IntStream.range(0, 6)
                .mapToObj(i -> servers.character("Crowd" + i))
                .toList();
        long seed = System.nanoTime();
        System.out.println("seed of the load: " + seed);
        Map<String, Set<String>> expected = new ConcurrentHashMap<>();
        names.forEach(name -> expected.put(name, ConcurrentHashMap.newKeySet()));
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        try (Workers workers = new Workers()) {
            Future<Integer> auditor = workers.begin(() -> {
                int looks = 0;
                for (; !over.get(); looks++) {
                    assertThat(servers.miscounted()).isEmpty();
                }
                return looks;
            });
            List<Future<Void>> clients = IntStream.range(0, 6)
                    .mapToObj(client -> workers.<Void>begin(() -> {
                        Random random = new Random(seed + client);
                        while (!over.get()) {
                            String name = names.get(random.nextInt(names.size()));
                            String account = "account-" + client + "-" + random.nextInt(3);
                            String method = random.nextBoolean() ? "PUT" : "DELETE";
                            // Repeated until it is answered, as clients do with calls that are safe to repeat.
                            Service instance = random.nextBoolean() ? a : b;
                            while (instance.send(method, Service.path(name, "/like"), Service.token(account))
                                            .statusCode()
                                    != 200) {
                                failed.incrementAndGet();
                            }
                            acknowledged.incrementAndGet();
                            if (method.equals("PUT")) {
                                expected.get(name).add(account);
                            } else {
                                expected.get(name).remove(account);
                            }
                        }
                        return null;
                    }))
                    .toList();
            for (int outage = 0; outage < 2; outage++) {
                awaitMore(acknowledged, 300);
                servers.redis.stop();
                awaitMore(acknowledged, 200);
                servers.redis.start();
                awaitMore(acknowledged, 100);
            }
            over.set(true);
            clients.forEach(Workers::resultOf);
            Workers.resultOf(auditor);
        }
        awaitRedisDecides();
        Map<String, Set<String>> stored = new HashMap<>();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            names.forEach(name -> stored.put(name, new HashSet<>(servers.storedLikers(name))));
            assertThat(stored).isEqualTo(expected);
        });
        for (String name : names) {
            assertThat(a.count(name)).isEqualTo(expected.get(name).size());
            assertThat(b.count(name)).isEqualTo(expected.get(name).size());
        }
        System.out.println(acknowledged + " acknowledged, " + failed + " had to be repeated");
    }

    private static void awaitMore(AtomicInteger acknowledged, int more) {
        int goal = acknowledged.get() + more;
        await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.get() >= goal);
    }
}
