package maple.like.bootstrap.crash;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Runs the same work once for each of its crash points, and prints how many there were.
 *
 * <p>All of a run is one thread, so the same points come every time. The seed chooses the OCIDs, and with them the order
 * of rows and hashes; Redis itself chooses the members of a batch.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
abstract class CrashPointSuite {
    private final long seed = Long.getLong("crash.seed", new Random().nextLong());
    private final Map<String, Integer> points = new TreeMap<>();
    Deployment deployment;
    Clients clients;

    @BeforeAll
    void startStores() {
        deployment = new Deployment(new Random(seed));
    }

    @AfterAll
    void stopStores() {
        String name = getClass().getSimpleName();
        points.forEach((work, number) -> System.out.printf("%s: %4d points, %s%n", name, number, work));
        int all = points.values().stream().mapToInt(Integer::intValue).sum();
        System.out.printf("%s: %4d points in all; -Dcrash.seed=%d%n", name, all, seed);
        deployment.close();
    }

    /**
     * Runs work with a crash point at each of its moments, until one is not reached any more. A failure names the crash
     * point.
     *
     * @param step 2 for the moments before calls, 1 for those after calls too
     * @return the moments of the last run
     */
    int atEveryMoment(String what, int step, IntFunction<CrashPoint> crashPoints, Consumer<CrashPoint> work) {
        CrashPoint crashPoint;
        int moment = 0;
        do {
            crashPoint = crashPoints.apply(moment);
            at(what, crashPoint, work);
            moment += step;
        } while (crashPoint.isReached());
        return crashPoint.moments();
    }

    void at(String what, CrashPoint crashPoint, Consumer<CrashPoint> work) {
        explained(() -> what + ", " + crashPoint, () -> work.accept(crashPoint));
        points.merge(what, crashPoint.isReached() ? 1 : 0, Integer::sum);
    }

    static void explained(Supplier<String> where, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(where.get() + ": " + e.getMessage(), e);
        }
    }

    /** Runs work of an instance that may be killed meanwhile. */
    static void runUntilKilled(Instance instance, CrashPoint crashPoint, Consumer<Instance> work) {
        instance.connections.crashAt(crashPoint);
        try {
            work.accept(instance);
            instance.connections.crashAt(CrashPoint.none());
        } catch (CrashPoint.Killed | RuntimeException e) {
            if (!crashPoint.isKilled()) { // else what it left behind is checked
                throw e;
            }
        }
    }
}
