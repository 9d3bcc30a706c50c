package maple.like.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.EventTransportContract;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.LikeEventBusContract;
import maple.like.application.event.NumberedLikeEventBus;
import maple.like.application.event.RecordingMonitor;
import maple.like.application.port.out.EventTransport;
import maple.like.application.port.out.LikeEventCodec;
import maple.like.domain.CharacterLiked;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contracts of a transport and of the bus over it: on one node, and on a cluster where nodes share the channels. */
class RedisEventTransportTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(3);

    private static TestRedis redis;
    private static TestCluster cluster;

    private final List<RedisAdapter> adapters = new ArrayList<>();

    @BeforeAll
    static void start() {
        redis = TestRedis.started();
        cluster = TestCluster.started();
    }

    @AfterAll
    static void stop() {
        cluster.close();
        redis.close();
    }

    @AfterEach
    void closeAdapters() {
        adapters.forEach(RedisAdapter::close);
    }

    private EventTransport transport(String uri, PubSubMode mode) {
        RedisAdapter adapter = TestRedis.adapter(uri, PARTITIONS, Duration.ofSeconds(2));
        adapters.add(adapter);
        return adapter.eventTransport(mode);
    }

    private Received listen(EventTransport transport) {
        Received received = new Received();
        transport.listen(channels(), received);
        await().until(() -> received.subscribed.get() == PARTITIONS.count());
        return received;
    }

    private static void breakConnectionsOf(List<RedisCommands<String, String>> nodes) {
        nodes.forEach(node -> {
            node.clientKill(KillArgs.Builder.typePubsub());
            node.clientKill(KillArgs.Builder.typeNormal().skipme());
        });
    }

    @Nested
    class OnOneNode extends EventTransportContract {
        @Override
        protected EventTransport transport() {
            return RedisEventTransportTest.this.transport(redis.uri().toString(), PubSubMode.AUTO);
        }

        @Override
        protected void breakConnections() {
            breakConnectionsOf(List.of(redis.commands()));
        }
    }

    @Nested
    class Bus extends LikeEventBusContract {
        @Override
        protected EventTransport transport() {
            return RedisEventTransportTest.this.transport(redis.uri().toString(), PubSubMode.AUTO);
        }

        @Override
        protected void breakConnections() {
            breakConnectionsOf(List.of(redis.commands()));
        }

        @Override
        protected LikeEventCodec codec() {
            return new JsonLikeEventCodec();
        }
    }

    abstract class OnCluster extends EventTransportContract {
        abstract PubSubMode mode();

        @Override
        protected EventTransport transport() {
            return RedisEventTransportTest.this.transport(cluster.uri(), mode());
        }

        @Override
        protected void breakConnections() {
            breakConnectionsOf(cluster.masterCommands());
        }
    }

    @Nested
    class Sharded extends OnCluster {
        @Override
        PubSubMode mode() {
            return PubSubMode.AUTO;
        }
    }

    @Nested
    class Ordinary extends OnCluster {
        @Override
        PubSubMode mode() {
            return PubSubMode.PUBSUB;
        }
    }

    @Test
    void aRedisThatStoppedReplyingIsSubscribedToAgain() {
        Received received = listen(transport(redis.uri().toString(), PubSubMode.AUTO));
        AtomicInteger suspicions = new AtomicInteger();
        adapters.get(0).onSuspicion(partition -> suspicions.incrementAndGet());
        try (TestRedis.Paused paused = redis.pause()) {
            await("the connections are left").until(() -> suspicions.get() > 0);
        }
        redis.commands().clientKill(KillArgs.Builder.typePubsub());
        await().atMost(Duration.ofSeconds(20)).until(() -> received.subscribed.get() >= 2 * PARTITIONS.count());
    }

    /** The address may lead to another node by then, while the former primary replies to pings. */
    @Test
    void aSubscriptionIsRenewedOnceANodeServesAfterOneRefused() {
        Received received = listen(transport(redis.uri().toString(), PubSubMode.AUTO));
        redis.commands().replicaof("127.0.0.1", ChildProcess.freePort());
        try {
            await().untilAsserted(() -> assertThatExceptionOfType(PrimaryUnavailableException.class)
                    .isThrownBy(() -> adapters.get(0).ping())
                    .satisfies(e -> assertThat(e.reason()).contains("READONLY")));
        } finally {
            redis.commands().replicaofNoOne();
        }
        await().until(() -> received.subscribed.get() == 2 * PARTITIONS.count());
    }

    @ParameterizedTest
    @EnumSource(names = {"PUBSUB", "SHARDED"})
    void twoDeploymentsInTwoDatabasesOfOneRedisDoNotReceiveEachOthersEvents(PubSubMode mode) {
        List<NumberedLikeEventBus> buses = new ArrayList<>();
        List<RecordingMonitor> monitors = new ArrayList<>();
        for (String uri : List.of(redis.uri() + "/0", redis.uri() + "/1")) {
            RecordingMonitor monitor = new RecordingMonitor();
            monitors.add(monitor);
            buses.add(new NumberedLikeEventBus(
                    transport(uri, mode),
                    new JsonLikeEventCodec(),
                    PARTITIONS,
                    "a", // both
                    RedisNodes.parse(uri).database(),
                    InstantSource.system(),
                    monitor));
        }
        LikeEvent event = new CharacterLiked(Fresh.character(), 1, new LikeCount(1), Instant.EPOCH);
        for (int i = 0; i < 2; i++) {
            RecordingMonitor own = monitors.get(i);
            NumberedLikeEventBus bus = buses.get(i);
            await().until(() -> {
                bus.publish(event);
                return own.reports.contains("received 1");
            });
        }
        monitors.forEach(monitor -> assertThat(monitor.reports).containsOnly("published 1", "received 1"));
        // A message may arrive before the reply to its command.
        await().untilAsserted(() -> assertThat(monitors)
                .allSatisfy(monitor ->
                        assertThat(count(monitor, "received 1")).isLessThanOrEqualTo(count(monitor, "published 1"))));
        buses.forEach(NumberedLikeEventBus::close);
    }

    private static long count(RecordingMonitor monitor, String report) {
        return monitor.reports.stream().filter(report::equals).count();
    }

    @Test
    void aShardedMessageStaysOnTheNodeOfItsPartition() {
        EventTransport sharded = transport(cluster.uri(), PubSubMode.AUTO);
        Received received = listen(sharded);
        long ordinary = cluster.calls("publish");
        channels().forEach(channel -> sharded.publish(channel, channel));
        await().untilAsserted(() -> assertThat(received.messages).containsExactlyInAnyOrderElementsOf(channels()));
        assertThat(cluster.calls("publish")).isEqualTo(ordinary);
        assertThat(cluster.calls("spublish")).isGreaterThanOrEqualTo(PARTITIONS.count());
    }

    @Test
    void aChannelIsReceivedFromWhereItsSlotHasMovedTo() {
        EventTransport transport = transport(cluster.uri(), PubSubMode.SHARDED);
        Received received = listen(transport);
        String channel = channels().get(1);
        int to = (cluster.ownerOf(channel) + 1) % cluster.masters();
        cluster.beginToMove(channel, to);
        cluster.finishMove(channel, to);
        await().until(() -> received.subscribed.get() > PARTITIONS.count());
        await().untilAsserted(() -> {
            transport.publish(channel, "moved");
            assertThat(received.messages).contains("moved");
        });
    }

    private static List<String> channels() {
        return PARTITIONS
                .all()
                .mapToObj(partition -> PARTITIONS.keys(partition).events())
                .toList();
    }
}
