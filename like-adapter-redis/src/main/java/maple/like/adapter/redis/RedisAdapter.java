package maple.like.adapter.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;

/**
 * The connection to Redis, and the ports that it serves. Safe for use by any number of threads, as is all that it hands
 * out. To be closed after everything that uses it.
 */
public final class RedisAdapter implements AutoCloseable {
    private static final Duration FIRST_RECONNECT = Duration.ofMillis(10);
    private static final Duration LONGEST_RECONNECT = Duration.ofSeconds(1);

    private final RedisClient client;
    private final ClientResources resources;
    private final StatefulRedisConnection<String, String> connection;
    private final RedisCalls calls;
    private final RedisSettings settings;
    private final LikePartitions partitions;
    private final MeterRegistry meters;
    private final Counter drift;
    private final List<AutoCloseable> opened = new ArrayList<>();

    private RedisAdapter(
            RedisClient client,
            ClientResources resources,
            StatefulRedisConnection<String, String> connection,
            RedisSettings settings,
            LikePartitions partitions,
            MeterRegistry meters) {
        this.client = client;
        this.resources = resources;
        this.connection = connection;
        this.settings = settings;
        this.partitions = partitions;
        this.meters = meters;
        this.calls = new RedisCalls(connection.async(), settings.commandTimeout());
        this.drift = Counter.builder("like.drift")
                .description("Counted likes that no relation accounts for; stays 0")
                .register(meters);
    }

    /**
     * Connects.
     *
     * @param meters where the adapter's metrics go
     * @throws BufferUnavailableException if Redis cannot be reached
     */
    public static RedisAdapter connect(RedisSettings settings, LikePartitions partitions, MeterRegistry meters) {
        ClientResources resources = ClientResources.builder()
                .reconnectDelay(Delay.exponential(FIRST_RECONNECT, LONGEST_RECONNECT, 2, TimeUnit.MILLISECONDS))
                .build();
        RedisClient client = RedisClient.create(resources, settings.uri());
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                // A command whose connection broke may have run: nothing is sent a second time behind our back.
                .replayFilter(command -> true)
                .build());
        try {
            return new RedisAdapter(client, resources, client.connect(), settings, partitions, meters);
        } catch (RedisException e) {
            shutDown(client, resources);
            throw new BufferUnavailableException("Redis cannot be reached", e);
        }
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
        RedisLikeEventBus bus = new RedisLikeEventBus(
                connection.async(), client.connectPubSub(), partitions, instanceId, clock, meters);
        opened.add(bus);
        return bus;
    }

    /**
     * Calls somebody each time a connection to Redis is lost, on a thread that must not be kept waiting.
     */
    public void onConnectionLost(Runnable action) {
        client.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> disconnected) {
                action.run();
            }
        });
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

    /**
     * Asks what Redis does when its memory is full.
     *
     * @return the {@code maxmemory-policy}, or an empty string where Redis does not say
     */
    public String evictionPolicy() {
        try {
            Map<String, String> answer = calls.call("CONFIG GET", commands -> commands.configGet("maxmemory-policy"));
            return answer.getOrDefault("maxmemory-policy", "");
        } catch (BufferUnavailableException refused) {
            return ""; // managed services often forbid CONFIG
        }
    }

    @Override
    public void close() {
        for (AutoCloseable resource : opened) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("Closing the connection to Redis failed", e);
            }
        }
        connection.close();
        shutDown(client, resources);
    }

    private static void shutDown(RedisClient client, ClientResources resources) {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        var unused = resources.shutdown(0, 2, TimeUnit.SECONDS);
    }
}
