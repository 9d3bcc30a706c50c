package maple.like.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.AclSetuserArgs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import maple.like.application.contract.LikesContract;
import maple.like.application.memory.InMemoryLedger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract of the buffer, on a cluster where each partition has a node of its own. */
class ClusterLikesTest extends LikesContract {
    private static TestCluster cluster;

    private final List<RedisAdapter> adapters = new ArrayList<>();

    @BeforeAll
    static void start() {
        cluster = TestCluster.started();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void closeAdapters() {
        adapters.forEach(RedisAdapter::close);
    }

    @Override
    protected Instance instance(InMemoryLedger store) {
        RedisAdapter adapter = RedisAdapter.connect(
                new RedisSettings(RedisNodes.parse(cluster.uri()), Duration.ofSeconds(5), Duration.ofMinutes(30), 0),
                PARTITIONS,
                new SimpleMeterRegistry());
        adapters.add(adapter);
        return new Instance(
                adapter.likeToggle(store), adapter.likeReader(store), adapter.pendingLikes(), adapter.heldLikes());
    }

    @Override
    protected void forgetTotals() {
        cluster.masterCommands().forEach(node -> node.keys("*:count:*").forEach(key -> node.del(key)));
    }

    @Override
    protected void lose() {
        cluster.masterCommands().forEach(node -> node.flushall());
    }

    @Test
    void everyNodeIsGivenUserAndPassword() {
        cluster.masterCommands()
                .forEach(node -> node.aclSetuser(
                        "likes",
                        AclSetuserArgs.Builder.on()
                                .addPassword("s@cret/1")
                                .allKeys()
                                .allChannels()
                                .allCommands()));
        try (RedisAdapter adapter = RedisAdapter.connect(
                new RedisSettings(
                        RedisNodes.parse(cluster.uri().replace("//", "//likes:s%40cret%2F1@")),
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(30),
                        0),
                PARTITIONS,
                new SimpleMeterRegistry())) {
            assertThat(adapter.ping()).isPositive();
            PARTITIONS
                    .all()
                    .forEach(partition -> assertThat(cluster.commandsFor("{likes:" + partition + "}")
                                    .clientList())
                            .contains("user=likes"));
        }
    }

    @Test
    void thePartitionsAreOnDifferentNodes() {
        assertThat(cluster.ownerOf("{likes:0}:relations")).isNotEqualTo(cluster.ownerOf("{likes:1}:relations"));
    }
}
