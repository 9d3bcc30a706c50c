package maple.like.bootstrap.crash;

import static maple.like.bootstrap.crash.World.relation;
import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static maple.like.domain.LikeIntent.UNLIKE;

import maple.like.bootstrap.crash.Host.Instance;
import maple.like.domain.LikeIntent;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * As {@link CrashPoints}, of what is done because Redis was away or went back in time, and of owners of the lock that
 * lost it and do not know.
 */
abstract class OutagePoints extends EveryPoint {
    // What there is before a flow

    private void claimed() {
        warm();
        pending();
        runToDeath(instance -> instance.sync().sync(0), world.first.start(Fuse.deadlyBefore("commit")));
    }

    private void stored() {
        warm();
        pending();
        storedButNotFinished();
    }

    private void waiting() {
        warm();
        pending();
    }

    /** About relations that Redis holds as waiting, claimed, stored or not at all; more than fit one round. */
    private void decideAboutMany() {
        Instance instance = world.calm();
        world.decide(instance, relation(world.adele, 11), UNLIKE);
        world.decide(instance, relation(world.adele, 12), TOGGLE);
        world.decide(instance, relation(world.kanna, 1), LIKE);
        world.decide(instance, relation(world.kanna, 2), TOGGLE);
        world.decide(instance, relation(world.adele, 3), UNLIKE);
        world.decide(instance, relation(world.adele, 3), TOGGLE);
        world.decide(instance, relation(world.adele, 21), LIKE);
    }

    private void decideAboutFew() {
        Instance instance = world.calm();
        world.decide(instance, relation(world.adele, 3), UNLIKE);
        world.decide(instance, relation(world.kanna, 6), LIKE);
    }

    /** What clients do while the flow is nobody's. */
    private void clickAnywhere(Instance instance) {
        world.clickAnywhere(instance, relation(world.adele, 11), LIKE);
        world.clickAnywhere(instance, relation(world.adele, 3), TOGGLE);
        world.clickAnywhere(instance, relation(world.kanna, 1), UNLIKE);
        world.clickAnywhere(instance, relation(world.kanna, 7), LIKE);
    }

    // Flows

    private Flow replayOfClaimed() {
        return flush("replay, a batch claimed before", () -> {
            claimed();
            decideAboutMany();
        });
    }

    private Flow returnOf(String name, Runnable before) {
        return new Flow(
                "replay and attach, " + name,
                () -> {
                    before.run();
                    decideAboutMany();
                },
                this::drain);
    }

    private Flow attach(String name, Runnable before) {
        return flush("attach, " + name, () -> {
            before.run();
            decideAboutFew();
            world.calm().sync().sync(0);
        });
    }

    private Flow returnOfAnEmptiedRedis() {
        return new Flow(
                "replay and attach, Redis emptied meanwhile",
                () -> {
                    warm();
                    decideAboutMany();
                    world.emptyRedis();
                },
                this::drain);
    }

    private Flow rebuildOf(String name, Runnable before, Runnable since) {
        return flush("rebuild, Redis went back " + name, () -> {
            before.run();
            world.copyRedis();
            since.run();
            world.setRedisBack();
        });
    }

    private Flow andClients(Flow flow) {
        return new Flow(flow.name() + ", clients go on", flow.given(), flow.run(), this::clickAnywhere);
    }

    // Deaths

    @ParameterizedTest
    @EnumSource
    void aDecisionWithoutRedisIsMadeOnceWhereverItsProcessDies(LikeIntent intent) {
        for (RelationKey relation : new RelationKey[] {
            relation(world.adele, 2), // stored
            relation(world.adele, 9), // nowhere
            relation(world.adele, 11), // waits as liked, or is claimed
            relation(world.kanna, 1) // waits as unliked, or is claimed
        }) {
            decideEverywhere("Redis has changes waiting", this::waiting, relation, intent);
            decideEverywhere("Redis has a batch claimed", this::claimed, relation, intent);
            decideEverywhere("a batch is stored and not finished", this::stored, relation, intent);
        }
    }

    private void decideEverywhere(String name, Runnable given, RelationKey relation, LikeIntent intent) {
        dieEverywhere(new Flow(
                "decision, " + name + ", " + intent,
                given,
                instance -> world.decide(instance, relation, intent),
                instance -> world.carryOnDeciding(instance, relation, intent)));
    }

    @Test
    void aReplayIsDoneOnceWhereverItsProcessDies() {
        for (Flow flow : new Flow[] {
            replayOfClaimed(),
            returnOf("changes waiting", this::waiting),
            returnOf("a batch claimed before", this::claimed),
            returnOf("a batch stored before", this::stored),
            returnOfAnEmptiedRedis()
        }) {
            dieEverywhere(flow);
        }
        dieEverywhere(andClients(replayOfClaimed()));
        dieEverywhere(andClients(returnOf("changes waiting", this::waiting)));
    }

    @Test
    void attachingIsDoneOnceWhereverItsProcessDies() {
        for (Flow flow : new Flow[] {attach("changes waiting", this::waiting), attach("nothing waits", this::warm)}) {
            dieEverywhere(flow);
            dieEverywhere(andClients(flow));
        }
    }

    @Test
    void whoTakesAReplayOverMayDieAnywhereToo() {
        dieTwiceEverywhere(replayOfClaimed(), flush("take-over after further decisions", () -> {
            clickAnywhere(world.calm());
        }));
    }

