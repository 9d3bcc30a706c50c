package maple.like.adapter.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.function.IntFunction;
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

    /**
     * Hears nothing yet.
     *
     * @param commands by partition; throws where there is no connection
     * @param sharded whether a channel belongs to the slot of its partition
     */
    RedisLikeEventBus(
            IntFunction<RedisClusterAsyncCommands<String, String>> commands,
            boolean sharded,
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
        this.publishers = partitions
                .all()
                .mapToObj(partition -> new EventPublisher(
                        message -> sharded
                                ? commands.apply(partition).spublish(channels[partition], message)
                                : commands.apply(partition).publish(channels[partition], message),
                        instanceId,
                        firstSequence,
                        succeeded,
                        failed))
                .toArray(EventPublisher[]::new);
        this.inbox = new EventInbox(
                instanceId,
                (channel, number) -> publishers[Arrays.asList(channels).indexOf(channel)].sent(number),
                meters.counter("like.event.received"),
                meters.counter("like.event.gap"));
    }

    /** The channels, by partition. */
    String[] channels() {
        return channels.clone();
    }

    EventInbox inbox() {
        return inbox;
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
