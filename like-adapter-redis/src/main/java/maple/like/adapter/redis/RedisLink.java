package maple.like.adapter.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * One connection to Redis, made anew whenever it breaks, to where its target is by then. Lettuce could do that itself,
 * but then sends commands again that may have run, or leaves their callers waiting; here they fail at once, and a new one
 * waits for the next connection. Safe for use by any number of threads.
 */
final class RedisLink implements AutoCloseable {
    private final RedisClient client;
    private final RedisTarget target;
    private final ScheduledExecutorService timers;
    private final Duration pause;
    private final LongSupplier nanoTime;
    private final Runnable onLost;
    private volatile CompletableFuture<StatefulRedisConnection<String, String>> connection = new CompletableFuture<>();
    private volatile long made;
    private volatile boolean closed;

    /**
     * Does not connect yet.
     *
     * @param timeout how long a connection to a target that moves may take: its host may be gone for good
     * @param pause between two tries
     * @param onLost is called before anything is sent through the next connection; must not wait
     */
    RedisLink(
            RedisTarget target,
            ClientResources resources,
            ScheduledExecutorService timers,
            Duration timeout,
            Duration pause,
            LongSupplier nanoTime,
            Runnable onLost) {
        this.target = target;
        this.timers = timers;
        this.pause = pause;
        this.nanoTime = nanoTime;
        this.onLost = onLost;
        this.client = RedisClient.create(resources);
        client.setOptions(options(target, timeout));
        client.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> disconnected) {
                lost(disconnected);
            }
        });
    }

    static ClientOptions options(RedisTarget target, Duration timeout) {
        ClientOptions.Builder options = ClientOptions.builder().autoReconnect(false);
        if (target.moves()) {
            options.socketOptions(
                    SocketOptions.builder().connectTimeout(timeout).build());
        }
        return options.build();
    }

    /**
     * Connects now, to a target that is known.
     *
     * @throws RedisException if that fails; {@link #keepTrying} goes on
     */
    void connect() {
        connection.complete(client.connect(target.find().toCompletableFuture().join()));
    }

    /** Connects in the background, however long it takes. */
    void keepTrying() {
        var unused = target.find()
                .thenCompose(uri -> client.connectAsync(StringCodec.UTF8, uri))
                .handle((connected, failure) -> {
                    if (failure == null) {
                        made = nanoTime.getAsLong();
                        connection.complete(connected);
                        if (closed || !connected.isOpen()) {
                            lost(connected);
                        }
                    } else if (!closed) {
                        tryAgain();
                    }
                    return connected;
                });
    }

    private void tryAgain() {
        var unused = timers.schedule(this::keepTrying, pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** These commands fail: their connection is broken, even if nobody has said so yet. */
    void broken(Object commands) {
        StatefulRedisConnection<String, String> current = connection.getNow(null);
        if (current != null && current.async() == commands) {
            lost(current);
        }
    }

    private synchronized void lost(Object broken) {
        StatefulRedisConnection<String, String> current = connection.getNow(null);
        if (current == broken) {
            onLost.run();
            connection = new CompletableFuture<>();
            var unused = current.closeAsync();
            if (closed) {
                return;
            }
            if (target.moves() && nanoTime.getAsLong() - made < pause.toNanos()) {
                tryAgain(); // so that a node that is not in charge is not asked without a pause
            } else {
                keepTrying();
            }
        }
    }

    RedisTarget target() {
        return target;
    }

    /** Whether a node may refuse what it was asked because it is no longer in charge. */
    boolean moves() {
        return target.moves();
    }

    boolean isConnected() {
        return connection.isDone();
    }

    /**
     * The connection that is there.
     *
     * @throws RedisException if there is none
     */
    StatefulRedisConnection<String, String> now() {
        StatefulRedisConnection<String, String> current = connection.getNow(null);
        if (current == null) {
            throw new RedisException("There is no connection to Redis");
        }
        return current;
    }

    /**
     * The connection, as soon as there is one.
     *
     * @throws TimeoutException if there is none for so long
     */
    StatefulRedisConnection<String, String> await(Duration patience) throws TimeoutException, InterruptedException {
        try {
            return connection.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Connecting goes on until it succeeds", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        StatefulRedisConnection<String, String> current = connection.getNow(null);
        if (current != null) {
            current.close();
        }
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
