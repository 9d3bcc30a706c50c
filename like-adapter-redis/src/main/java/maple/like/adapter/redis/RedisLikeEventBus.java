package maple.like.adapter.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.function.Supplier;
import maple.like.application.LikePartitions;
import maple.like.application.port.in.LikeEventListener;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.LikeEvent;

/** Events by Redis Pub/Sub, on one channel a partition. */
final class RedisLikeEventBus implements LikeEventBus, AutoCloseable {
    /** In bits: two lives of an instance, and two instances of one name, have numbers far apart. */
    private static final int ROOM_PER_MILLISECOND = 10;

    private final EventPublisher[] publishers;
    private final String[] channels;
    private final EventInbox inbox;

    RedisLikeEventBus(
            Supplier<RedisClusterAsyncCommands<String, String>> commands,
            LikePartitions partitions,
            String instanceId,
            InstantSource clock,
            MeterRegistry meters) {
        Counter succeeded = meters.counter("like.event.publish", "status", "success");
        Counter failed = meters.counter("like.event.publish", "status", "failure");
        this.channels = Arrays.stream(LikeKeys.ofAll(partitions))
                .map(keys -> keys.events)
                .toArray(String[]::new);
        long firstSequence = clock.millis() << ROOM_PER_MILLISECOND;
        this.publishers = Arrays.stream(channels)
                .map(channel -> new EventPublisher(commands, channel, instanceId, firstSequence, succeeded, failed))
                .toArray(EventPublisher[]::new);
        this.inbox = new EventInbox(
                instanceId,
                (channel, number) -> publishers[Arrays.asList(channels).indexOf(channel)].sent(number),
                meters.counter("like.event.received"),
                meters.counter("like.event.gap"));
    }

    /** Hears events through this connection, which subscribes again by itself whenever it was broken. */
    void listen(StatefulRedisPubSubConnection<String, String> subscription) {
        subscription.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                inbox.message(channel, message);
            }

            @Override
            public void subscribed(String channel, long count) {
                inbox.missed(); // at first, and again after each reconnection
            }
        });
        var unused = subscription.async().subscribe(channels);
    }

    @Override
    public void publish(LikeEvent event) {
        publishers[Math.floorMod(event.character().hashCode(), publishers.length)].publish(event);
    }

    @Override
    public void subscribe(LikeEventListener listener) {
        inbox.subscribe(listener);
    }

    @Override
    public void close() {
        inbox.close();
    }
}
