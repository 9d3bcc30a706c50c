package maple.like.bootstrap.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import maple.like.bootstrap.chaos.Oracle.Loss;
import maple.like.bootstrap.chaos.Oracle.Rule;
import maple.like.bootstrap.chaos.Oracle.Violation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Nodes of a Redis Cluster die and slots move under load, and the history is judged as that of random faults is. */
@Tag("alone")
class ClusterHistoryTest {
    private static final Path LOGS = Path.of("target", "cluster").toAbsolutePath();

    /** Its master holds two of the four partitions. */
    private static final String KEY = "{likes:1}:relations";

    private static ClusterRun run(int confirmedReplicas, TestInfo test) {
        long seed = new Random().nextLong();
        System.out.println(test.getDisplayName() + ": seed of the load " + seed + "; logs in " + LOGS);
        return new ClusterRun(seed, confirmedReplicas, LOGS);
    }

    @Test
    void aSlotMovesUnderLoadAndNothingIsLost(TestInfo test) throws InterruptedException {
        try (ClusterRun run = run(0, test)) {
            run.goOnFor(Duration.ofSeconds(4));
            int to = (run.cluster.ownerOf(KEY) + 1) % run.cluster.masters();
            long begun = run.now();
            run.cluster.beginToMove(KEY, to);
            await("the database decides meanwhile").until(run::detached);
            run.goOnFor(Duration.ofSeconds(1));
            run.cluster.finishMove(KEY, to);
            long moved = run.now();
            run.awaitRedisDecides();
            System.out.println("The move took " + Duration.ofNanos(moved - begun) + "; Redis decided again "
                    + Duration.ofNanos(run.now() - moved) + " after its end");
            run.troubledSince(begun);
            run.goOnFor(Duration.ofSeconds(3));
            List<Operation> operations = run.end();
            assertThat(run.cluster.ownerOf(KEY)).isEqualTo(to);
            assertThat(run.judge(operations, List.of())).isEmpty();
            run.assertAgreement();
            run.assertEventsArrive();
            assertThat(run.drift()).isZero();
        }
    }

    @Test
    void aMasterDiesUnderLoadAndNoMoreIsLostThanWhatItHadNotReplicated(TestInfo test) throws InterruptedException {
        try (ClusterRun run = run(0, test)) {
            run.goOnFor(Duration.ofSeconds(4));
            Loss loss = killMaster(run);
            run.goOnFor(Duration.ofSeconds(3));
            List<Operation> operations = run.end();
            long lost = run.judge(operations, List.of()).stream()
                    .filter(violation -> violation.rule() == Rule.STORED || violation.rule() == Rule.STATE)
                    .map(Violation::relation)
                    .distinct()
                    .count();
            System.out.println("Likes lost: " + lost + ", of " + ClusterRun.changes(operations)
                    + " acknowledged changes; all of them within the last "
                    + Duration.ofNanos(loss.from() - loss.safe()).toMillis() + " ms before the master died");
            assertThat(run.judge(operations, List.of(loss))).isEmpty();
            run.assertAgreement();
            run.assertEventsArrive();
        }
    }

    @Test
    void aMasterDiesUnderLoadAndNothingIsLostThatAReplicaHasConfirmed(TestInfo test) throws InterruptedException {
        try (ClusterRun run = run(1, test)) {
            run.goOnFor(Duration.ofSeconds(4));
            killMaster(run);
            run.goOnFor(Duration.ofSeconds(3));
            List<Operation> operations = run.end();
            assertThat(ClusterRun.changes(operations)).isGreaterThan(100);
            assertThat(run.judge(operations, List.of())).isEmpty();
            run.assertAgreement();
            run.assertEventsArrive();
        }
    }

    /**
     * Cuts a master off from its replica, and kills it soon after; later it comes back, empty, as a replica.
     *
     * @return what it may have lost
     */
    private static Loss killMaster(ClusterRun run) {
        int master = run.cluster.ownerOf(KEY);
        // What was acknowledged this long before was on its way, and arrived.
        long safe = run.now() - TimeUnit.MILLISECONDS.toNanos(100);
        run.cluster.dropReplicas(master);
        run.goOnFor(Duration.ofMillis(800));
        assertThat(run.cluster.commands(master).info("replication")).contains("connected_slaves:0");
        long died = run.now();
        run.cluster.kill(master);
        await("a replica takes over")
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> run.cluster.ownerOf(KEY) != master);
        long promoted = run.now();
        run.awaitRedisDecides();
        System.out.println("A replica took over after " + Duration.ofNanos(promoted - died)
                + "; the database decided until " + run.decidedByTheDatabaseSince(died) + " after the death");
        run.cluster.restart(master);
        run.cluster.awaitAgreement();
        run.troubledSince(safe);
        return new Loss(safe, died, promoted);
    }
}
