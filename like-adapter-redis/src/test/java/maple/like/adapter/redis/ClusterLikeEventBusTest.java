package maple.like.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.CommandType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import maple.like.application.LikePartitions;
import maple.like.application.contract.LikeEventBusContract;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.CharacterLiked;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contract of the bus, on a cluster of which every node has some of the channels. */
class ClusterLikeEventBusTest {
    private static final int PARTITIONS = 4;

    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.started();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    abstract static class OnCluster extends LikeEventBusContract {
        private final List<RedisAdapter> adapters = new ArrayList<>();
        final SimpleMeterRegistry meters = new SimpleMeterRegistry();

        abstract EventTransport transport();

        abstract Map<String, Long> subscribers(RedisCommands<String, String> node, String channel);

        private long subscribers(String channel) {
            return cluster.masterCommands().stream()
                    .mapToLong(node -> subscribers(node, channel).getOrDefault(channel, 0L))
                    .sum();
        }

        @AfterEach
        void closeAdapters() {
            adapters.forEach(RedisAdapter::close);
        }

        @Override
        protected LikeEventBus bus(String instanceId) {
            RedisAdapter adapter = RedisAdapter.connect(
                    new RedisSettings(
                            RedisNodes.parse(cluster.uri()), Duration.ofSeconds(2), Duration.ofMinutes(30), 0),
                    new LikePartitions(PARTITIONS),
                    meters);
            adapters.add(adapter);
            LikeEventBus bus = adapter.eventBus(instanceId, transport(), InstantSource.system());
            await("all channels are heard")
                    .until(() -> IntStream.range(0, PARTITIONS)
                            .mapToObj(partition -> "{likes:" + partition + "}:events")
                            .allMatch(channel -> subscribers(channel) >= adapters.size()));
            return bus;
        }

        @Override
        protected void breakConnections() {
            cluster.masterCommands().forEach(node -> {
                node.clientKill(KillArgs.Builder.typePubsub());
                node.clientKill(KillArgs.Builder.typeNormal().skipme());
            });
        }

        @Override
        protected AutoCloseable dropEventsOf(LikeEventBus bus) {
            cluster.masterCommands().forEach(node -> {
                node.aclSetuser("default", AclSetuserArgs.Builder.removeCommand(CommandType.PUBLISH));
                node.aclSetuser("default", AclSetuserArgs.Builder.removeCommand(CommandType.SPUBLISH));
            });
            double before = failures();
            return () -> {
                await().until(() -> failures() > before);
                cluster.masterCommands().forEach(node -> {
                    node.aclSetuser("default", AclSetuserArgs.Builder.addCommand(CommandType.PUBLISH));
                    node.aclSetuser("default", AclSetuserArgs.Builder.addCommand(CommandType.SPUBLISH));
                });
            };
        }

        private double failures() {
            return meters.counter("like.event.publish", "status", "failure").count();
        }

        long calls(String command) {
            return cluster.masterCommands().stream()
                    .flatMap(node -> node.info("commandstats").lines())
                    .filter(line -> line.startsWith("cmdstat_" + command + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+).*", "$1")))
                    .sum();
        }

        /** One for each partition, and more. */
        static List<LikeEvent> events() {
            return IntStream.range(0, 50)
                    .<LikeEvent>mapToObj(i -> new CharacterLiked(new CharacterName("c" + i), i, Instant.EPOCH))
                    .toList();
        }
    }

    @Nested
    class Sharded extends OnCluster {
        @Override
        EventTransport transport() {
            return EventTransport.AUTO;
        }

        @Override
        Map<String, Long> subscribers(RedisCommands<String, String> node, String channel) {
            return node.pubsubShardNumsub(channel);
        }

        @Test
        void eventsStayWithTheNodeOfTheirPartition() {
            LikeEventBus a = bus("a");
            Heard b = listenTo(bus("b"));
            long ordinary = calls("publish");
            events().forEach(a::publish);
            await().untilAsserted(() -> assertThat(b.events).hasSameSizeAs(events()));
            assertThat(calls("publish")).isEqualTo(ordinary);
            assertThat(cluster.masterCommands())
                    .allSatisfy(node -> assertThat(node.info("commandstats")).contains("cmdstat_spublish:"));
        }

        @Test
        void aChannelIsHeardWhereItsSlotHasMovedTo() {
            LikeEventBus a = bus("a");
            Heard b = listenTo(bus("b"));
            String key = "{likes:1}:events";
            int to = (cluster.ownerOf(key) + 1) % cluster.masters();
            int before = b.missed.get();
            cluster.beginToMove(key, to);
            cluster.finishMove(key, to);
            await().until(() -> b.missed.get() > before);
            await().untilAsserted(() -> {
                b.events.clear();
                events().forEach(a::publish);
                await().atMost(Duration.ofSeconds(2)).until(() -> b.events.size() == events().size());
            });
        }
    }

    @Nested
    class Ordinary extends OnCluster {
        @Override
        EventTransport transport() {
            return EventTransport.PUBSUB;
        }

        @Override
        Map<String, Long> subscribers(RedisCommands<String, String> node, String channel) {
            return node.pubsubNumsub(channel);
        }

        @Test
        void eventsReachWhoeverListensOnAnotherNode() {
            LikeEventBus a = bus("a");
            Heard b = listenTo(bus("b"));
            long sharded = calls("spublish");
            events().forEach(a::publish);
            await().untilAsserted(() -> assertThat(b.events).hasSameSizeAs(events()));
            assertThat(calls("spublish")).isEqualTo(sharded);
        }
    }
}
