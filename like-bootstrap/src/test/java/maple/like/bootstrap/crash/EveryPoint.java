package maple.like.bootstrap.crash;

import static maple.like.bootstrap.crash.World.relation;
import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.UNLIKE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.application.LikesUnavailableException;
import maple.like.application.port.in.SyncLikes.Outcome;
import maple.like.application.port.in.SyncLikes.Report;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.PendingLikes.Claim;
import maple.like.bootstrap.crash.Host.Instance;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Lets something happen at every point of a flow, one after another, and says at how many. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class EveryPoint {
    private final Map<String, Integer> covered = new TreeMap<>();
    World world;

    abstract TestDatabase newDatabase();

    @BeforeAll
    void start() {
        world = new World(newDatabase());
    }

    @AfterAll
    void stop() {
        covered.forEach((flow, points) -> System.out.printf("%s: %4d points, %s%n", name(), points, flow));
        System.out.printf(
                "%s: %4d points in all%n",
                name(), covered.values().stream().mapToInt(Integer::intValue).sum());
        world.close();
    }

    private String name() {
        return getClass().getSimpleName();
    }

    /**
     * Something that a process does.
     *
     * @param given what was before
     * @param run what the process does
     * @param after what a client does after a process died that owed it an answer
     */
    record Flow(String name, Runnable given, Consumer<Instance> run, Consumer<Instance> after) {
        Flow(String name, Runnable given, Consumer<Instance> run) {
            this(name, given, run, instance -> {});
        }
    }

    /** Nothing happens, but the counts are checked at each point. */
    private void checkEverywhere(Flow flow) {
        world.reset();
        flow.given().run();
        Fuse fuse = Fuse.everywhere(world::checkRows);
        told(flow.name(), fuse, () -> {
            flow.run().accept(world.first.start(fuse));
            flow.after().accept(world.calm());
            world.settle();
        });
        assertThat(fuse.points()).as("points of %s", flow.name()).isPositive();
    }

    /**
     * Before each call, and not at all. Dying after a call leaves the same behind as dying before the next one, and dying
     * after the last as coming to the end.
     */
    void dieEverywhere(Flow flow) {
        checkEverywhere(flow);
        boolean died = true;
        for (int call = 0; died; call++) {
            world.reset();
            flow.given().run();
            Fuse fuse = Fuse.deadlyBefore(call);
            told(flow.name(), fuse, () -> {
                runToDeath(flow.run(), world.first.start(fuse));
                world.checkRows();
                flow.after().accept(world.calm());
                world.settle();
            });
            died = fuse.isDead();
            count("death: " + flow.name(), died);
        }
    }

    /** Each time as {@link #dieEverywhere}, in every combination. */
    void dieTwiceEverywhere(Flow flow, Flow recovery) {
        checkEverywhere(flow);
        boolean firstDied = true;
        for (int first = 0; firstDied; first++) {
            boolean died = true;
            for (int next = 0; died; next++) {
                world.reset();
                flow.given().run();
                Fuse one = Fuse.deadlyBefore(first);
                Fuse two = Fuse.deadlyBefore(next);
                told(flow.name() + ", " + one, two, () -> {
                    runToDeath(flow.run(), world.first.start(one));
                    recovery.given().run();
                    runToDeath(recovery.run(), world.second.start(two));
                    world.checkRows();
                    world.settle();
                });
                firstDied = one.isDead();
                died = two.isDead();
                count("two deaths: " + flow.name() + ", then " + recovery.name(), died);
            }
        }
    }

    /**
     * The process lives, but at one point something else happens. Nothing lies between the moment after a call and that
     * before the next, so one of them suffices, and the moment after the last call.
     */
    void meanwhileEverywhere(Flow flow, String what, Runnable event) {
        checkEverywhere(flow);
        int point = 0;
        while (meanwhileAt(point, flow, what, event)) {
            point += 2;
        }
        meanwhileAt(point - 1, flow, what, event);
    }

    private boolean meanwhileAt(int point, Flow flow, String what, Runnable event) {
        world.reset();
        flow.given().run();
        Fuse fuse = Fuse.at(point, event);
        told(flow.name() + ", meanwhile " + what, fuse, () -> {
            flow.run().accept(world.first.start(fuse));
            world.checkRows();
            flow.after().accept(world.calm());
            world.settle();
        });
        count("meanwhile " + what + ": " + flow.name(), fuse.isBlown());
        return fuse.isBlown();
    }

    /**
     * The process is stalled in the middle of what it does, its connections to the database are cut, and with them its
     * lock is gone. Others do what they like; then it goes on with what it was about to do.
     */
    void loseTheLockEverywhere(Flow flow, String what, Runnable event) {
        meanwhileEverywhere(mayBeTurnedAway(flow), "its lock is lost and " + what, () -> {
            world.first.cutConnections();
            event.run();
        });
    }

    /** The next round does what this one could not: its connection is gone, or Redis knows better. */
    static Flow mayBeTurnedAway(Flow flow) {
        return new Flow(
                flow.name(),
                flow.given(),
                instance -> {
                    try {
                        flow.run().accept(instance);
                    } catch (LikesUnavailableException expected) {
                        // turned away
                    }
                },
                flow.after());
    }

    static void runToDeath(Consumer<Instance> run, Instance instance) {
        try {
            run.accept(instance);
        } catch (Death expected) {
            // what comes after sees what it left
        }
    }

    private void told(String story, Fuse fuse, Runnable check) {
        try {
            check.run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(story + ": " + fuse + ": " + e.getMessage(), e);
        }
    }

    private void count(String what, boolean reached) {
        covered.merge(what, reached ? 1 : 0, Integer::sum);
    }

    // What there is before a flow

    void rows() {
        world.stored(world.adele, 1, 2, 3, 4);
        world.stored(world.kanna, 1, 2, 3, 4, 5);
        world.stored(world.elsewhere, 1);
    }

    void warm() {
        rows();
        world.warmUp();
    }

    /** Likes of one character and unlikes of another, so that a part of them never cancels itself out. */
    void pending() {
        Instance instance = world.calm();
        for (int liker = 11; liker <= 14; liker++) {
            world.click(instance, relation(world.adele, liker), LIKE);
        }
        world.click(instance, relation(world.adele, 1), UNLIKE);
        world.click(instance, relation(world.adele, 1), LIKE);
        for (int liker = 1; liker <= 3; liker++) {
            world.click(instance, relation(world.kanna, liker), UNLIKE);
        }
        world.click(instance, relation(world.elsewhere, 2), LIKE);
    }

    void drain(Instance instance) {
        Report report;
        do {
            report = instance.sync().sync(0);
        } while (report.outcome() == Outcome.STORED || report.more());
    }

    Flow flush(String name, Runnable given) {
        return new Flow(name, given, instance -> instance.sync().sync(0));
    }

    PartitionState storedButNotFinished() {
        Instance instance = world.calm();
        return instance.ledger()
                .withPartition(0, locked -> {
                    instance.pending().settle(0, locked.state(), locked::changes);
                    Claim claim = instance.pending().claim(0, locked.state(), Host.BATCH);
                    LikeBatch batch = claim.batch().orElseThrow();
                    return locked.apply(batch).state();
                })
                .orElseThrow();
    }
}
