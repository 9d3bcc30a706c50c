package maple.like.adapter.redis;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.lettuce.core.MigrateArgs;
import io.lettuce.core.Range;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maple.like.domain.LikePartitions;

/** A Redis Cluster of a test's own: masters first, then a replica of each where there are any. */
public final class TestCluster implements AutoCloseable {
    /** Where the slots of each master begin: three masters that have some of the slots of two or more partitions each. */
    private static final int[] FIRST_SLOTS = {0, 5_000, 13_000};

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<TestRedis> nodes = new ArrayList<>();
    private final int masters;

    /** Three masters, without replicas. */
    public static TestCluster started() {
        return new TestCluster(FIRST_SLOTS, false, Duration.ofSeconds(1));
    }

    /**
     * Three masters with a replica each.
     *
     * @param nodeTimeout after which a replica takes over, in another second or so
     */
    public static TestCluster startedWithReplicas(Duration nodeTimeout) {
        return new TestCluster(FIRST_SLOTS, true, nodeTimeout);
    }

    /** As many masters as partitions, one for each. */
    public static TestCluster startedFor(int partitions) {
        LikePartitions all = new LikePartitions(partitions);
        int[] slots = all.all()
                .map(partition -> SlotHash.getSlot(all.keys(partition).relations()))
                .sorted()
                .toArray();
        slots[0] = 0;
        return new TestCluster(slots, false, Duration.ofSeconds(1));
    }

