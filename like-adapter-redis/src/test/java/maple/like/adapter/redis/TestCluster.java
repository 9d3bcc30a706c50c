package maple.like.adapter.redis;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.lettuce.core.MigrateArgs;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maple.like.application.LikePartitions;

/** A Redis Cluster of a test's own: masters first, then a replica of each where there are any. */
public final class TestCluster implements AutoCloseable {
    /** Where the slots of each master begin: three masters that have some of the slots of two or more partitions each. */
    private static final int[] FIRST_SLOTS = {0, 5_000, 13_000};

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final RedisClient client = RedisClient.create();
    private final List<Node> nodes = new ArrayList<>();
    private final int masters;

    private TestCluster(int masters) {
        this.masters = masters;
    }

    /** Three masters, without replicas. */
    public static TestCluster started() {
        return started(FIRST_SLOTS, false);
    }

    /** Three masters with a replica each, which takes over within two seconds or so. */
    public static TestCluster startedWithReplicas() {
        return started(FIRST_SLOTS, true);
    }

    /** Masters without replicas, each of which has the slots of as many of the partitions. */
    static TestCluster startedFor(int partitions, int masters) {
        int[] slots = Arrays.stream(LikeKeys.ofAll(new LikePartitions(partitions)))
                .mapToInt(LikeKeys::slot)
                .sorted()
                .toArray();
        return started(
                IntStream.range(0, masters)
                        .map(master -> master == 0 ? 0 : slots[master * partitions / masters])
                        .toArray(),
                false);
    }

    private static TestCluster started(int[] firstSlots, boolean replicas) {
        TestCluster cluster = new TestCluster(firstSlots.length);
        try {
            cluster.create(firstSlots, replicas);
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private static final class Node {
        final RedisProcess process = new RedisProcess(
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                Integer.toString(ChildProcess.freePort()),
                "--cluster-node-timeout",
                "1000",
                // What the other masters hold goes on without the one that is away.
                "--cluster-require-full-coverage",
                "no",
                // Which master is left without a replica stays as it was.
                "--cluster-allow-replica-migration",
                "no",
                "--repl-diskless-sync-delay",
                "0",
                "--save",
                "",
                "--appendonly",
                "no");
        private StatefulRedisConnection<String, String> connection;
    }

    private void create(int[] firstSlots, boolean replicas) {
        for (int i = 0; i < (replicas ? 2 * masters : masters); i++) {
            nodes.add(new Node());
        }
        for (int master = 0; master < masters; master++) {
            int last = master + 1 < masters ? firstSlots[master + 1] - 1 : SlotHash.SLOT_COUNT - 1;
            commands(master).clusterSetConfigEpoch(master + 1);
            commands(master).clusterAddSlotsRange(Range.create(firstSlots[master], last));
        }
        for (int node = 1; node < nodes.size(); node++) {
            RedisProcess process = nodes.get(node).process;
            commands(0)
                    .dispatch(
                            CommandType.CLUSTER,
                            new StatusOutput<>(StringCodec.UTF8),
                            new CommandArgs<>(StringCodec.UTF8)
                                    .add("MEET")
                                    .add("127.0.0.1")
                                    .add(process.port)
                                    .add(busPort(node)));
        }
        awaitAll("known_nodes:" + nodes.size());
        for (int replica = masters; replica < nodes.size(); replica++) {
            String master = commands(replica - masters).clusterMyId();
            int number = replica;
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> commands(number).clusterReplicate(master).equals("OK"));
            await().atMost(PATIENCE)
                    .until(() -> commands(number).info("replication").contains("master_link_status:up"));
        }
        awaitAll("cluster_state:ok");
        awaitAgreement();
    }

    private int busPort(int node) {
        return Integer.parseInt(commands(node).configGet("cluster-port").get("cluster-port"));
    }

    private void awaitAll(String line) {
        await(line)
                .atMost(PATIENCE)
                .until(() -> IntStream.range(0, nodes.size())
                        .allMatch(node -> commands(node).clusterInfo().contains(line)));
    }

    /** Until every node that runs names the same masters. */
    public void awaitAgreement() {
        await("agreement about the slots")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> running()
                                .mapToObj(node -> ownersSeenBy(node))
                                .collect(Collectors.toSet())
                                .size()
                        == 1);
    }

    private Set<String> ownersSeenBy(int node) {
        Set<String> owners = new TreeSet<>();
        for (Object each : commands(node).clusterSlots()) {
            List<?> range = (List<?>) each;
            owners.add(range.get(0) + "-" + range.get(1) + " " + ((List<?>) range.get(2)).get(1));
        }
        return owners;
    }

    private IntStream running() {
        return IntStream.range(0, nodes.size())
                .filter(node -> nodes.get(node).process.isRunning());
    }

    /** How many masters it had at first. */
    public int masters() {
        return masters;
    }

