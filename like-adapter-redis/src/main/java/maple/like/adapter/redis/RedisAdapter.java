package maple.like.adapter.redis;

import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.HeldLikes;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to Redis, and the ports that it serves. Safe for use by any number of threads, as is all that it hands
 * out. To be closed after everything that uses it.
 */
public final class RedisAdapter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisAdapter.class);

    /** Several tries within the patience of one command: one that finds no connection all the time has found no Redis. */
    private static final int CONNECTS_PER_COMMAND = 5;

    /** A refusal may close the connection before it is read. */
    private static final int FIRST_CONNECTS = 3;

    private final ClientResources resources;
    private final ScheduledExecutorService timers;
    private final RedisSettings settings;
    private final RedisURI uri;
    private final LikePartitions partitions;
    private final MeterRegistry meters;
    private final Pulse pulse;
    private final RedisLink link;
    private final RedisCalls calls;
    private final Counter drift;
    private final List<Runnable> doubters = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

    private RedisAdapter(RedisSettings settings, LikePartitions partitions, MeterRegistry meters) {
        this.settings = settings;
        this.partitions = partitions;
        this.meters = meters;
        Duration pause = settings.patience().dividedBy(CONNECTS_PER_COMMAND);
        this.resources =
                ClientResources.builder().reconnectDelay(Delay.constant(pause)).build();
        this.timers = resources.eventExecutorGroup();
        this.uri = RedisURI.builder(settings.uri())
                .withTimeout(settings.commandTimeout())
                .build();
        this.pulse = new Pulse(() -> meters.config().clock().monotonicTime(), settings.longestSilence(), this::doubt);
        this.link = new RedisLink(uri, resources, timers, pause, this::doubt);
        this.calls = new RedisCalls(link, settings.patience(), pulse);
        this.drift = Counter.builder("like.drift")
                .description("Counted likes that no relation accounts for; stays 0")
                .register(meters);
    }

    private void doubt() {
        doubters.forEach(Runnable::run);
    }

    /**
     * Connects. Where Redis cannot be reached yet, every call fails until it is: connecting goes on in the background.
     *
     * @param meters where the adapter's metrics go
     * @throws IllegalArgumentException if Redis is there, but refuses the connection, for example the password
     */
    public static RedisAdapter connect(RedisSettings settings, LikePartitions partitions, MeterRegistry meters) {
        RedisAdapter adapter = new RedisAdapter(settings, partitions, meters);
        RedisException failure = null;
        for (int attempt = 0; attempt < FIRST_CONNECTS && !adapter.link.isConnected(); attempt++) {
            try {
                adapter.link.connect();
            } catch (RedisException e) {
                failure = e;
                if (isRefusal(e)) {
                    adapter.close();
                    throw new IllegalArgumentException("Redis refuses the connection", e);
                }
            }
        }
        if (failure != null && !adapter.link.isConnected()) {
            LOG.warn(
                    "Redis cannot be reached at {}:{} ({}). Until it can, the database answers",
                    settings.uri().getHost(),
                    settings.uri().getPort(),
                    failure.getCause() == null
                            ? failure.toString()
                            : failure.getCause().toString());
            adapter.link.keepTrying();
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

    /** Keeps the pulse where nobody calls. */
    private void beat() {
        long pause = settings.longestSilence().toNanos() / 4;
        var unused = timers.scheduleWithFixedDelay(
                () -> {
                    try {
                        long sent = pulse.now();
                        link.now().async().ping().thenAccept(pong -> pulse.answered(sent));
                    } catch (RedisException noConnection) {
                        LOG.trace("No pulse", noConnection);
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
        RedisLikes likes = new RedisLikes(calls, partitions, store, settings.countTtl(), settings.replicas(), drift);
        var unused = timers.scheduleWithFixedDelay(likes::watch, calls.slice(), calls.slice(), TimeUnit.NANOSECONDS);
        return likes;
    }

    /** The changes that wait for the store. */
    public PendingLikes pendingLikes() {
        return new RedisPendingLikes(calls, partitions);
    }

    /** What Redis holds, for whoever compares it with the store. */
    public HeldLikes heldLikes() {
        return new RedisHeldLikes(calls, partitions);
    }

    /**
     * Opens a subscription of its own, which lives as long as this adapter.
     *
     * @param instanceId names this instance among all that use the same Redis; events that carry it are skipped
     * @param clock where the numbers of this instance's events start: not before those of its earlier lives
     */
    public LikeEventBus eventBus(String instanceId, InstantSource clock) {
        RedisLikeEventBus bus = new RedisLikeEventBus(() -> link.now().async(), partitions, instanceId, clock, meters);
        opened.add(bus);
        opened.add(new EventSubscription(uri, resources, timers, bus::listen));
        return bus;
    }

    /**
     * Calls somebody when the connection to Redis is lost, and when Redis was silent for so long that another instance may
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
     * @throws BufferUnavailableException if there was none within half the command timeout
     */
    public Duration ping() {
        long begun = pulse.now();
        calls.repeat("PING", commands -> commands.ping());
        return Duration.ofNanos(pulse.now() - begun);
    }

    /**
     * Asks what Redis does when its memory is full.
     *
     * @return the {@code maxmemory-policy}, or an empty string where Redis does not say
     */
    public String evictionPolicy() {
        try {
            Map<String, String> answer = calls.repeat("CONFIG GET", commands -> commands.configGet("maxmemory-policy"));
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
        link.close();
        var unused = resources.shutdown(0, 2, TimeUnit.SECONDS);
    }
}