    private TestCluster(int[] firstSlots, boolean replicas, Duration nodeTimeout) {
        masters = firstSlots.length;
        for (int i = 0; i < (replicas ? 2 * masters : masters); i++) {
            nodes.add(TestRedis.started(Map.of(
                    "cluster-enabled", "yes",
                    "cluster-port", Integer.toString(ChildProcess.freePort()),
                    "cluster-node-timeout", Long.toString(nodeTimeout.toMillis()),
                    // The slots of the other masters stay available without the one that is down.
                    "cluster-require-full-coverage", "no",
                    // Which master is left without a replica stays as it was.
                    "cluster-allow-replica-migration", "no",
                    "appendonly", "no")));
        }
        for (int master = 0; master < masters; master++) {
            int last = master + 1 < masters ? firstSlots[master + 1] - 1 : SlotHash.SLOT_COUNT - 1;
            commands(master).clusterSetConfigEpoch(master + 1);
            commands(master).clusterAddSlotsRange(Range.create(firstSlots[master], last));
        }
        for (TestRedis node : nodes.subList(1, nodes.size())) {
            String bus = node.commands().configGet("cluster-port").get("cluster-port");
            dispatch(0, CommandType.CLUSTER, "MEET", "127.0.0.1", Integer.toString(node.port()), bus);
        }
        awaitAll("known_nodes:" + nodes.size());
        for (int replica = masters; replica < nodes.size(); replica++) {
            String master = commands(replica - masters).clusterMyId();
            RedisCommands<String, String> commands = commands(replica);
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> commands.clusterReplicate(master).equals("OK"));
            await().atMost(PATIENCE).until(() -> commands.info("replication").contains("master_link_status:up"));
        }
        awaitAll("cluster_state:ok");
        awaitAgreement();
    }

    private void dispatch(int node, CommandType command, String... arguments) {
        CommandArgs<String, String> all = new CommandArgs<>(StringCodec.UTF8);
        List.of(arguments).forEach(all::add);
        commands(node).dispatch(command, new StatusOutput<>(StringCodec.UTF8), all);
    }

    private void awaitAll(String line) {
        await(line)
                .atMost(PATIENCE)
                .until(() -> nodes.stream()
                        .allMatch(node -> node.commands().clusterInfo().contains(line)));
    }

    /** Waits until every node that runs names the same masters. */
    public void awaitAgreement() {
        await("agreement about the slots")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> running()
                                .mapToObj(this::slotsSeenBy)
                                .collect(Collectors.toSet())
                                .size()
                        == 1);
    }

    private Set<Slots> slotsSeenBy(int node) {
        return commands(node).clusterSlots().stream()
                .map(range -> (List<?>) range)
                .map(range ->
                        new Slots((Long) range.get(0), (Long) range.get(1), (Long) ((List<?>) range.get(2)).get(1)))
                .collect(Collectors.toSet());
    }

    private record Slots(long first, long last, long port) {}

    private IntStream running() {
        return IntStream.range(0, nodes.size()).filter(node -> nodes.get(node).isRunning());
    }

    private IntStream runningMasters() {
        return running().filter(node -> commands(node).info("replication").contains("role:master"));
    }

    /** How many masters it had at first. */
    public int masters() {
        return masters;
    }

    /** As {@code like.redis.uri} takes it, naming two of the nodes. */
    public String uri() {
        return nodes.stream()
                .limit(2)
                .map(node -> "127.0.0.1:" + node.port())
                .collect(Collectors.joining(",", "redis-cluster://", ""));
    }

    int port(int node) {
        return nodes.get(node).port();
    }

    /** Lets every node name other ports than those that the masters listen on, as where something else is in front. */
    void announce(List<Integer> ports) {
        for (int master = 0; master < masters; master++) {
            commands(master).configSet("cluster-announce-port", Integer.toString(ports.get(master)));
        }
        await("the ports that were announced")
                .atMost(PATIENCE)
                .until(() -> running()
                        .allMatch(node ->
                                slotsSeenBy(node).stream().allMatch(slots -> ports.contains((int) slots.port()))));
    }

    /** A connection to one node, past the adapter. */
    public RedisCommands<String, String> commands(int node) {
        return nodes.get(node).commands();
    }

    /** How often all nodes together ran a command. */
    long calls(String command) {
        return nodes.stream().mapToLong(node -> node.calls(command)).sum();
    }

    /** The node that is the primary of a key now. */
    public int ownerOf(String key) {
        int slot = SlotHash.getSlot(key);
        long port = slotsSeenBy(running().findFirst().orElseThrow()).stream()
                .filter(slots -> slots.first() <= slot && slot <= slots.last())
                .findFirst()
                .orElseThrow()
                .port();
        return IntStream.range(0, nodes.size())
                .filter(node -> port(node) == port)
                .findFirst()
                .orElseThrow();
    }

    /** A connection to the primary of a key. */
    public RedisCommands<String, String> commandsFor(String key) {
        return commands(ownerOf(key));
    }

    /** The masters that run now. */
    public List<RedisCommands<String, String>> masterCommands() {
        return runningMasters().mapToObj(this::commands).toList();
    }

    /** Breaks the connections of a master's replicas, and refuses them from now on. */
    public void dropReplicas(int master) {
        dispatch(master, CommandType.ACL, "SETUSER", "default", "-psync", "-sync");
        commands(master).clientKill(KillArgs.Builder.typeSlave());
    }

    /** {@code kill -9}. */
    public void kill(int node) {
        nodes.get(node).stop();
    }

    /** Starts a node again that was killed: without what it held, but with what it knows of the cluster. */
    public void restart(int node) {
        nodes.get(node).start();
    }

    /** Stops a node's process until the result is closed. */
    public TestRedis.Paused pause(int node) {
        return nodes.get(node).pause();
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

    /** Moves the keys of the slot, one after another, and announces the new primary. */
    public void finishMove(String key, int to) {
        int slot = SlotHash.getSlot(key);
        int from = ownerOf(key);
        List<String> keys;
        while (!(keys = commands(from).clusterGetKeysInSlot(slot, 10)).isEmpty()) {
            for (String each : keys) {
                commands(from).migrate("127.0.0.1", nodes.get(to).port(), 0, 5_000, MigrateArgs.Builder.key(each));
            }
        }
        String id = commands(to).clusterMyId();
        commands(to).clusterSetSlotNode(slot, id);
        commands(from).clusterSetSlotNode(slot, id);
        runningMasters()
                .filter(node -> node != to && node != from)
                .forEach(node -> commands(node).clusterSetSlotNode(slot, id));
    }

    @Override
    public void close() {
        nodes.forEach(TestRedis::close);
    }
}
