package maple.like.adapter.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.Timeout;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.port.out.EventTransport;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PrimaryInspection;
import maple.like.domain.LikePartitions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to Redis, and the ports that it serves. Safe for use by any number of threads, as is all that it hands
 * out. To be closed after everything that uses it.
 */
public final class RedisAdapter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisAdapter.class);

    /** A refusal may close the connection before it is read. */
    private static final int FIRST_CONNECTS = 3;

    private final ClientResources resources;
    private final ScheduledExecutorService timers;
    private final RedisSettings settings;
    private final LikePartitions partitions;
    private final LongSupplier nanoTime;
    private final RedisClient client;
    private final @Nullable ClusterTopology cluster;
    private final ScriptKeys[] keys;
    private final List<RedisConnection> connections;
    private final RedisConnection[] connectionOf;
    private final Counter drift;
    private final OutageLog outages;
    private final OutageLog outagesOfEvents;
    private final List<IntConsumer> suspicious = new CopyOnWriteArrayList<>();
    private final List<Runnable> closing = new CopyOnWriteArrayList<>();

    private RedisAdapter(RedisSettings settings, LikePartitions partitions, MeterRegistry meters) {
        this.settings = settings;
        this.partitions = partitions;
        this.nanoTime = () -> meters.config().clock().monotonicTime();
        this.resources = ClientResources.create();
        this.timers = resources.eventExecutorGroup();
        this.client = RedisClient.create(resources);
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false) // see Reconnector
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(settings.commandTimeout())
                        .build())
                .build());
        this.outages = new OutageLog(
                nanoTime,
                "Redis",
                "The database decides about its likes; connecting is tried several times a second, to "
                        + settings.nodes() + ".");
        this.outagesOfEvents = new OutageLog(
                nanoTime,
                "The subscription to events",
                "Counts that other instances change expire by their TTL; subscribing is tried several times a second.");
        this.keys = partitions
                .all()
                .mapToObj(partition -> new ScriptKeys(partitions.keys(partition)))
                .toArray(ScriptKeys[]::new);
        List<RedisURI> uris = settings.nodes().uris().stream()
                .map(uri -> timed(uri, settings.commandTimeout()))
                .toList();
        if (settings.nodes().isCluster()) {
            ClusterTopology topology = new ClusterTopology(uris, resources, settings.commandTimeout());
            this.cluster = topology;
            this.connections = partitions
                    .all()
                    .mapToObj(partition ->
                            connection(topology.primaryOf(slot(partition)), partition, () -> suspect(partition)))
                    .toList();
            this.connectionOf = connections.toArray(RedisConnection[]::new);
        } else {
            this.cluster = null;
            RedisConnection only = connection(
                    () -> CompletableFuture.completedFuture(uris.get(0)), // Lettuce asks Sentinels where it leads
                    0,
                    () -> partitions.all().forEach(this::suspect));
            this.connections = List.of(only);
            this.connectionOf = partitions.all().mapToObj(partition -> only).toArray(RedisConnection[]::new);
        }
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

    private int slot(int partition) {
        return SlotHash.getSlot(partitions.keys(partition).relations());
    }

    private RedisConnection connection(Endpoint endpoint, int partition, Runnable onSuspicion) {
        return new RedisConnection(
                endpoint,
                uri -> client.connectAsync(StringCodec.UTF8, uri),
                settings,
                timers,
                nanoTime,
                keys[partition],
                outages,
                onSuspicion);
    }

    private void suspect(int partition) {
        suspicious.forEach(action -> action.accept(partition));
    }

    /**
     * Connects. Where Redis cannot be reached yet, every call fails until it can: connecting continues in the background.
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
            adapter.connections.forEach(connection -> {
                connection.fails(e);
                connection.start();
            });
        } catch (IllegalArgumentException e) {
            adapter.close();
            throw e;
        }
        adapter.connections.forEach(connection -> connection.startHeartbeat(adapter.timers));
        return adapter;
    }

    /** @throws RedisException if Redis cannot be reached, or refuses */
    private void connect() {
        if (cluster != null) {
            connect(cluster);
            return;
        }
        RedisConnection only = connections.get(0);
        for (int attempt = 1; !only.isConnected(); attempt++) {
            try {
                only.connect();
            } catch (RedisException e) {
                if (isRefusal(e) || attempt == FIRST_CONNECTS) {
                    throw e;
                }
            }
        }
        if (isNodeOfCluster(only)) {
            throw new IllegalArgumentException("one node of a Redis Cluster, where others hold a part of the likes");
        }
    }

    private void connect(ClusterTopology topology) {
        try {
            LOG.info(
                    "Partitions by node of the Redis Cluster: {}",
                    topology.check(partitions.all().map(this::slot)));
        } catch (RedisException e) {
            if (mentions(e, "cluster support disabled")) {
                throw new IllegalArgumentException("no Redis Cluster");
            }
            throw e;
        }
        if (partitions.count() == 1) {
            LOG.info("All likes are in one slot of the Redis Cluster, and so on one node. More partitions spread them");
        }
        connections.forEach(RedisConnection::start);
        try {
            connections.forEach(RedisConnection::awaitConnected);
        } catch (PrimaryUnavailableException e) {
            LOG.warn(
                    "Some partitions have no connection to their node of the Redis Cluster yet; the database decides there");
        }
    }

    private static boolean isNodeOfCluster(RedisConnection connection) {
        try {
            return connection
                    .repeat("INFO", commands -> commands.info("cluster"))
                    .contains("cluster_enabled:1");
        } catch (PrimaryUnavailableException refused) {
            return false; // an account that may not ask finds out otherwise
        }
    }

    /** Refused for what the configuration says, rather than because Redis is not ready. */
    private static boolean isRefusal(Throwable e) {
        if (e instanceof RedisCommandExecutionException) {
            String reply = String.valueOf(e.getMessage());
            return reply.startsWith("NOAUTH") || !(Refusal.isOfTheNode(e) || reply.contains("max number of clients"));
        }
        return (e.getCause() != null && isRefusal(e.getCause()))
                || Arrays.stream(e.getSuppressed()).anyMatch(RedisAdapter::isRefusal);
    }

    private static boolean mentions(Throwable e, String text) {
        return String.valueOf(e.getMessage()).contains(text)
                || (e.getCause() != null && mentions(e.getCause(), text))
                || Arrays.stream(e.getSuppressed()).anyMatch(each -> mentions(each, text));
    }

    /**
     * Changes and reads likes, asking the store for what Redis does not hold. Calls of one adapter go together only where
     * they are made through the same object.
     */
    public LikeToggle likeToggle(LikeCountStore store) {
        return new RedisLikeToggle(connectionOf, keys, partitions, store, settings, this::after, nanoTime, drift);
    }

    private Runnable after(Duration delay, Runnable task) {
        Timeout timeout = resources.timer().newTimeout(fired -> task.run(), delay.toNanos(), TimeUnit.NANOSECONDS);
        return timeout::cancel;
    }

    /** The pending changes. */
    public PendingLikes pendingLikes() {
        return new RedisPendingLikes(connectionOf, keys);
    }

    /** What Redis holds, for an audit. */
    public PrimaryInspection inspection() {
        return new RedisInspection(connectionOf, keys);
    }

    /** What a predecessor with one partition left. */
    public PredecessorChanges predecessorChanges() {
        LikePartitions one = new LikePartitions(1);
        RedisConnection connection = cluster == null
                ? connectionOf[0]
                : connection(cluster.primaryOf(SlotHash.getSlot(one.keys(0).relations())), 0, () -> {});
        if (cluster != null) {
            closing.add(connection::close);
            connection.start();
            connection.awaitConnected();
        }
        return new PredecessorChanges(connection, one.keys(0), connectionOf, partitions);
    }

    /** Pub/Sub. Subscriptions have connections of their own, which live as long as this adapter. */
    public EventTransport eventTransport(PubSubMode mode) {
        boolean sharded = mode.isSharded(cluster != null);
        Map<String, RedisConnection> byChannel = new HashMap<>();
        partitions
                .all()
                .forEach(partition -> byChannel.put(partitions.keys(partition).events(), connectionOf[partition]));
        return new RedisEventTransport(byChannel, sharded, (node, channels, receiver) -> {
            EventSubscription subscription = new EventSubscription(
                    node.endpoint(),
                    client,
                    timers,
                    nanoTime,
                    settings.commandTimeout(),
                    sharded,
                    channels.toArray(String[]::new),
                    receiver,
                    outagesOfEvents);
            node.onServedAgain(subscription::renew);
            closing.add(subscription::close);
        });
    }

    /**
     * Calls an action, with the number of a partition, when the connection to its Redis is lost, and when that did not reply
     * for so long that another instance may have failed the partition over: before a reply that came after that is returned
     * here, and on a thread that must not be kept waiting.
     */
    public void onSuspicion(IntConsumer action) {
        suspicious.add(action);
    }

    /** Whether the Redis of one partition may be unavailable while another's is not. */
    public boolean keepsPartitionsApart() {
        return cluster != null;
    }

    /**
     * Has every node that holds a partition carry out a write without effect.
     *
     * @return how long that took
     * @throws PrimaryUnavailableException if one refuses, or did not reply within half the command timeout
     */
    public Duration ping() {
        long begun = nanoTime.getAsLong();
        connections.forEach(RedisConnection::check);
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
        for (RedisConnection connection : connections) {
            try {
                if (connections.size() == 1 || connection.isConnected()) {
                    Map<String, String> reply =
                            connection.repeat("CONFIG GET", commands -> commands.configGet("maxmemory-policy"));
                    policy = reply.getOrDefault("maxmemory-policy", policy);
                }
            } catch (PrimaryUnavailableException refused) {
                LOG.trace("Redis does not say", refused); // managed services often forbid CONFIG
            }
            if (policy.startsWith("allkeys-")) {
                return policy;
            }
        }
        return policy;
    }

    /** Closes everything, also where closing a part fails; the first failure is thrown. */
    @Override
    public void close() {
        connections.forEach(connection -> closing.add(connection::close));
        closing.add(() -> client.shutdown(Duration.ZERO, Duration.ofSeconds(2)));
        if (cluster != null) {
            closing.add(cluster::close);
        }
        closing.add(() -> {
            var unused = resources.shutdown(0, 2, TimeUnit.SECONDS);
        });
        closeAll(closing);
    }

    static void closeAll(List<Runnable> parts) {
        RuntimeException failure = null;
        for (Runnable part : parts) {
            try {
                part.run();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
