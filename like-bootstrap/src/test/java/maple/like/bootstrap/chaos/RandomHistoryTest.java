package maple.like.bootstrap.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import maple.like.adapter.redis.TestRedis;
import maple.like.bootstrap.chaos.Operation.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random calls and random faults. The seed determines both, but not the scheduling of threads and processes: the same
 * seed does the same again, and need not find the same.
 */
class RandomHistoryTest {
    private static final Path LOGS = Path.of("target", "chaos").toAbsolutePath();
    private static final int INSTANCES = 3;

    @Test
    void everyAnswerFollowsFromWhatWasAcknowledgedBeforeDespiteFaults(@TempDir Path redisData) throws Exception {
        long seed = Long.getLong("chaos.seed", new Random().nextLong());
        Duration length =
                Duration.ofSeconds(Math.round(60 * Double.parseDouble(System.getProperty("chaos.minutes", "0.33"))));
        List<Fault.Kind> kinds = Fault.Kind.named(System.getProperty("chaos.faults", ""));
        System.out.printf("Random history with -Dchaos.seed=%d, %d s; logs in %s%n", seed, length.toSeconds(), LOGS);
        TestRedis redis = TestRedis.started(redisData);
        List<Proxy> proxies = Stream.generate(() -> new Proxy(redis.uri().getPort()))
                .limit(INSTANCES)
                .toList();
        try (redis;
                Deployment deployment = new Deployment(
                        2,
                        INSTANCES,
                        number -> "redis://127.0.0.1:" + proxies.get(number).port(),
                        Map.of(),
                        LOGS);
                Faults faults = new Faults(deployment, redis, redisData, proxies)) {
            deployment.clients.begin(seed);
            faults.run(kinds, seed, length.toNanos());
            deployment.awaitRedisDecides();
            deployment.continueFor(Duration.ofSeconds(3)); // calls that show lost events and late effects
            List<Operation> operations = deployment.clients.end();
            assertThat(operations).hasSizeGreaterThan(100);
            assertThat(operations)
                    .as("outcomes of POSTs with a key")
                    .noneMatch(each -> each.kind() == Kind.TOGGLE_ONCE && each.isOpen());
            try (TestRedis connected = TestRedis.at(redis.uri())) {
                deployment.assertClean(
                        "Seed " + seed,
                        operations,
                        faults.faults(),
                        character -> faults.losses(),
                        key -> connected.commands());
            }
        } finally {
            proxies.forEach(Proxy::close);
        }
    }
}
