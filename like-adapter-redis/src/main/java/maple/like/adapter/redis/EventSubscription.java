package maple.like.adapter.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that hears channels: made as soon as Redis can be reached, and made anew whenever it breaks, is silent, or
 * the node is no longer in charge of a channel. Safe for use by any number of threads.
 */
final class EventSubscription implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final RedisTarget target;
    private final RedisClient client;
    private final ScheduledExecutorService timers;
    private final boolean sharded;
    private final String[] channels;
    private final EventInbox inbox;
    private @Nullable StatefulRedisPubSubConnection<String, String> current;
    private @Nullable RedisFuture<String> ping;
    private @Nullable Future<?> heartbeat;
    private boolean refusalReported;
    private volatile boolean closed;

    /**
     * Begins to connect.
     *
     * @param timeout how long a connection, and an answer, of a target that moves may take
     */
    EventSubscription(
            RedisTarget target,
            ClientResources resources,
            ScheduledExecutorService timers,
            Duration timeout,
            boolean sharded,
            String[] channels,
            EventInbox inbox) {
        this.target = target;
        this.timers = timers;
        this.sharded = sharded;
        this.channels = channels.clone();
        this.inbox = inbox;
        this.client = RedisClient.create(resources);
        client.setOptions(RedisLink.options(target, timeout));
        client.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> disconnected) {
                lost(disconnected);
            }
        });
        connect();
        if (target.moves()) {
            heartbeat = timers.scheduleWithFixedDelay(
                    this::beat, timeout.toNanos(), timeout.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void connect() {
        var unused = target.find()
                .thenCompose(uri -> client.connectPubSubAsync(StringCodec.UTF8, uri))
                .handle((connection, failure) -> {
                    if (failure == null) {
                        connected(connection);
                    } else {
                        tryAgain();
                    }
                    return connection;
                });
    }

    private void tryAgain() {
        if (!closed) {
            var unused = timers.schedule(this::connect, PAUSE.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void connected(StatefulRedisPubSubConnection<String, String> connection) {
        synchronized (this) {
            current = connection;
            ping = null;
        }
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                inbox.message(channel, message);
            }

            @Override
            public void smessage(String channel, String message) {
                inbox.message(channel, message);
            }

            @Override
            public void subscribed(String channel, long count) {
                inbox.missed(); // at first, and again after each reconnection
            }

            @Override
            public void ssubscribed(String channel, long count) {
                inbox.missed();
            }

            @Override
            public void sunsubscribed(String channel, long count) {
                lost(connection); // nobody here asked for it: the slot has moved
            }
        });
        RedisFuture<Void> subscribed = sharded
                ? connection.async().ssubscribe(channels)
                : connection.async().subscribe(channels);
        var unused = subscribed.whenComplete((nothing, failure) -> {
            if (failure != null) {
                report(failure);
                lost(connection);
            }
        });
        if (!connection.isOpen()) {
            lost(connection);
        }
    }

    private synchronized void report(Throwable failure) {
        if (!closed && !refusalReported && !Misrouted.is(failure)) {
            refusalReported = true;
            LOG.warn("Events are not heard: Redis refuses the subscription ({}). Trying on", failure.toString());
        }
    }

    private void lost(Object broken) {
        StatefulRedisPubSubConnection<String, String> leaving = current(broken);
        if (leaving != null) {
            var unused = leaving.closeAsync();
            tryAgain();
        }
    }

    private synchronized @Nullable StatefulRedisPubSubConnection<String, String> current(Object broken) {
        StatefulRedisPubSubConnection<String, String> leaving = current;
        if (leaving != broken) {
            return null;
        }
        current = null;
        return leaving;
    }

    /** Leaves a connection that has not answered since the last time. */
    private void beat() {
        StatefulRedisPubSubConnection<String, String> connection;
        boolean silent;
        synchronized (this) {
            connection = current;
            if (connection == null) {
                return;
            }
            silent = ping != null && !ping.isDone();
            if (!silent) {
                ping = connection.async().ping(); // a connection that is broken has been noticed otherwise
            }
        }
        if (silent) {
            lost(connection);
        }
    }

    @Override
    public void close() {
        closed = true;
        if (heartbeat != null) {
            heartbeat.cancel(false);
        }
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2)); // and its connections
    }
}
