package maple.like.bootstrap.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import maple.like.adapter.redis.TestCluster;
import maple.like.bootstrap.chaos.Operation.Kind;
import maple.like.bootstrap.chaos.Operation.Relation;
import maple.like.bootstrap.chaos.Oracle.Loss;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Primaries of a Redis Cluster die and slots move under load, and the oracle judges the history. */
class ClusterHistoryTest {
    private static final Path LOGS = Path.of("target", "cluster").toAbsolutePath();

    /** Its primary has two of the four partitions. */
    private static final String KEY = "{likes:1}:relations";

    private final TestCluster cluster = TestCluster.startedWithReplicas(Duration.ofSeconds(1));
    private Deployment deployment;
    private String title;

    @AfterEach
    void close() {
        if (deployment != null) {
            deployment.close();
        }
        cluster.close();
    }

    /** A build has its replies confirmed by a replica or not; the random choice can be made by a property. */
    @Test
    void aSlotMovesAndAMasterDiesUnderLoadAndNoMoreIsLostThanNoReplicaHasConfirmed() throws InterruptedException {
        Random random = new Random();
        long seed = random.nextLong();
        int confirmedReplicas = Integer.getInteger("cluster.confirmed-replicas", random.nextInt(2));
        title = "Seed of the load " + seed + ", -Dcluster.confirmed-replicas=" + confirmedReplicas;
        Map<String, String> properties = Map.of(
                "like.sync.interval",
                "2s", // so that Redis has much that the database lacks
                "like.redis.confirmed-replicas",
                Integer.toString(confirmedReplicas));
        deployment = new Deployment(4, 2, number -> cluster.uri(), properties, LOGS);
        deployment.clients.begin(seed);
        deployment.continueFor(Duration.ofSeconds(4));

        int to = (cluster.ownerOf(KEY) + 1) % cluster.masters();
        cluster.beginToMove(KEY, to);
        await("a failover").until(deployment.database::decides);
        deployment.continueFor(Duration.ofSeconds(1));
        cluster.finishMove(KEY, to);
        deployment.awaitRedisDecides();
        assertThat(cluster.ownerOf(KEY)).isEqualTo(to);

        List<String> concerned = Deployment.CHARACTERS.stream()
                .filter(character -> cluster.ownerOf(deployment
                                .partitions
                                .keys(Database.ocid(character))
                                .relations())
                        == to)
                .toList();
        Loss loss = killMaster();
        assertClean(character -> confirmedReplicas == 0 && concerned.contains(character) ? List.of(loss) : List.of());
    }

    /**
     * Cuts a primary off from its replica, and kills it soon after; later it returns, empty, as a replica.
     *
     * @return what it may have lost
     */
    private Loss killMaster() {
        int master = cluster.ownerOf(KEY);
        // What was acknowledged this long before has been replicated.
        long replicated = deployment.now() - TimeUnit.MILLISECONDS.toNanos(100);
        cluster.dropReplicas(master);
        deployment.continueFor(Duration.ofMillis(800));
        assertThat(cluster.commands(master).info("replication")).contains("connected_slaves:0");
        long died = deployment.now();
        cluster.kill(master);
        await("a replica takes over")
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> cluster.ownerOf(KEY) != master);
        long promoted = deployment.now();
        deployment.awaitRedisDecides();
        cluster.restart(master);
        cluster.awaitAgreement();
        return new Loss(replicated, died, promoted);
    }

    /** Ends the load. Then a change at one instance evicts the count at the other, however its event travels. */
    private void assertClean(Function<String, List<Loss>> losses) throws InterruptedException {
        deployment.continueFor(Duration.ofSeconds(3));
        List<Operation> operations = deployment.clients.end();
        assertThat(operations.stream()
                        .filter(each -> each.acknowledged() && each.kind().changes()))
                .hasSizeGreaterThan(100);
        deployment.assertClean(title, operations, List.of(), losses, cluster::commandsFor);
        Instance reader = deployment.instances.get(1);
        for (String character : Deployment.CHARACTERS) {
            long before = deployment.count(character, reader);
            Operation liked = deployment.caller.insist(
                    Kind.LIKE, new Relation("newcomer", character), deployment.instances.get(0));
            assertThat(liked.acknowledged()).as("%s", liked).isTrue();
            await("an event about " + character)
                    .atMost(Duration.ofSeconds(2))
                    .until(() -> deployment.count(character, reader) == before + 1);
        }
    }
}
