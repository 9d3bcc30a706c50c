package maple.like.adapter.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A connection for subscriptions: made as soon as Redis can be reached, and by Lettuce again whenever it breaks. */
final class EventSubscription implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final RedisClient client;
    private final RedisURI uri;
    private final ScheduledExecutorService timers;
    private final Consumer<StatefulRedisPubSubConnection<String, String>> onConnected;
    private volatile boolean closed;

    EventSubscription(
            RedisURI uri,
            ClientResources resources,
            ScheduledExecutorService timers,
            Consumer<StatefulRedisPubSubConnection<String, String>> onConnected) {
        this.client = RedisClient.create(resources, uri);
        this.uri = uri;
        this.timers = timers;
        this.onConnected = onConnected;
        connect();
    }

    private void connect() {
        var unused = client.connectPubSubAsync(StringCodec.UTF8, uri).handle((connection, failure) -> {
            if (failure == null) {
                onConnected.accept(connection);
            } else if (!closed) {
                tryAgain();
            }
            return connection;
        });
    }

    private void tryAgain() {
        var unused = timers.schedule(this::connect, PAUSE.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        closed = true;
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2)); // and its connections
    }
}
