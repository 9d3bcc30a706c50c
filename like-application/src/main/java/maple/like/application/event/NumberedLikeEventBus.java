package maple.like.application.event;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import maple.like.application.port.out.EventTransport;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeEventCodec;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikePartitions;

/** Events over any transport: an event goes to the channel of its character's partition. */
public final class NumberedLikeEventBus implements LikeEventBus, AutoCloseable {
    /** In bits: two lives of an instance, and two instances of one id, have numbers far apart. */
    private static final int NUMBERS_PER_MILLISECOND = 10;

    private final LikePartitions partitions;
    private final EventPublisher[] publishers;
    private final Map<String, Echoes> echoes = new HashMap<>();
    private final EventInbox inbox;

    /**
     * Begins to listen.
     *
     * @param instanceId names this instance among all that use the same channels; events that carry it are skipped
     * @param database the number of the Redis database that holds the likes, 0 or more; events of other databases, which
     *     travel on the same channels, are ignored
     * @param clock where the numbers of this instance's events start: not before those of its earlier lives
     */
    public NumberedLikeEventBus(
            EventTransport transport,
            LikeEventCodec codec,
            LikePartitions partitions,
            String instanceId,
            long database,
            InstantSource clock,
            EventBusMonitor reports) {
        EventBusMonitor monitor = new QuietMonitor(reports);
        this.partitions = partitions;
        long firstSequence = clock.millis() << NUMBERS_PER_MILLISECOND;
        Map<String, EventPublisher> byChannel = new HashMap<>();
        List<String> channels = partitions
                .all()
                .mapToObj(partition -> partitions.keys(partition).events())
                .toList();
        channels.forEach(channel -> echoes.put(channel, new Echoes()));
        channels.forEach(channel -> byChannel.put(
                channel,
                new EventPublisher(
                        events -> publish(transport, channel, codec.write(events), events.size()),
                        instanceId,
                        database,
                        firstSequence,
                        monitor)));
        this.publishers = channels.stream().map(byChannel::get).toArray(EventPublisher[]::new);
        this.inbox = new EventInbox(
                codec,
                instanceId,
                database,
                (channel, sequence) ->
                        byChannel.containsKey(channel) && byChannel.get(channel).sent(sequence),
                echoes,
                monitor);
        channels.forEach(inbox::onUnsubscribed);
        transport.listen(channels, inbox);
    }

    private CompletionStage<?> publish(EventTransport transport, String channel, String message, int events) {
        requireNonNull(echoes.get(channel)).sent(message, events);
        return transport.publish(channel, message);
    }

    @Override
    public void publish(LikeEvent event) {
        inbox.onOwnEvent(event);
        publishers[partitions.of(event.character().ocid())].publish(event);
    }

    @Override
    public void subscribe(Listener listener) {
        inbox.subscribe(listener);
    }

    @Override
    public boolean isConnected() {
        return inbox.isConnected();
    }

    @Override
    public void reportLoss() {
        inbox.notifyOfLoss();
    }

    /** Stops calling listeners. The transport stays open. */
    @Override
    public void close() {
        inbox.close();
    }
}
