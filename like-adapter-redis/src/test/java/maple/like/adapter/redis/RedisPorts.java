package maple.like.adapter.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.LikePartitions;

/** The ports of {@link RedisAdapter}, on commands that a test can intercept. */
public final class RedisPorts {
    private static final RedisSettings SETTINGS =
            new RedisSettings(RedisNodes.parse("redis://127.0.0.1"), Duration.ofSeconds(10), Duration.ofMinutes(30), 0);

    private static final ScheduledExecutorService TIMERS = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "redis-ports");
        thread.setDaemon(true);
        return thread;
    });

    private final RedisConnection[] redis;
    private final ScriptKeys[] keys;
    private final LikePartitions partitions;

    /**
     * Uses a connection that stays the caller's.
     *
     * @param commands stand in front of those of the connection
     */
    public RedisPorts(
            StatefulRedisConnection<String, String> connection,
            RedisAsyncCommands<String, String> commands,
            LikePartitions partitions) {
        this.partitions = partitions;
        this.keys = partitions
                .all()
                .mapToObj(partition -> new ScriptKeys(partitions.keys(partition)))
                .toArray(ScriptKeys[]::new);
        RedisConnection shared = new RedisConnection(
                () -> CompletableFuture.completedFuture(SETTINGS.nodes().uris().get(0)),
                uri -> CompletableFuture.completedFuture(intercepted(connection, commands)),
                SETTINGS,
                TIMERS,
                System::nanoTime,
                keys[0],
                new OutageLog(System::nanoTime, "Redis", ""),
                () -> {});
        shared.connect();
        this.redis = new RedisConnection[partitions.count()];
        Arrays.fill(redis, shared);
    }

    @SuppressWarnings("unchecked")
    private static StatefulRedisConnection<String, String> intercepted(
            StatefulRedisConnection<String, String> connection, RedisAsyncCommands<String, String> commands) {
        return (StatefulRedisConnection<String, String>) Proxy.newProxyInstance(
                RedisPorts.class.getClassLoader(),
                new Class<?>[] {StatefulRedisConnection.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "async" -> commands;
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "closeAsync" -> CompletableFuture.completedFuture(null);
                    default -> {
                        try {
                            yield method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }
                });
    }

    public LikeToggle likeToggle(LikeCountStore store) {
        return new RedisLikeToggle(
                redis,
                keys,
                partitions,
                store,
                SETTINGS,
                (delay, task) -> {
                    var scheduled = TIMERS.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                    return () -> scheduled.cancel(false);
                },
                System::nanoTime,
                Counter.builder("like.drift").register(new SimpleMeterRegistry()));
    }

    public PendingLikes pendingLikes() {
        return new RedisPendingLikes(redis, keys);
    }
}
