package maple.like.bootstrap.crash;

import static maple.like.bootstrap.crash.World.relation;
import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static maple.like.domain.LikeIntent.UNLIKE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.application.port.in.SyncLikes.Outcome;
import maple.like.application.port.in.SyncLikes.Report;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.PendingLikes.Claim;
import maple.like.bootstrap.crash.Host.Instance;
import maple.like.domain.LikeIntent;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process dies, is stalled, or sees Redis emptied, at every point of every flow, one after another. Nothing here is
 * random but which members Redis picks for a batch; the points do not depend on it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class CrashPoints {
    private final Map<String, Integer> covered = new TreeMap<>();
    private World world;

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
    private record Flow(String name, Runnable given, Consumer<Instance> run, Consumer<Instance> after) {
        Flow(String name, Runnable given, Consumer<Instance> run) {
            this(name, given, run, instance -> {});
        }
    }

    /** How many points a flow has when nothing happens to it, where the counts are checked at each. */
    private int pointsOf(Flow flow) {
        world.reset();
        flow.given().run();
        Fuse fuse = Fuse.everywhere(world::checkRows);
        flow.run().accept(world.first.start(fuse));
        flow.after().accept(world.calm());
        world.settle();
        assertThat(fuse.points()).as("points of %s", flow.name()).isPositive();
        return fuse.points();
    }

    private void dieEverywhere(Flow flow) {
        int points = pointsOf(flow);
        for (int point = 0; point < points; point++) {
            world.reset();
            flow.given().run();
            Fuse fuse = Fuse.deadlyAt(point);
            told(flow.name(), fuse, () -> {
                runToDeath(flow.run(), world.first.start(fuse));
                assertThat(fuse.isDead()).as("died").isTrue();
                world.checkRows();
                flow.after().accept(world.calm());
                world.settle();
            });
        }
        count("death: " + flow.name(), points);
    }

    private void dieTwiceEverywhere(Flow flow, Flow recovery) {
        int points = pointsOf(flow);
        int pairs = 0;
        // Dying before a call leaves the same behind as dying after the one before it: half of the first deaths
        // suffice.
        for (int point = 0; point <= points; point += 2) {
            int first = point;
            boolean died = true;
            for (int next = 0; died; next++) {
                world.reset();
                flow.given().run();
                Fuse one = Fuse.deadlyAt(Math.min(first, points - 1));
                Fuse two = Fuse.deadlyAt(next);
                told(flow.name() + ", " + one, two, () -> {
                    runToDeath(flow.run(), world.first.start(one));
                    recovery.given().run();
                    runToDeath(recovery.run(), world.second.start(two));
                    world.checkRows();
                    world.settle();
                });
                died = two.isDead();
                pairs += died ? 1 : 0;
            }
        }
        count("two deaths: " + flow.name() + ", then " + recovery.name(), pairs);
    }

    /** The process lives, but at one point something else happens. */
    private void meanwhileEverywhere(Flow flow, String what, Runnable event) {
        int points = pointsOf(flow);
        for (int point = 0; point < points; point++) {
            world.reset();
            flow.given().run();
            Fuse fuse = Fuse.at(point, event);
            told(flow.name() + ", meanwhile " + what, fuse, () -> {
                flow.run().accept(world.first.start(fuse));
                world.checkRows();
                flow.after().accept(world.calm());
                world.settle();
            });
            assertThat(fuse.isBlown()).as("reached").isTrue();
        }
        count("meanwhile " + what + ": " + flow.name(), points);
    }

    private static void runToDeath(Consumer<Instance> run, Instance instance) {
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

    private void count(String what, int points) {
        covered.merge(what, points, Integer::sum);
    }

    // What there is before a flow

    private void rows() {
        world.stored(world.adele, 1, 2, 3, 4);
        world.stored(world.kanna, 1, 2, 3, 4, 5);
        world.stored(world.elsewhere, 1);
    }

    private void warm() {
        rows();
        world.warmUp();
    }

    /** Likes of one character and unlikes of another, so that a part of them never cancels itself out. */
    private void pending() {
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

    private void changeMinds() {
        Instance instance = world.calm();
        world.click(instance, relation(world.adele, 11), UNLIKE);
        world.click(instance, relation(world.adele, 12), TOGGLE);
        world.click(instance, relation(world.kanna, 1), LIKE);
        world.click(instance, relation(world.kanna, 2), TOGGLE);
        world.click(instance, relation(world.kanna, 4), UNLIKE);
        world.click(instance, relation(world.adele, 15), LIKE);
    }

    private void drain(Instance instance) {
        Report report;
        do {
            report = instance.sync().sync(0);
        } while (report.outcome() == Outcome.STORED || report.more());
    }

    private Flow flush(String name, Runnable given) {
        return new Flow(name, given, instance -> instance.sync().sync(0));
    }

    private Flow flushOfManyChanges() {
        return flush("flush", () -> {
            warm();
            pending();
        });
    }

    private PartitionState storedButNotFinished() {
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

    private Flow warmUp() {
        return new Flow(
                "warm-up after a loss, with changes waiting",
                () -> {
                    warm();
                    world.emptyRedis();
                    Instance instance = world.calm();
                    world.click(instance, relation(world.kanna, 5), UNLIKE);
                    world.click(instance, relation(world.adele, 2), UNLIKE);
                    world.click(instance, relation(world.adele, 11), LIKE);
                },
                this::drain);
    }

    // Toggles

    private Flow toggle(String name, Runnable given, LikeIntent intent, int liker) {
        RelationKey relation = relation(world.adele, liker);
        return new Flow(
                name + ", " + intent,
                given,
                instance -> world.click(instance, relation, intent),
                instance -> world.carryOn(instance, relation, intent));
    }

    private void toggleEverywhere(String name, Runnable given, LikeIntent intent) {
        // liked and stored, not liked, like waiting, and in pending(): unlike of a stored one
        for (int liker : new int[] {1, 9, 11}) {
            dieEverywhere(toggle(name, given, intent, liker));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aToggleOnAnEmptyRedisHappensOnceWhereverItsProcessDies(LikeIntent intent) {
        toggleEverywhere("toggle, Redis empty", this::rows, intent);
    }

    @ParameterizedTest
    @EnumSource
    void aToggleOnAWarmRedisHappensOnceWhereverItsProcessDies(LikeIntent intent) {
        toggleEverywhere("toggle, Redis warm", this::warm, intent);
    }

    @ParameterizedTest
    @EnumSource
    void aToggleOfAForgottenTotalHappensOnceWhereverItsProcessDies(LikeIntent intent) {
        toggleEverywhere(
                "toggle, total expired and changes waiting",
                () -> {
                    warm();
                    pending();
                    world.forgetTotals();
                },
                intent);
    }

    @ParameterizedTest
    @EnumSource
    void aToggleBesideABatchHappensOnceWhereverItsProcessDies(LikeIntent intent) {
        toggleEverywhere(
                "toggle, Redis empty before, a batch stored and not finished",
                () -> {
                    rows();
                    pending();
                    storedButNotFinished();
                    world.forgetTotals();
                },
                intent);
    }

    // Flushes

    @Test
    void aFlushStoresEachChangeOnceWhereverItsProcessDies() {
        dieEverywhere(flushOfManyChanges());
    }

    @Test
    void aFlushToTheEndStoresEachChangeOnceWhereverItsProcessDies() {
        dieEverywhere(new Flow(
                "flush to the end, Redis empty before",
                () -> {
                    rows();
                    pending();
                },
                this::drain));
    }

    @Test
    void clientsMayChangeTheirMindsBeforeSomebodyTakesTheBatchOver() {
        Flow flush = flushOfManyChanges();
        dieEverywhere(
                new Flow("flush, clients change their minds", flush.given(), flush.run(), instance -> changeMinds()));
    }

    @Test
    void finishingTakesTheBatchOffOnceWhereverItsProcessDies() {
        PartitionState[] stored = new PartitionState[1];
        dieEverywhere(new Flow(
                "finish",
                () -> {
                    warm();
                    pending();
                    stored[0] = storedButNotFinished();
                    changeMinds();
                },
                instance -> instance.pending().finish(0, stored[0])));
    }

    @Test
    void takingAStoredBatchOverFinishesItOnceWhereverTheProcessDies() {
        dieEverywhere(flush("take-over of a stored batch", () -> {
            warm();
            pending();
            storedButNotFinished();
            changeMinds();
        }));
    }

    @Test
    void anEmptiedRedisIsFilledAgainWhereverTheProcessDies() {
        dieEverywhere(warmUp());
    }

    @Test
    void clientsMayUnlikeWhatAnEmptiedRedisDoesNotHoldYet() {
        Flow warmUp = warmUp();
        dieEverywhere(new Flow(
                "warm-up after a loss, clients change their minds", warmUp.given(), warmUp.run(), instance -> {
                    world.click(instance, relation(world.adele, 1), UNLIKE);
                    world.click(instance, relation(world.kanna, 3), UNLIKE);
                    world.click(instance, relation(world.kanna, 4), TOGGLE);
                    world.click(instance, relation(world.kanna, 5), LIKE);
                }));
    }

    @Test
    void whoTakesAFlushOverMayDieAnywhereToo() {
        dieTwiceEverywhere(flushOfManyChanges(), flush("take-over after changed minds", this::changeMinds));
    }

    // Not dead but stalled, or without its Redis

    /**
     * Another process does all that there is to do, and dies in the middle of the batch after it. The totals expire, or
     * nobody would need what was read before.
     */
    private void othersOvertake() {
        Instance instance = world.other.start(Fuse.none());
        instance.sync().sync(0);
        instance.sync().sync(0);
        world.click(instance, relation(world.adele, 21), LIKE);
        world.click(instance, relation(world.kanna, 4), UNLIKE);
        runToDeath(process -> process.sync().sync(0), world.other.start(Fuse.deadlyBefore("commit")));
        world.forgetTotals();
    }

    private Flow stalledToggle(String name, Runnable given, LikeIntent intent, int liker) {
        RelationKey relation = relation(world.adele, liker);
        return new Flow(name + ", " + intent, given, instance -> world.clickAmongOthers(instance, relation, intent));
    }

    @ParameterizedTest
    @EnumSource
    void aStalledToggleIsExactWhateverOthersDidMeanwhile(LikeIntent intent) {
        for (int liker : new int[] {1, 9, 11}) {
            meanwhileEverywhere(
                    stalledToggle(
                            "toggle, total expired and changes waiting",
                            () -> {
                                warm();
                                pending();
                                world.forgetTotals();
                            },
                            intent,
                            liker),
                    "others overtake",
                    this::othersOvertake);
            meanwhileEverywhere(
                    stalledToggle(
                            "toggle, Redis empty before, changes waiting",
                            () -> {
                                rows();
                                pending();
                                world.forgetTotals();
                            },
                            intent,
                            liker),
                    "others overtake",
                    this::othersOvertake);
        }
    }

    @Test
    void aStalledFlushUndoesNothingThatOthersDidMeanwhile() {
        meanwhileEverywhere(flushOfManyChanges(), "others overtake", this::othersOvertake);
    }

    @Test
    void aStalledWarmUpUndoesNothingThatOthersDidMeanwhile() {
        meanwhileEverywhere(warmUp(), "others overtake", this::othersOvertake);
        meanwhileEverywhere(warmUp(), "clients change their minds", this::changeMindsAboutStoredOnes);
    }

    @Test
    void aWarmUpStartsAnewWhereverRedisIsEmptiedAgain() {
        meanwhileEverywhere(warmUp(), "Redis is emptied", world::loseRedis);
    }

    private void changeMindsAboutStoredOnes() {
        Instance instance = world.other.start(Fuse.none());
        world.click(instance, relation(world.adele, 1), UNLIKE);
        world.click(instance, relation(world.adele, 4), TOGGLE);
        world.click(instance, relation(world.kanna, 3), UNLIKE);
        world.click(instance, relation(world.kanna, 5), LIKE);
    }

    @Test
    void whatClientsAreToldAfterALossOfRedisIsNotUndoneByAFlushUnderWay() {
        meanwhileEverywhere(flushOfManyChanges(), "Redis is emptied", () -> {
            world.loseRedis();
            Instance instance = world.other.start(Fuse.none());
            for (int liker : new int[] {11, 13}) {
                world.click(instance, relation(world.adele, liker), UNLIKE);
            }
            for (int liker : new int[] {1, 3}) {
                world.click(instance, relation(world.kanna, liker), LIKE);
            }
        });
    }

    @Test
    void totalsReadAfterALossOfRedisFollowAFlushUnderWay() {
        meanwhileEverywhere(flushOfManyChanges(), "Redis is emptied and totals are read", () -> {
            world.loseRedis();
            world.readTotals(world.other.start(Fuse.none()));
        });
    }
}