    @Test
    void aRedisThatWentBackInTimeIsRebuiltWhereverTheProcessDies() {
        for (Flow flow : new Flow[] {rebuildOfWaiting(), rebuildOfClaimed(), rebuildAfterAReplay()}) {
            dieEverywhere(flow);
        }
        dieEverywhere(andClients(rebuildOfWaiting()));
        dieEverywhere(andClients(rebuildOfClaimed()));
    }

    private Flow rebuildOfWaiting() {
        return rebuildOf("to before a flush", this::waiting, world::warmUp);
    }

    private Flow rebuildOfClaimed() {
        return rebuildOf("to a claimed batch that is stored since", this::claimed, world::warmUp);
    }

    private Flow rebuildAfterAReplay() {
        return rebuildOf("to before an outage", this::claimed, () -> {
            decideAboutFew();
            world.warmUp();
        });
    }

    // Others, between any two steps

    private void othersGoOn() {
        Instance instance = world.other.start(Fuse.none());
        instance.sync().sync(0);
        clickAnywhere(instance);
        instance.sync().sync(0);
    }

    private void unawareClientsClick() {
        Instance instance = world.other.start(Fuse.none());
        world.clickUnaware(instance, relation(world.adele, 31), LIKE);
        world.clickUnaware(instance, relation(world.adele, 2), UNLIKE);
        world.clickUnaware(instance, relation(world.kanna, 5), TOGGLE);
    }

    @Test
    void aReplayIsDoneOnceWhateverOthersDoMeanwhile() {
        for (Flow flow : new Flow[] {
            replayOfClaimed(),
            returnOf("changes waiting", this::waiting),
            returnOf("a batch stored before", this::stored),
            returnOfAnEmptiedRedis(),
            attach("changes waiting", this::waiting)
        }) {
            meanwhileEverywhere(flow, "others go on", this::othersGoOn);
        }
        for (Flow flow : new Flow[] {
            replayOfClaimed(),
            returnOf("changes waiting", this::waiting),
            attach("changes waiting", this::waiting),
            rebuildOfWaiting(),
            rebuildOfClaimed()
        }) {
            meanwhileEverywhere(flow, "clients click that heard of no outage", this::unawareClientsClick);
        }
    }

    // Owners that lost the lock

    private Flow warmUpAfterALoss() {
        return new Flow(
                "warm-up after a loss",
                () -> {
                    warm();
                    world.emptyRedis();
                    Instance instance = world.calm();
                    world.click(instance, relation(world.kanna, 5), UNLIKE);
                    world.click(instance, relation(world.adele, 11), LIKE);
                },
                this::drain);
    }

    private Flow[] flowsUnderTheLock() {
        return new Flow[] {
            flush("flush", this::waiting),
            flush("take-over of a claimed batch", this::claimed),
            flush("take-over of a stored batch", this::stored),
            replayOfClaimed(),
            attach("changes waiting", this::waiting),
            warmUpAfterALoss(),
            rebuildOfWaiting()
        };
    }

    private void othersDie() {
        runToDeath(process -> process.sync().sync(0), world.other.start(Fuse.deadlyBefore("commit")));
    }

    @Test
    void anOwnerThatLostTheLockUndoesNothingOfOneRoundOfOthers() {
        for (Flow flow : flowsUnderTheLock()) {
            loseTheLockEverywhere(flow, "others do rounds, and the totals expire", () -> {
                othersGoOn();
                world.forgetTotals();
            });
        }
    }

    @Test
    void anOwnerThatLostTheLockUndoesNothingOfOthersThatClaimedAfterIt() {
        for (Flow flow : flowsUnderTheLock()) {
            loseTheLockEverywhere(flow, "others do two rounds and die in the third", () -> {
                othersGoOn();
                clickAnywhere(world.other.start(Fuse.none()));
                othersDie();
            });
        }
    }

    @Test
    void anOwnerThatLostTheLockUndoesNothingOnceAllIsStored() {
        for (Flow flow : flowsUnderTheLock()) {
            loseTheLockEverywhere(flow, "others store everything, and clients go on", () -> {
                world.warmUp();
                clickAnywhere(world.calm());
            });
        }
    }

    @Test
    void anOwnerThatLostTheLockTakesNothingFromARedisThatWasEmptiedOrWentBack() {
        for (Flow flow : flowsUnderTheLock()) {
            loseTheLockEverywhere(flow, "others store everything, Redis is emptied, and clients go on", () -> {
                world.warmUp();
                world.emptyRedis();
                clickAnywhere(world.calm());
            });
        }
        for (Flow flow : flowsUnderTheLock()) {
            loseTheLockEverywhere(flow, "others store everything, Redis goes back, and clients go on", () -> {
                world.copyRedis();
                world.warmUp();
                world.setRedisBack();
                clickAnywhere(looking(world.calm()));
            });
        }
    }

    /** As every instance does whose connection to Redis broke. */
    private static Instance looking(Instance instance) {
        instance.ledger().awaitPartition(0, locked -> {
            instance.pending().settle(0, locked.state(), locked::changes);
            return true;
        });
        return instance;
    }

    @Test
    void anOwnerThatLostTheLockUndoesNothingOfAnOutageSince() {
        for (Flow flow : flowsUnderTheLock()) {
            loseTheLockEverywhere(flow, "there is an outage", this::decideAboutMany);
            loseTheLockEverywhere(flow, "there is an outage that ends", () -> {
                decideAboutMany();
                drain(world.other.start(Fuse.none()));
                clickAnywhere(world.calm());
            });
        }
    }
}
