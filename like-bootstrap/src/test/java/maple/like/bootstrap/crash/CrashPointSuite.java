package maple.like.bootstrap.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import maple.like.adapter.jpa.TestDatabases;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the same work once for each crash point, and prints how many there were.
 *
 * <p>All of a run is one thread, so the same calls come every time. The seed chooses the points among them, and the
 * OCIDs, and with them the order of rows and hashes; Redis itself chooses the members of a batch.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ParameterizedClass
@MethodSource("databases")
@Timeout(600)
abstract class CrashPointSuite {
    /** Of so many calls, a build takes one. */
    private static final int SAMPLED = 53;

    /** Of so many kinds of work, a build does one on a database that takes several times as long as H2 in this process. */
    private static final int SLOWER = 13;

    private final long seed = Long.getLong("crash.seed", new Random().nextLong());
    private final Map<String, Integer> points = new TreeMap<>();
    private final Map<String, Integer> moments = new HashMap<>();

    @Parameter
    String database;

    /** One in so many kinds of work is done. The seed chooses them. */
    private int every;

    /** One in so many moments of each kind of work has a crash point. The seed chooses the first. */
    private int stride;

    Deployment deployment;
    Clients clients;

    /** H2 and, less often, MySQL; or the one that {@code -Dtest.database} names. */
    static Stream<String> databases() {
        String named = System.getProperty("test.database");
        return named == null ? Stream.of("H2", "MySql") : Stream.of(named);
    }

    @BeforeParameterizedClassInvocation(injectArguments = false)
    void startStores() {
        boolean all = System.getProperty("crash.points", "").equals("all");
        every = all || database.equals("H2") ? 1 : SLOWER;
        stride = all ? 1 : SAMPLED;
        deployment = null;
        deployment = new Deployment(TestDatabases.migrated(database), new Random(seed));
        points.clear();
        moments.clear();
    }

    @AfterParameterizedClassInvocation(injectArguments = false)
    void stopStores() {
        if (deployment == null) { // this machine cannot run the database
            return;
        }
        String name = getClass().getSimpleName() + " on " + database;
        points.forEach((work, number) -> System.out.printf("%s: %4d points, %s%n", name, number, work));
        int all = points.values().stream().mapToInt(Integer::intValue).sum();
        System.out.printf("%s: %4d points in all; -Dcrash.seed=%d%n", name, all, seed);
        deployment.close();
    }

    /** Whether a kind of work is among those that are done. */
    boolean isChosen(String what) {
        return Math.floorMod(seed + what.hashCode(), every) == 0;
    }

    /**
     * Runs work without a crash, unless that has been done, and finds that counts and rows agree at each of its calls.
     *
     * @return how many moments it has
     */
    int undisturbed(String what, Consumer<CrashPoint> work) {
        return moments.computeIfAbsent(what, first -> {
            CrashPoint everywhere = CrashPoint.everywhere(deployment::checkCounts);
            explained(() -> what + ", undisturbed, " + everywhere, () -> work.accept(everywhere));
            assertThat(everywhere.moments()).as("moments of %s", what).isPositive();
            return everywhere.moments();
        });
    }

    /**
     * Runs work with a crash point at its moments, as long as they are reached. A failure names the crash point.
     *
     * @param moments how many there are at most
     * @param step 2 for the moments before calls, 1 for those after calls too
     */
    void atEveryMoment(
            String what, int moments, int step, IntFunction<CrashPoint> crashPoints, Consumer<CrashPoint> work) {
        boolean reached = true;
        int first = step * firstOf(Math.min(stride, 1 + (moments - 1) / step), what);
        for (int moment = first; reached && moment < moments; moment += step * stride) {
            CrashPoint crashPoint = crashPoints.apply(moment);
            at(what, crashPoint, work);
            reached = crashPoint.isReached();
        }
    }

    /** Depends on nothing but the seed and this work, so that its test alone repeats it. */
    private int firstOf(int candidates, String what) {
        return Math.floorMod(seed + what.hashCode() + points.getOrDefault(what, 0), candidates);
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
