package maple.like.bench.redis;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.adapter.redis.RedisSettings;
import maple.like.adapter.redis.TestRedis;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.Workers;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What each level of durability costs: toggles through the adapter against a Redis with that level, all levels in turns,
 * several rounds. Prints medians, and the ratio to a Redis that persists nothing. Not a test: {@code bench/durability}
 * runs it.
 */
class DurabilityBenchmark {
    private static final int THREADS = 16;
    private static final int ROUNDS = 5;
    private static final Duration ROUND = Duration.ofSeconds(3);

    private interface Level {
        long round() throws Exception;
    }

    @Test
    void compare(@TempDir Path directory) throws Exception {
        List<TestRedis> servers = new ArrayList<>();
        Map<String, Level> levels = new LinkedHashMap<>();
        for (String fsync : new String[] {"none", "everysec", "always"}) {
            TestRedis redis = persisting(directory, fsync);
            servers.add(redis);
            levels.put("append-only file: " + fsync, level(redis, 0));
        }
        TestRedis primary = persisting(directory, "everysec-with-replica");
        TestRedis replica = TestRedis.started();
        replica.commands().replicaof("127.0.0.1", primary.uri().getPort());
        while (!primary.commands().info("replication").contains("state=online")) {
            Thread.onSpinWait();
        }
        servers.addAll(List.of(primary, replica));
        levels.put("append-only file: everysec, and one replica confirms (WAIT)", level(primary, 1));

        Map<String, long[]> results = new LinkedHashMap<>();
        levels.keySet().forEach(name -> results.put(name, new long[ROUNDS]));
        for (int round = -1; round < ROUNDS; round++) {
            for (Map.Entry<String, Level> level : levels.entrySet()) {
                long perSecond = level.getValue().round();
                if (round >= 0) {
                    results.get(level.getKey())[round] = perSecond;
                }
            }
        }
        long fastest = median(results.get("append-only file: none"));
        System.out.println("| level | toggles per second | of a Redis that persists nothing |");
        System.out.println("|---|---|---|");
        results.forEach((name, perSecond) -> System.out.printf(
                "| %s | %,d (%,d to %,d) | %.2f |%n",
                name,
                median(perSecond),
                Arrays.stream(perSecond).min().orElse(0),
                Arrays.stream(perSecond).max().orElse(0),
                (double) median(perSecond) / fastest));
        servers.forEach(TestRedis::close);
    }

    private static TestRedis persisting(Path directory, String fsync) throws IOException {
        if (fsync.equals("none")) {
            return TestRedis.started();
        }
        TestRedis redis = TestRedis.started(Files.createDirectory(directory.resolve(fsync)));
        redis.commands().configSet("appendfsync", fsync.startsWith("everysec") ? "everysec" : "always");
        return redis;
    }

    private static Level level(TestRedis redis, int replicas) {
        InMemoryLedger store = new InMemoryLedger();
        GameCharacter character = Fresh.character();
        store.register(character);
        RedisAdapter adapter = RedisAdapter.connect(
                new RedisSettings(redis.uri(), Duration.ofSeconds(5), Duration.ofMinutes(30), replicas),
                new LikePartitions(1),
                new SimpleMeterRegistry());
        store.reconcile(adapter.pendingLikes());
        LikeToggle likes = adapter.likeToggle(store);
        return () -> {
            long end = System.nanoTime() + ROUND.toNanos();
            List<Future<Integer>> clients = new ArrayList<>();
            long toggles = 0;
            try (Workers workers = new Workers()) {
                for (int i = 0; i < THREADS; i++) {
                    AccountId account = Fresh.account();
                    clients.add(workers.begin(() -> {
                        int done = 0;
                        for (; System.nanoTime() < end; done++) {
                            likes.apply(account, character, LikeIntent.TOGGLE);
                        }
                        return done;
                    }));
                }
                for (Future<Integer> client : clients) {
                    toggles += Workers.resultOf(client);
                }
            }
            return toggles / ROUND.toSeconds();
        };
    }

    private static long median(long[] values) {
        return Arrays.stream(values)
                .sorted()
                .skip(values.length / 2)
                .findFirst()
                .orElse(0);
    }
}
