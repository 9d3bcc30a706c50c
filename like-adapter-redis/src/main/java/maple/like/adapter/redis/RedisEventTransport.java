package maple.like.adapter.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.port.out.EventTransport;

/** Events by Redis Pub/Sub. */
final class RedisEventTransport implements EventTransport {
    private final Map<String, RedisConnection> byChannel;
    private final boolean sharded;
    private final Subscriber subscriber;

    /**
     * Subscribes to nothing yet.
     *
     * @param byChannel the connection to the node of each channel
     * @param sharded whether a channel belongs to the slot of its partition
     */
    RedisEventTransport(Map<String, RedisConnection> byChannel, boolean sharded, Subscriber subscriber) {
        this.byChannel = Map.copyOf(byChannel);
        this.sharded = sharded;
        this.subscriber = subscriber;
    }

    /** Opens a subscription. */
    @FunctionalInterface
    interface Subscriber {
        void subscribe(RedisConnection node, List<String> channels, Receiver receiver);
    }

    @Override
    public CompletionStage<?> publish(String channel, String message) {
        try {
            return connection(channel)
                    .send(commands ->
                            sharded ? commands.spublish(channel, message) : commands.publish(channel, message));
        } catch (PrimaryUnavailableException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private RedisConnection connection(String channel) {
        RedisConnection connection = byChannel.get(channel);
        if (connection == null) {
            throw new IllegalArgumentException("Not the channel of a partition: " + channel);
        }
        return connection;
    }

    @Override
    public void listen(List<String> channels, Receiver receiver) {
        if (!sharded) {
            subscriber.subscribe(connection(channels.get(0)), channels, receiver); // any node passes everything on
            return;
        }
        Map<RedisConnection, List<String>> byConnection = new HashMap<>();
        channels.forEach(channel -> byConnection
                .computeIfAbsent(connection(channel), first -> new ArrayList<>())
                .add(channel));
        byConnection.forEach((node, ofNode) -> subscriber.subscribe(node, ofNode, receiver));
    }
}
