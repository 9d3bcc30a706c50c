package maple.like.adapter.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import maple.like.application.port.out.EventTransport.Receiver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that subscribes to channels: made as soon as Redis can be reached, and made anew whenever it breaks, is
 * silent, or the node is no longer the primary of a channel's slot. Safe for use by any number of threads.
 */
final class EventSubscription {
    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final boolean sharded;
    private final String[] channels;
    private final Receiver receiver;
    private final Reconnector<StatefulRedisPubSubConnection<String, String>> reconnector;
    private @Nullable Ping ping;
    private boolean refusalReported;

    /**
     * Begins to connect.
     *
     * @param timeout how long a ping may take
     */
    EventSubscription(
            Endpoint endpoint,
            RedisClient client,
            ScheduledExecutorService timers,
            LongSupplier nanoTime,
            Duration timeout,
            boolean sharded,
            String[] channels,
            Receiver receiver) {
        this.sharded = sharded;
        this.channels = channels.clone();
        this.receiver = receiver;
        this.reconnector = new Reconnector<>(
                endpoint,
                uri -> client.connectPubSubAsync(StringCodec.UTF8, uri),
                timers,
                PAUSE,
                nanoTime,
                this::subscribe,
                () -> {});
        reconnector.start();
        Periodic.schedule(timers, timeout, this::ping);
    }

    private void subscribe(StatefulRedisPubSubConnection<String, String> connection) {
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                receiver.onMessage(channel, message);
            }

            @Override
            public void smessage(String channel, String message) {
                receiver.onMessage(channel, message);
            }

            @Override
            public void subscribed(String channel, long count) {
                receiver.onSubscribed(channel);
            }

            @Override
            public void ssubscribed(String channel, long count) {
                receiver.onSubscribed(channel);
            }

            @Override
            public void sunsubscribed(String channel, long count) {
                reconnector.lost(connection); // the slot has moved: nothing else unsubscribes
            }
        });
        RedisFuture<Void> subscribed = sharded
                ? connection.async().ssubscribe(channels)
                : connection.async().subscribe(channels);
        var unused = subscribed.whenComplete((nothing, failure) -> {
            if (failure != null) {
                report(failure);
                reconnector.lost(connection);
            }
        });
    }

    private synchronized void report(Throwable failure) {
        if (!refusalReported && reconnector.current() != null && !Redirect.is(failure)) {
            refusalReported = true;
            LOG.warn("Redis refuses the subscription to events; retrying. reason={}", failure.toString());
        }
    }

    private record Ping(Object connection, RedisFuture<String> reply) {}

    /** Leaves a connection that has not replied since the last time. */
    private synchronized void ping() {
        StatefulRedisPubSubConnection<String, String> current = reconnector.current();
        if (current == null) {
            return;
        }
        if (ping != null && ping.connection() == current && !ping.reply().isDone()) {
            reconnector.lost(current);
        } else {
            ping = new Ping(current, current.async().ping());
        }
    }

    void close() {
        reconnector.close();
    }
}
