package maple.like.adapter.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Asks the nodes of a Redis Cluster who is in charge of a slot. Remembers no answer, because whoever asks has just found
 * the last one wrong; but who asks while an answer is under way shares it. The nodes take turns, so that one whose view
 * is out of date does not mislead for long. Safe for use by any number of threads.
 */
final class ClusterNodes implements AutoCloseable {
    private final List<RedisURI> seeds;
    private final RedisClient client;
    private final Duration timeout;
    private @Nullable CompletableFuture<NavigableMap<Integer, Owner>> underWay;
    private Map<String, RedisURI> known = new LinkedHashMap<>();
    private int turn;

    /** @param timeout how long one node is waited for */
    ClusterNodes(List<RedisURI> seeds, ClientResources resources, Duration timeout) {
        this.seeds = seeds;
        this.timeout = timeout;
        this.client = RedisClient.create(resources);
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .socketOptions(SocketOptions.builder().connectTimeout(timeout).build())
                .build());
        seeds.forEach(seed -> known.put(address(seed), seed));
    }

    /** Who is in charge of the slots up to and including the last, from the key under which this is found. */
    private record Owner(int last, RedisURI uri) {}

    /** The master of a slot. */
    RedisTarget ownerOf(int slot) {
        return new RedisTarget() {
            @Override
            public CompletionStage<RedisURI> find() {
                return owners().thenApply(owners -> ownerIn(owners, slot));
            }

            @Override
            public boolean moves() {
                return true;
            }
        };
    }

    private static RedisURI ownerIn(NavigableMap<Integer, Owner> owners, int slot) {
        Map.Entry<Integer, Owner> range = owners.floorEntry(slot);
        if (range == null || range.getValue().last() < slot) {
            throw new RedisException("No node of the cluster is in charge of slot " + slot);
        }
        return range.getValue().uri();
    }

    /**
     * Asks the seeds, one after another, until one answers.
     *
     * @return how many of these slots each node is in charge of
     * @throws RedisException if none answers, or one refuses to
     */
    Map<String, Long> check(IntStream slots) {
        RedisException failure = new RedisException("No node of the cluster was asked");
        for (RedisURI seed : seeds) {
            try {
                NavigableMap<Integer, Owner> owners = ask(seed).get(2 * timeout.toNanos(), TimeUnit.NANOSECONDS);
                return slots.mapToObj(slot -> address(ownerIn(owners, slot)))
                        .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
            } catch (ExecutionException e) {
                failure = e.getCause() instanceof RedisException known
                        ? known
                        : new RedisException("A node of the cluster did not answer", e.getCause());
                if (RedisAdapter.isRefusal(failure)) {
                    throw failure;
                }
            } catch (TimeoutException e) {
                failure = new RedisException("A node of the cluster did not answer in time", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RedisException("Interrupted while asking the cluster", e);
            }
        }
        throw failure;
    }

    private synchronized CompletableFuture<NavigableMap<Integer, Owner>> owners() {
        if (underWay == null || underWay.isDone()) {
            List<RedisURI> nodes = new ArrayList<>(known.values());
            underWay = ask(nodes, turn++ % nodes.size(), nodes.size());
        }
        return underWay;
    }

    private CompletableFuture<NavigableMap<Integer, Owner>> ask(List<RedisURI> nodes, int next, int tries) {
        CompletableFuture<NavigableMap<Integer, Owner>> answer = ask(nodes.get(next));
        return tries == 1
                ? answer
                : answer.exceptionallyCompose(failure -> ask(nodes, (next + 1) % nodes.size(), tries - 1));
    }

    private CompletableFuture<NavigableMap<Integer, Owner>> ask(RedisURI node) {
        return client.connectAsync(StringCodec.UTF8, node)
                .toCompletableFuture()
                .thenCompose(connection -> ask(node, connection));
    }

    private CompletionStage<NavigableMap<Integer, Owner>> ask(
            RedisURI node, StatefulRedisConnection<String, String> connection) {
        return connection
                .async()
                .clusterSlots()
                .toCompletableFuture()
                .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((answer, failure) -> {
                    var unused = connection.closeAsync();
                })
                .thenApply(answer -> read(node, answer));
    }

    /** Each range: first slot, last slot, the master (host, port, …), its replicas. */
    private NavigableMap<Integer, Owner> read(RedisURI asked, List<Object> ranges) {
        NavigableMap<Integer, Owner> owners = new TreeMap<>();
        Map<String, RedisURI> found = new LinkedHashMap<>();
        seeds.forEach(seed -> found.put(address(seed), seed));
        for (Object each : ranges) {
            List<?> range = (List<?>) each;
            for (int i = 2; i < range.size(); i++) {
                RedisURI node = uri(asked, (List<?>) range.get(i));
                found.put(address(node), node);
                if (i == 2) {
                    owners.put(((Long) range.get(0)).intValue(), new Owner(((Long) range.get(1)).intValue(), node));
                }
            }
        }
        synchronized (this) {
            known = found;
        }
        return owners;
    }

    /** A node that does not know its own name is reached as it was. */
    private static RedisURI uri(RedisURI asked, List<?> node) {
        Object host = node.get(0);
        return RedisURI.builder(asked)
                .withHost(host == null || host.equals("") || host.equals("?") ? asked.getHost() : (String) host)
                .withPort(((Long) node.get(1)).intValue())
                .build();
    }

    private static String address(RedisURI uri) {
        return uri.getHost() + ":" + uri.getPort();
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
