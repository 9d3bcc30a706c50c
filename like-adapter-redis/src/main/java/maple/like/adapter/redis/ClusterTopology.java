package maple.like.adapter.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the primary of a slot of a Redis Cluster. Asks the nodes anew for each answer, because the last one has just turned
 * out wrong, but at most once at a time. Safe for use by any number of threads.
 */
final class ClusterTopology {
    private final RedisURI seed;
    private final RedisClusterClient client;

    /** How long a refresh may take, in nanoseconds: nodes are asked one after another at worst. */
    private final long longest;

    private @Nullable CompletableFuture<Partitions> underWay;

    /** @param timeout for a connection, and for a reply, of a node */
    ClusterTopology(List<RedisURI> seeds, ClientResources resources, Duration timeout) {
        this.seed = seeds.get(0);
        this.longest = 4 * timeout.toNanos();
        this.client = RedisClusterClient.create(resources, seeds);
        client.setOptions(ClusterClientOptions.builder()
                .autoReconnect(false)
                .socketOptions(SocketOptions.builder().connectTimeout(timeout).build())
                .build());
    }

    Endpoint primaryOf(int slot) {
        return () -> refreshed().thenApply(nodes -> primaryOf(slot, nodes));
    }

    /** The URI says how to connect; the node says where. */
    private RedisURI primaryOf(int slot, Partitions nodes) {
        RedisClusterNode primary = nodes.getMasterBySlot(slot);
        if (primary == null) {
            throw new RedisException("No node of the cluster has slot " + slot);
        }
        return RedisURI.builder(seed)
                .withHost(primary.getUri().getHost())
                .withPort(primary.getUri().getPort())
                .build();
    }

    private synchronized CompletableFuture<Partitions> refreshed() {
        if (underWay == null || underWay.isDone()) {
            underWay = client.refreshPartitionsAsync()
                    .thenApply(refreshed -> client.getPartitions())
                    .toCompletableFuture()
                    .orTimeout(longest, TimeUnit.NANOSECONDS);
        }
        return underWay;
    }

    /**
     * Asks the nodes, and waits.
     *
     * @return how many of these slots each node is the primary of
     * @throws RedisException if no node answers
     */
    Map<String, Long> check(IntStream slots) {
        try {
            Partitions nodes = refreshed().get(longest, TimeUnit.NANOSECONDS);
            return slots.mapToObj(slot -> primaryOf(slot, nodes))
                    .map(primary -> primary.getHost() + ":" + primary.getPort())
                    .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        } catch (ExecutionException e) {
            throw new RedisException("No node of the cluster answered", e.getCause());
        } catch (TimeoutException e) {
            throw new RedisException("No node of the cluster answered in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisException("Interrupted while asking the cluster", e);
        }
    }

    void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
