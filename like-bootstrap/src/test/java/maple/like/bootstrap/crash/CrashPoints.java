package maple.like.bootstrap.crash;

import static maple.like.bootstrap.crash.World.relation;
import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static maple.like.domain.LikeIntent.UNLIKE;

import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.bootstrap.crash.Host.Instance;
import maple.like.domain.LikeIntent;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process dies, is stalled, or sees Redis emptied, at every point of every flow, one after another. Nothing here is
 * random but which members Redis picks for a batch; the points do not depend on it.
 */
abstract class CrashPoints extends EveryPoint {
    private void changeMinds() {
        Instance instance = world.calm();
        world.click(instance, relation(world.adele, 11), UNLIKE);
        world.click(instance, relation(world.adele, 12), TOGGLE);
        world.click(instance, relation(world.kanna, 1), LIKE);
        world.click(instance, relation(world.kanna, 2), TOGGLE);
        world.click(instance, relation(world.kanna, 4), UNLIKE);
        world.click(instance, relation(world.adele, 15), LIKE);
    }

    private Flow flushOfManyChanges() {
        return flush("flush", () -> {
            warm();
            pending();
        });
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
        meanwhileEverywhere(mayBeTurnedAway(warmUp()), "Redis is emptied", world::loseRedis);
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
        meanwhileEverywhere(mayBeTurnedAway(flushOfManyChanges()), "Redis is emptied", () -> {
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
        meanwhileEverywhere(mayBeTurnedAway(flushOfManyChanges()), "Redis is emptied and totals are read", () -> {
            world.loseRedis();
            world.readTotals(world.other.start(Fuse.none()));
        });
    }
}
