package maple.like.adapter.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to Redis, and the ports that it serves. Safe for use by any number of threads, as is all that it hands
 * out. To be closed after everything that uses it.
 */
public final class RedisAdapter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisAdapter.class);
    private static final Duration FIRST_RECONNECT = Duration.ofMillis(10);

    /** Several tries within the patience of one command: one that finds no connection all the time has found no Redis. */
    private static final int RECONNECTS_PER_COMMAND = 5;

    private final RedisURI uri;
    private final RedisClient client;
    private final ClientResources resources;
    private final RedisSettings settings;
    private final LikePartitions partitions;
    private final MeterRegistry meters;
    private final Pulse pulse;
    private final RedisCalls calls;
    private final Counter drift;
    private final List<Runnable> doubters = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();
    private volatile @Nullable StatefulRedisConnection<String, String> connection;
    private volatile boolean closed;

    private RedisAdapter(RedisSettings settings, LikePartitions partitions, MeterRegistry meters) {
        this.settings = settings;
        this.partitions = partitions;
        this.meters = meters;
        Duration patience = settings.patience();
        this.resources = ClientResources.builder()
                .reconnectDelay(Delay.exponential(
                        FIRST_RECONNECT, patience.dividedBy(RECONNECTS_PER_COMMAND), 2, TimeUnit.NANOSECONDS))
                .build();
        this.uri = RedisURI.builder(settings.uri())
                .withTimeout(settings.commandTimeout())
                .build();
        this.client = RedisClient.create(resources, uri);
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.ACCEPT_COMMANDS)
                // A command whose connection broke may have run: nothing is sent a second time behind our back.
                .replayFilter(command -> true)
                .build());
        client.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> disconnected) {
                doubt();
            }
        });
        this.pulse = new Pulse(() -> meters.config().clock().monotonicTime(), settings.longestSilence(), this::doubt);
        this.calls = new RedisCalls(this::commands, patience, pulse);
        this.drift = Counter.builder("like.drift")
                .description("Counted likes that no relation accounts for; stays 0")
                .register(meters);
    }

    private void doubt() {
        doubters.forEach(Runnable::run);
    }

    private RedisClusterAsyncCommands<String, String> commands() {
        StatefulRedisConnection<String, String> connected = connection;
        if (connected == null) {
            throw new RedisException("Redis was not reached yet");
        }
        return connected.async();
    }

    /**
     * Connects. Where Redis cannot be reached yet, every call fails until it is: connecting goes on in the background.
     *
     * @param meters where the adapter's metrics go
     * @throws IllegalArgumentException if Redis is there, but refuses the connection, for example the password
     */
    public static RedisAdapter connect(RedisSettings settings, LikePartitions partitions, MeterRegistry meters) {
        RedisAdapter adapter = new RedisAdapter(settings, partitions, meters);
        try {
            adapter.connected(adapter.client.connect());
        } catch (RedisException e) {
            if (isRefusal(e)) {
                adapter.close();
                throw new IllegalArgumentException("Redis refuses the connection", e);
            }
            LOG.warn(
                    "Redis cannot be reached at {}:{} ({}). The database answers until it can; trying again every {} ms",
                    settings.uri().getHost(),
                    settings.uri().getPort(),
                    e.getCause() == null ? e.toString() : e.getCause().toString(),
                    settings.patience().toMillis());
            adapter.keepTrying(() -> adapter.client.connectAsync(StringCodec.UTF8, adapter.uri), adapter::connected);
        }
        adapter.beat();
        return adapter;
    }

    /** Refused for what we sent, rather than because Redis is not ready. */
    private static boolean isRefusal(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisCommandExecutionException) {
                return !(cause instanceof RedisLoadingException || cause instanceof RedisBusyException);
            }
        }
        return false;
    }

    private void connected(StatefulRedisConnection<String, String> made) {
        opened.add(made);
        connection = made;
        made.async().configGet("maxmemory-policy").thenAccept(answer -> warnOfEviction(answer.values()));
    }

    private static void warnOfEviction(Collection<String> policies) {
        for (String policy : policies) {
            if (policy.startsWith("allkeys-")) {
                LOG.error(
                        "Redis may evict likes that the database does not hold yet: its maxmemory-policy is {}. "
                                + "Set it to noeviction or volatile-lru",
                        policy);
            }
        }
    }

    private <C extends AutoCloseable> void keepTrying(Supplier<CompletionStage<C>> connect, Consumer<C> then) {
        connect.get().whenComplete((made, failure) -> {
            if (closed) {
                if (made != null) {
                    closeQuietly(made);
                }
            } else if (failure == null) {
                then.accept(made);
            } else {
                var unused = resources
                        .eventExecutorGroup()
                        .schedule(
                                () -> keepTrying(connect, then),
                                settings.patience().toNanos(),
                                TimeUnit.NANOSECONDS);
            }
        });
    }

    /** Keeps the pulse where nobody calls. */
    private void beat() {
        long pause = settings.longestSilence().toNanos() / 4;
        var unused = resources
                .eventExecutorGroup()
                .scheduleWithFixedDelay(
                        () -> {
                            StatefulRedisConnection<String, String> connected = connection;
                            if (connected != null && connected.isOpen()) {
                                long sent = pulse.now();
                                connected.async().ping().thenAccept(pong -> pulse.answered(sent));
                            }
                        },
                        pause,
                        pause,
                        TimeUnit.NANOSECONDS);
    }

    /** Changes likes, asking the store for what Redis does not hold. */
    public LikeToggle likeToggle(LikeCountStore store) {
        return likes(store);
    }

    /** Reads likes, asking the store for what Redis does not hold. */
    public LikeReader likeReader(LikeCountStore store) {
        return likes(store);
    }

    private RedisLikes likes(LikeCountStore store) {
        return new RedisLikes(calls, partitions, store, settings.countTtl(), drift);
    }

    /** The changes that wait for the store. */
    public PendingLikes pendingLikes() {
        return new RedisPendingLikes(calls, partitions);
    }

    /**
     * Opens a subscription of its own, which lives as long as this adapter.
     *
     * @param instanceId names this instance among all that use the same Redis; events that carry it are skipped
     * @param clock where the numbers of this instance's events start: not before those of its earlier lives
     */
    public LikeEventBus eventBus(String instanceId, InstantSource clock) {
        RedisLikeEventBus bus = new RedisLikeEventBus(this::commands, partitions, instanceId, clock, meters);
        opened.add(bus);
        keepTrying(() -> client.connectPubSubAsync(StringCodec.UTF8, uri), subscription -> {
            opened.add(0, subscription);
            bus.listen(subscription);
        });
        return bus;
    }

    /**
     * Calls somebody when a connection to Redis is lost, and when Redis was silent for so long that another instance may
     * have given it up: before an answer that came after that is returned here, and on a thread that must not be kept
     * waiting.
     */
    public void onDoubt(Runnable action) {
        doubters.add(action);
    }

    /**
     * Asks Redis for a sign of life.
     *
     * @return how long it took
     * @throws BufferUnavailableException if there was none within the command timeout
     */
    public Duration ping() {
        long begun = meters.config().clock().monotonicTime();
        calls.call("PING", commands -> commands.ping());
        return Duration.ofNanos(meters.config().clock().monotonicTime() - begun);
    }

    @Override
    public void close() {
        closed = true;
        opened.forEach(RedisAdapter::closeQuietly);
        shutDown(client, resources);
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            LOG.warn("Closing a connection to Redis failed", e);
        }
    }

    private static void shutDown(RedisClient client, ClientResources resources) {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        var unused = resources.shutdown(0, 2, TimeUnit.SECONDS);
    }
}
