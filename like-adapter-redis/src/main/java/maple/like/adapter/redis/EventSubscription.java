package maple.like.adapter.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import maple.like.application.port.out.EventTransport.Receiver;
import org.jspecify.annotations.Nullable;

/**
 * A connection that subscribes to channels: made as soon as Redis can be reached, and made anew whenever it breaks, is
 * silent, or the node is no longer the primary of a channel's slot. Safe for use by any number of threads.
 */
final class EventSubscription {
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final boolean sharded;
    private final String[] channels;
    private final Receiver receiver;
    private final OutageLog outages;
    private final Duration timeout;
    private final Reconnector<StatefulRedisPubSubConnection<String, String>> reconnector;
    private @Nullable Ping ping;

    /**
     * Begins to connect.
     *
     * @param timeout how long a ping may take
     * @param outages is told of each failure, and of each subscription that succeeds; must not wait
     */
    EventSubscription(
            Endpoint endpoint,
            RedisClient client,
            ScheduledExecutorService timers,
            LongSupplier nanoTime,
            Duration timeout,
            boolean sharded,
            String[] channels,
            Receiver receiver,
            OutageLog outages) {
        this.sharded = sharded;
        this.channels = channels.clone();
        this.receiver = receiver;
        this.outages = outages;
        this.timeout = timeout;
        this.reconnector = new Reconnector<>(
                endpoint,
                uri -> client.connectPubSubAsync(StringCodec.UTF8, uri),
                timers,
                PAUSE,
                nanoTime,
                this::subscribe,
                failure -> outages.fails(this, failure),
                this::unsubscribed);
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
            if (failure == null) {
                outages.works(this);
            } else {
                if (failure instanceof RedisCommandExecutionException) {
                    outages.fails(this, failure); // a connection that broke is no outage yet: the next may work at once
                }
                reconnector.lost(connection);
            }
        });
    }

    private void unsubscribed() {
        for (String channel : channels) {
            receiver.onUnsubscribed(channel);
        }
    }

    private record Ping(Object connection, RedisFuture<String> reply) {
        boolean hasReply() {
            CompletableFuture<String> future = reply.toCompletableFuture();
            return future.isDone() && !future.isCompletedExceptionally();
        }
    }

    /** Subscribes anew, because another node may be the primary now: a former one replies, but may get no events. */
    void renew() {
        StatefulRedisPubSubConnection<String, String> current = reconnector.current();
        if (current != null) {
            reconnector.lost(current);
        }
    }

    /** Leaves a connection that has not replied since the last time. */
    private synchronized void ping() {
        StatefulRedisPubSubConnection<String, String> current = reconnector.current();
        if (current == null) {
            return;
        }
        if (ping != null && ping.connection() == current && !ping.hasReply()) {
            outages.fails(this, new TimeoutException("no reply within " + timeout.toMillis() + " ms"));
            reconnector.lost(current);
        } else {
            ping = new Ping(current, current.async().ping());
        }
    }

    void close() {
        reconnector.close();
    }
}
