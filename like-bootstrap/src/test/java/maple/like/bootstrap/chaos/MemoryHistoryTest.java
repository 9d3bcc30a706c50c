package maple.like.bootstrap.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import maple.like.bootstrap.chaos.Oracle.Loss;
import org.junit.jupiter.api.Test;

/**
 * An instance that decides in its memory is killed at random under load, and the oracle judges the history: a kill loses
 * changes of the last moments at most, a stop none.
 */
class MemoryHistoryTest {
    private static final Path LOGS = Path.of("target", "memory").toAbsolutePath();
    private static final int LIVES = 2;

    /** Fifteen flush intervals: older changes must have been stored, however slow the machine is. */
    private static final Duration MOST_LOST = Duration.ofSeconds(3);

    @Test
    void aKillLosesChangesOfTheLastMomentsAndAStopNone() throws Exception {
        long seed = Long.getLong("memory.seed", new Random().nextLong());
        System.out.println("MemoryHistoryTest: -Dmemory.seed=" + seed);
        Random random = new Random(seed);
        List<Loss> losses = new ArrayList<>();
        Map<String, String> properties =
                Map.of("like.buffer.strategy", "in-memory", "like.buffer.flush-interval", "200ms");
        try (Deployment deployment = new Deployment(1, 1, number -> "", properties, LOGS)) {
            Instance instance = deployment.instances.get(0);
            deployment.clients.begin(seed);
            for (int life = 0; life < LIVES; life++) {
                deployment.continueFor(Duration.ofMillis(2_000 + random.nextInt(3_000)));
                long killed = deployment.now();
                if (life == 1) {
                    instance.terminate();
                    instance.process().awaitEnd();
                } else {
                    instance.kill();
                    losses.add(new Loss(killed - MOST_LOST.toNanos(), killed, deployment.now()));
                }
                instance.start();
                deployment.awaitReady(instance);
            }
            deployment.continueFor(Duration.ofSeconds(1));
            List<Operation> operations = deployment.clients.end();
            assertThat(operations.stream().filter(Operation::acknowledged)).hasSizeGreaterThan(500);
            deployment.assertClean("Seed " + seed, operations, List.of(), character -> losses, null);
        }
    }
}
