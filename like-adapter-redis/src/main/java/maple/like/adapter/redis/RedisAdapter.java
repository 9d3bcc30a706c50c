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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.HeldLikes;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to Redis, and the ports that it serves. Safe for use by any number of threads, as is all that it hands
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
    private final Duration pause;
    private final LikePartitions partitions;
    private final LikeKeys[] keys;
    private final MeterRegistry meters;
    private final @Nullable ClusterNodes cluster;
    private final List<RedisRoute> routes;
    private final RedisRoute[] routeOf;
    private final RedisCalls[] calls;
    private final Counter drift;
    private final List<IntConsumer> doubters = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

    private RedisAdapter(RedisSettings settings, LikePartitions partitions, MeterRegistry meters) {
        this.settings = settings;
        this.partitions = partitions;
        this.meters = meters;
        this.keys = LikeKeys.ofAll(partitions);
        this.pause = settings.patience().dividedBy(CONNECTS_PER_COMMAND);
        this.resources =
                ClientResources.builder().reconnectDelay(Delay.constant(pause)).build();
        this.timers = resources.eventExecutorGroup();
        RedisNodes nodes = settings.nodes();
        List<RedisURI> uris = nodes.uris().stream()
                .map(uri -> timed(uri, settings.commandTimeout()))
                .toList();
        if (nodes.isCluster()) {
            ClusterNodes found = new ClusterNodes(uris, resources, settings.commandTimeout());
            this.cluster = found;
            this.routes = partitions
                    .all()
                    .mapToObj(partition ->
                            route(found.ownerOf(keys[partition].slot()), keys[partition], () -> doubt(partition)))
                    .toList();
            this.routeOf = routes.toArray(RedisRoute[]::new);
        } else {
            this.cluster = null;
            RedisTarget target = RedisTarget.of(uris.get(0), nodes.isSentinel());
            RedisRoute only = route(target, keys[0], () -> partitions.all().forEach(this::doubt));
            this.routes = List.of(only);
            this.routeOf = partitions.all().mapToObj(partition -> only).toArray(RedisRoute[]::new);
        }
        this.calls = Arrays.stream(routeOf).map(route -> route.calls).toArray(RedisCalls[]::new);
        this.drift = Counter.builder("like.drift")
                .description("Counted likes that no relation accounts for; stays 0")
                .register(meters);
    }

    private static RedisURI timed(RedisURI uri, Duration timeout) {
        if (uri.getSentinels().isEmpty()) {
            return RedisURI.builder(uri).withTimeout(timeout).build();
        }
        uri.setTimeout(timeout); // a copy would lack the Sentinels
        uri.getSentinels().forEach(sentinel -> sentinel.setTimeout(timeout));
        return uri;
    }

    private RedisRoute route(RedisTarget target, LikeKeys keysOfOne, Runnable onDoubt) {
        LongSupplier nanoTime = () -> meters.config().clock().monotonicTime();
        Pulse pulse = new Pulse(nanoTime, settings.longestSilence(), onDoubt);
        RedisLink link = new RedisLink(target, resources, timers, settings.commandTimeout(), pause, nanoTime, onDoubt);
        return new RedisRoute(link, new RedisCalls(link, settings.patience(), pulse), pulse, timers, keysOfOne);
    }

    private void doubt(int partition) {
        doubters.forEach(doubter -> doubter.accept(partition));
    }

    /**
     * Connects. Where Redis cannot be reached yet, every call fails until it is: connecting goes on in the background.
     *
     * @param meters where the adapter's metrics go
     * @throws IllegalArgumentException if Redis is there, but refuses the connection, for example the password, or is
     *     another kind of Redis than the settings say
     */
    public static RedisAdapter connect(RedisSettings settings, LikePartitions partitions, MeterRegistry meters) {
        RedisAdapter adapter = new RedisAdapter(settings, partitions, meters);
        try {
            adapter.connect();
        } catch (RedisException e) {
            if (isRefusal(e)) {
                adapter.close();
                throw new IllegalArgumentException("Redis refuses the connection", e);
            }
            LOG.warn(
                    "Redis cannot be reached at {} ({}). Until it can, the database answers",
                    settings.nodes(),
                    e.getCause() == null ? e.toString() : e.getCause().toString());
            adapter.routes.forEach(route -> route.link.keepTrying());
        } catch (IllegalArgumentException e) {
            adapter.close();
            throw e;
        }
        adapter.beat();
        return adapter;
    }

    /** @throws RedisException if Redis cannot be reached, or refuses */
    private void connect() {
        if (cluster != null) {
            connect(cluster);
            return;
        }
        RedisLink link = routes.get(0).link;
        for (int attempt = 1; !link.isConnected(); attempt++) {
            try {
                link.connect();
            } catch (RedisException e) {
                if (isRefusal(e) || attempt == FIRST_CONNECTS) {
                    throw e;
                }
            }
        }
        if (isNodeOfCluster()) {
            throw new IllegalArgumentException("one node of a Redis Cluster, where others hold a part of the likes");
        }
    }

    private void connect(ClusterNodes nodes) {
        try {
            LOG.info(
                    "Partitions by node of the Redis Cluster: {}",
                    nodes.check(Arrays.stream(keys).mapToInt(LikeKeys::slot)));
        } catch (RedisException e) {
            if (isRefusal(e) && String.valueOf(e.getMessage()).contains("cluster support disabled")) {
                throw new IllegalArgumentException("no Redis Cluster");
            }
            throw e;
        }
        if (partitions.count() == 1) {
            LOG.info("All likes are in one slot of the Redis Cluster, and so on one node. More partitions spread them");
        }
        routes.forEach(route -> route.link.keepTrying());
        long begun = meters.config().clock().monotonicTime();
        for (RedisRoute route : routes) {
            long spent = meters.config().clock().monotonicTime() - begun;
            try {
                route.link.await(settings.commandTimeout().minusNanos(spent));
            } catch (TimeoutException notYet) {
                LOG.warn(
                        "Not all partitions have found their node of the Redis Cluster yet. The database answers there");
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean isNodeOfCluster() {
        try {
            return calls[0].repeat("INFO", commands -> commands.info("cluster")).contains("cluster_enabled:1");
        } catch (BufferUnavailableException refused) {
            return false; // whoever may not ask finds out otherwise
        }
    }

    /** Refused for what we sent, rather than because Redis is not ready. */
    static boolean isRefusal(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisCommandExecutionException) {
                return !(cause instanceof RedisLoadingException || cause instanceof RedisBusyException);
            }
        }
        return false;
    }

    private void beat() {
        long period = settings.longestSilence().toNanos() / 4;
        for (RedisRoute route : routes) {
            var unused = timers.scheduleWithFixedDelay(route::beat, period, period, TimeUnit.NANOSECONDS);
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
        RedisLikes likes = new RedisLikes(calls, partitions, store, settings.countTtl(), settings.replicas(), drift);
        long slice = calls[0].slice();
        var unused = timers.scheduleWithFixedDelay(likes::watch, slice, slice, TimeUnit.NANOSECONDS);
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
     * Opens subscriptions of its own, which live as long as this adapter.
     *
     * @param instanceId names this instance among all that use the same Redis; events that carry it are skipped
     * @param transport the same for all of them
     * @param clock where the numbers of this instance's events start: not before those of its earlier lives
     */
    public LikeEventBus eventBus(String instanceId, EventTransport transport, InstantSource clock) {
        boolean sharded = transport.isSharded(cluster != null);
        RedisLikeEventBus bus = new RedisLikeEventBus(
                partition -> routeOf[partition].link.now().async(), sharded, partitions, instanceId, clock, meters);
        opened.add(bus);
        String[] channels = bus.channels();
        if (sharded) {
            for (int i = 0; i < routes.size(); i++) {
                String[] ofRoute = routes.size() == 1 ? channels : new String[] {channels[i]};
                opened.add(subscription(routes.get(i), true, ofRoute, bus));
            }
        } else {
            opened.add(subscription(routes.get(0), false, channels, bus)); // any node passes everything on
        }
        return bus;
    }

    private EventSubscription subscription(
            RedisRoute route, boolean sharded, String[] channels, RedisLikeEventBus bus) {
        return new EventSubscription(
                route.link.target(), resources, timers, settings.commandTimeout(), sharded, channels, bus.inbox());
    }

    /**
     * Calls somebody, with the number of a partition, when the connection to its Redis is lost, and when that was silent for
     * so long that another instance may have given it up: before an answer that came after that is returned here, and on
     * a thread that must not be kept waiting.
     */
    public void onDoubt(IntConsumer action) {
        doubters.add(action);
    }

    /** Whether one partition's Redis may be away while another's is not. */
    public boolean keepsPartitionsApart() {
        return cluster != null;
    }

    /**
     * Asks Redis for a sign of life, every node that holds a partition.
     *
     * @return how long it took
     * @throws BufferUnavailableException if there was none within half the command timeout
     */
    public Duration ping() {
        LongSupplier nanoTime = () -> meters.config().clock().monotonicTime();
        long begun = nanoTime.getAsLong();
        routes.forEach(route -> route.calls.repeat("PING", commands -> commands.ping()));
        return Duration.ofNanos(nanoTime.getAsLong() - begun);
    }

    /**
     * Asks what Redis does when its memory is full.
     *
     * @return the {@code maxmemory-policy}, of several nodes one that may evict likes, or an empty string where Redis does
     *     not say
     */
    public String evictionPolicy() {
        String policy = "";
        for (RedisRoute route : routes) {
            try {
                if (routes.size() == 1 || route.link.isConnected()) {
                    Map<String, String> answer =
                            route.calls.repeat("CONFIG GET", commands -> commands.configGet("maxmemory-policy"));
                    policy = answer.getOrDefault("maxmemory-policy", policy);
                }
            } catch (BufferUnavailableException refused) {
                LOG.trace("Redis does not say", refused); // managed services often forbid CONFIG
            }
            if (policy.startsWith("allkeys-")) {
                return policy;
            }
        }
        return policy;
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
        routes.forEach(route -> route.link.close());
        if (cluster != null) {
            cluster.close();
        }
        var unused = resources.shutdown(0, 2, TimeUnit.SECONDS);
    }
}
