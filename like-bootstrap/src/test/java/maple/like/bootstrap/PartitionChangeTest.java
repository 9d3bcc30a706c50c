package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import maple.like.adapter.redis.TestCluster;
import maple.like.domain.LikeKeys;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The whole service on a Redis Cluster: the number of partitions changes, and a wrong address is reported. */
@ExtendWith(OutputCaptureExtension.class)
class PartitionChangeTest {
    private static final LikePartitions BEFORE = new LikePartitions(4);
    private static final LikePartitions AFTER = new LikePartitions(8);

    @AutoClose
    private final TestCluster cluster = TestCluster.started();

    @AutoClose
    private final Servers servers = Servers.with(cluster.uri());

    private final Random random = new Random(7);

    private static String partitions(LikePartitions partitions) {
        return "like.redis.partitions=" + partitions.count();
    }

    private void toggle(Service service, ExpectedLikes expected, String name) {
        String account = "account-" + random.nextInt(40);
        assertThat(service.status(name, account)).isEqualTo(expected.status(name, account));
        assertThat(service.toggle(name, account)).isEqualTo(expected.toggle(name, account));
    }

    @Test
    void theNumberOfPartitionsChangesAsTheDocumentationDescribes() {
        List<String> names = servers.characters(6, "캐릭터");
        ExpectedLikes expected = new ExpectedLikes(names);
        try (Service service = servers.start(partitions(BEFORE))) {
            for (int i = 0; i < 200; i++) {
                toggle(service, expected, names.get(random.nextInt(names.size())));
            }
        }

        // 1. All instances are stopped. Nothing is pending.
        BEFORE.all()
                .mapToObj(BEFORE::keys)
                .forEach(keys -> assertThat(redis(keys).exists(keys.pending(), keys.unliked(), keys.batch()))
                        .isZero());
        assertThat(servers.sql.queryForObject("select count(*) from like_fallback", Long.class))
                .isZero();
        // 2. Redis loses the likes, on every master.
        cluster.masterCommands().forEach(node -> node.keys("{likes*").forEach(node::unlink));
        // 3. The database loses the division.
        servers.sql.update("delete from like_partition");

        // 4. Instances start with the new number, and answer exactly from the first call on.
        List<Service> instances = servers.startInstances(2, partitions(AFTER));
        try (Service a = instances.get(0);
                Service b = instances.get(1)) {
            for (String name : names) {
                assertThat(a.count(name)).isEqualTo(expected.count(name));
                for (int i = 0; i < 10; i++) {
                    toggle(b, expected, name);
                }
            }
            await("the end of the warm-up")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> AFTER.all()
                            .mapToObj(AFTER::keys)
                            .allMatch(keys -> redis(keys).exists(keys.complete()) == 1));
            expected.awaitEverywhere(servers, a, b);
        }
        Set<String> inRedis = AFTER.all()
                .mapToObj(AFTER::keys)
                .flatMap(keys -> redis(keys).smembers(keys.relations()).stream())
                .collect(Collectors.toSet());
        assertThat(inRedis).isEqualTo(expected.relations());
    }

    private RedisCommands<String, String> redis(LikeKeys keys) {
        return cluster.commandsFor(keys.relations());
    }

    @Test
    void oneNodeOfAClusterFailsStartup(CapturedOutput output) {
        String node = cluster.uri().replaceFirst("-cluster(.*),.*", "$1");
        assertThat(Service.failsStartup(servers.configuration("like.redis.uri=" + node), output))
                .contains("like.redis.uri does not fit", "one node of a Redis Cluster");
    }
}