    /** How many nodes there are, those that were killed included. */
    public int size() {
        return nodes.size();
    }

    /** As {@code like.redis.uri} takes it, naming two of the nodes. */
    public String uri() {
        return nodes.stream()
                .limit(2)
                .map(node -> "127.0.0.1:" + node.process.port)
                .collect(Collectors.joining(",", "redis-cluster://", ""));
    }

    RedisURI uriOf(int node) {
        return RedisURI.create("127.0.0.1", nodes.get(node).process.port);
    }

    /** Lets every node name other ports than those that the masters listen on, as where something else is in front. */
    void announce(List<Integer> ports) {
        for (int master = 0; master < masters; master++) {
            commands(master).configSet("cluster-announce-port", Integer.toString(ports.get(master)));
        }
        await("the ports that were announced")
                .atMost(PATIENCE)
                .until(() -> running()
                        .allMatch(node -> ports.stream()
                                .allMatch(port ->
                                        ownersSeenBy(node).stream().anyMatch(owner -> owner.endsWith(" " + port)))));
    }

    /** A connection to one node, past the adapter. */
    public RedisCommands<String, String> commands(int node) {
        Node one = nodes.get(node);
        if (one.connection == null) {
            one.connection = client.connect(uriOf(node));
        }
        return one.connection.sync();
    }

    /** Which node is in charge of a key now. */
    public int ownerOf(String key) {
        int slot = SlotHash.getSlot(key);
        for (Object each : commands(running().findFirst().orElseThrow()).clusterSlots()) {
            List<?> range = (List<?>) each;
            if ((Long) range.get(0) <= slot && slot <= (Long) range.get(1)) {
                long port = (Long) ((List<?>) range.get(2)).get(1);
                return IntStream.range(0, nodes.size())
                        .filter(node -> nodes.get(node).process.port == port)
                        .findFirst()
                        .orElseThrow();
            }
        }
        throw new IllegalStateException("Nobody is in charge of " + key);
    }

    /** A connection to the node that is in charge of a key now. */
    public RedisCommands<String, String> commandsFor(String key) {
        return commands(ownerOf(key));
    }

    /** The masters that run now. */
    public List<RedisCommands<String, String>> masterCommands() {
        return running()
                .filter(node -> commands(node).info("replication").contains("role:master"))
                .mapToObj(this::commands)
                .toList();
    }

    /** Breaks the connections of a master's replicas, and refuses them from now on. */
    public void dropReplicas(int master) {
        commands(master)
                .dispatch(
                        CommandType.ACL,
                        new StatusOutput<>(StringCodec.UTF8),
                        new CommandArgs<>(StringCodec.UTF8)
                                .add("SETUSER")
                                .add("default")
                                .add("-psync")
                                .add("-sync"));
        commands(master).clientKill(KillArgs.Builder.typeSlave());
    }

    /** {@code kill -9}. */
    public void kill(int node) {
        nodes.get(node).process.kill();
    }

    /** Starts a node again that was killed: without what it held, but with what it knows of the cluster. */
    public void restart(int node) {
        nodes.get(node).process.start();
    }

    /** Lets a node stand still, or go on. */
    public void pause(int node, boolean paused) {
        nodes.get(node).process.pause(paused);
    }

    /** Begins to move the slot of a key to another master: from now on both refuse whatever needs more than one key. */
    public void beginToMove(String key, int to) {
        int slot = SlotHash.getSlot(key);
        int from = ownerOf(key);
        commands(to).clusterSetSlotImporting(slot, commands(from).clusterMyId());
        commands(from).clusterSetSlotMigrating(slot, commands(to).clusterMyId());
    }

    /** Leaves the slot where it is. */
    public void stopMoving(String key, int to) {
        int slot = SlotHash.getSlot(key);
        commandsFor(key).clusterSetSlotStable(slot);
        commands(to).clusterSetSlotStable(slot);
    }

    /** Moves the keys of the slot, one after another, and says who is in charge now. */
    public void finishMove(String key, int to) {
        int slot = SlotHash.getSlot(key);
        int from = ownerOf(key);
        List<String> keys;
        while (!(keys = commands(from).clusterGetKeysInSlot(slot, 10)).isEmpty()) {
            for (String each : keys) {
                commands(from)
                        .migrate("127.0.0.1", nodes.get(to).process.port, 0, 5_000, MigrateArgs.Builder.key(each));
            }
        }
        String id = commands(to).clusterMyId();
        commands(to).clusterSetSlotNode(slot, id);
        commands(from).clusterSetSlotNode(slot, id);
        running().filter(node -> node != to && node != from).forEach(node -> {
            if (commands(node).info("replication").contains("role:master")) {
                commands(node).clusterSetSlotNode(slot, id);
            }
        });
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        nodes.forEach(node -> node.process.close());
    }
}
