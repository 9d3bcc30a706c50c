package maple.like.bootstrap.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import java.util.stream.Stream;
import maple.like.application.LikesUnavailableException;
import maple.like.application.port.in.SyncLikes.Outcome;
import maple.like.application.port.in.SyncLikes.Report;
import maple.like.bootstrap.crash.Clients.Change;

/**
 * Several instances share a Redis that decides. One of them is killed, paused or cut off at each of its calls. Each run
 * ends with a comparison of answers, rows and Redis with what was acknowledged to clients.
 */
abstract class RedisCrashPointSuite extends CrashPointSuite {
    /** The instance under test. It has verified that Redis decides. */
    Instance instance;

    /** Lives on, and serves clients meanwhile. It has verified that Redis decides. */
    Instance other;

    /** Changes that the database rejects in this scenario. */
    int rejected;

    /**
     * Something that an instance does, and what surrounds it.
     *
     * @param given what happened before
     * @param afterwards what clients do once the instance was killed or is done
     */
    record Scenario(String name, Runnable given, Consumer<Instance> run, Runnable afterwards) {
        Scenario andThen(String what, Runnable next) {
            return new Scenario(name + ", then " + what, given, run, next);
        }

        /** It may end with an exception: what it did not do, a later flush or retry does. */
        Scenario mayFail() {
            Consumer<Instance> attempt = instance -> {
                try {
                    run.accept(instance);
                } catch (LikesUnavailableException expected) {
                    // what it left behind is checked
                }
            };
            return new Scenario(name, given, attempt, afterwards);
        }
    }

    // What happens at each call

    /** The instance is killed before each call. Killed after a call, it leaves the same behind. */
    void killAtEveryCall(Scenario scenario) {
        String name = scenario.name() + ", killed";
        if (isChosen(name)) {
            atEveryMoment(name, undisturbed(scenario), 2, CrashPoint::kill, point -> run(scenario, point));
        }
    }

    /** The instance is killed at each call; a second one takes over and is killed at each call, in every combination. */
    void killBothAtEveryCall(Scenario scenario) {
        String name = scenario.name() + ", killed, and its successor too";
        if (!isChosen(name)) {
            return;
        }
        int moments = undisturbed(scenario);
        for (int moment = 0; moment <= moments; moment += 2) {
            int firstMoment = moment;
            atEveryMoment(name, Integer.MAX_VALUE, 2, CrashPoint::kill, second -> {
                CrashPoint first = CrashPoint.kill(firstMoment);
                Scenario both = new Scenario(scenario.name(), scenario.given(), scenario.run(), () -> {
                    scenario.afterwards().run();
                    runUntilKilled(deployment.start(), second, Instance::flush);
                });
                explained(() -> "first instance killed " + first, () -> run(both, first));
            });
        }
    }

    /** At each call the instance is paused while other things happen, one after another; then it continues. */
    void pauseAtEveryCall(Scenario scenario, String what, Runnable... meanwhile) {
        String name = scenario.name() + ", paused while " + what;
        if (!isChosen(name)) {
            return;
        }
        Runnable all = inOrder(meanwhile);
        int moments = undisturbed(scenario);
        atEveryMoment(name, moments, 2, moment -> CrashPoint.at(moment, all), point -> run(scenario, point));
        at(name, CrashPoint.at(moments - 1, all), point -> run(scenario, point)); // after the last call
    }

    /** Before and after each call, Redis becomes unreachable to all instances, and stays so until the instance is done. */
    void loseRedisAtEveryMoment(Scenario scenario) {
        String name = scenario.name() + ", Redis unreachable";
        if (!isChosen(name)) {
            return;
        }
        Runnable outage = () -> {
            instance.connections.setRedisReachable(false);
            other.revoke();
        };
        atEveryMoment(
                name,
                undisturbed(scenario),
                1,
                moment -> CrashPoint.at(moment, outage),
                point -> run(scenario.mayFail(), point));
    }

    private int undisturbed(Scenario scenario) {
        return undisturbed(scenario.name(), point -> run(scenario, point));
    }

    private void run(Scenario scenario, CrashPoint crashPoint) {
        deployment.reset();
        clients = new Clients(deployment);
        rejected = 0;
        clients.stored(deployment.adele, 1, 2, 3, 4);
        clients.stored(deployment.kanna, 1, 2, 3, 4, 5);
        clients.stored(deployment.elsewhere, 1);
        instance = startVerified();
        other = startVerified();
        deployment.expireTotals();
        scenario.given().run();
        runUntilKilled(instance, crashPoint, scenario.run());
        deployment.checkCounts();
        scenario.afterwards().run();
        checkAndFinish();
    }

    Instance startVerified() {
        Instance started = deployment.start();
        clients.status(started, deployment.adele);
        clients.status(started, deployment.elsewhere);
        return started;
    }

    /** Compares everything with what was acknowledged, at once and when nothing is left to flush. */
    private void checkAndFinish() {
        deployment.checkStates();
        clients.checkAnswers(other);
        storeEverything();
        clients.acceptLosses(other);
        deployment.expireTotals();
        clients.checkTotals(other);
        deployment.checkIdle(clients.liked(), rejected);
    }

    /** Another instance flushes until nothing is pending. */
    void storeEverything() {
        deployment.withHelper(
                helper -> Deployment.PARTITIONS.all().forEach(partition -> storeEverything(helper, partition)));
    }

    private void storeEverything(Instance helper, int partition) {
        Report report;
        do {
            report = helper.sync.sync(partition);
            deployment.checkCounts();
            clients.checkTotals(other);
            assertThat(report.rejected()).as("rejected").hasSizeLessThanOrEqualTo(rejected);
            if (!clients.areUncertain()) {
                assertThat(report.drift()).as("drift").isEmpty();
            }
        } while (report.outcome() != Outcome.DRAINED || report.more());
        helper.sync.sync(partition); // finds that the last page of a warm-up was copied
    }

    // What the instance does

    static Runnable inOrder(Runnable... steps) {
        return () -> Stream.of(steps).forEach(Runnable::run);
    }

    Scenario scenario(String name, Consumer<Instance> run, Runnable... given) {
        return new Scenario(name, inOrder(given), run, () -> {});
    }

    /** One round. */
    Scenario flush(String name, Runnable... given) {
        return scenario(name, Instance::flush, given);
    }

    Scenario flushAll(String name, Runnable... given) {
        return scenario(name, Instance::flushAll, given);
    }

    Scenario flush() {
        return flush("flush", this::changesPending);
    }

    Scenario warmUp() {
        Runnable changes = changes("Kanna: unlike 5; Adele: unlike 2, like 11");
        return flushAll("warm-up of an emptied Redis", this::warmedUp, deployment::emptyRedis, changes);
    }

    /** Not the last round. */
    Scenario replay() {
        return flush("replay after a batch was claimed", this::batchClaimed, this::failOverAndDecideMuch);
    }

    Scenario rebuild(String to, Runnable before, Runnable since) {
        String name = "rebuild of a Redis that went back to " + to;
        return flush(name, before, deployment::saveRedis, since, this::redisGoesBack);
    }

    Scenario rebuildOfPending() {
        return rebuild("before a flush", this::changesPending, this::storeEverything);
    }

    Scenario change(Change change, String when, Runnable... given) {
        return new Scenario(
                change.intent() + " of " + change.liker() + " when " + when,
                inOrder(given),
                changing -> clients.change(changing, change),
                () -> {
                    clients.retryUnanswered(other);
                    clients.repeatAnswered(other);
                });
    }

    // What happened before, besides likes that are stored and that Redis does not hold

    /** Redis holds every stored relation, and the totals. */
    void warmedUp() {
        deployment.withHelper(helper -> Deployment.PARTITIONS.all().forEach(partition -> {
            helper.flushAll(partition);
            helper.sync.sync(partition); // finds that the last page was copied
        }));
        clients.checkTotals(other);
    }

    void changesPending() {
        warmedUp();
        makeChanges();
    }

    /** More changes than a batch takes: likes of one character and unlikes of another, so that none cancel out. */
    void makeChanges() {
        clients.change(other, "Adele: like 11, like 12, like 13, like 14, unlike 1, like 1");
        clients.change(other, "Kanna: unlike 1, unlike 2, unlike 3; Elsewhere: like 2");
    }

    Runnable changes(String all) {
        return () -> clients.change(other, all);
    }

    void batchClaimed() {
        changesPending();
        anotherIsKilledInAFlush();
    }

    void batchStored() {
        changesPending();
        storeWithoutFinishing();
    }

    /** A batch is committed and not finished in Redis: a part of the journal, if there is one. */
    void storeWithoutFinishing() {
        runUntilKilled(deployment.start(), CrashPoint.killAfterCommit(), Instance::flush);
    }

    void journalStored() {
        changesPending();
        failOverAndDecideMuch();
        storeWithoutFinishing();
    }

    /** Redis restarts from an earlier state. Connections break, so both instances check who decides. */
    void redisGoesBack() {
        deployment.restoreRedis();
        instance.revoke();
        other.revoke();
    }

    /** No instance reaches Redis, so the database decides about some relations. */
    void failOverAndDecide(String changes) {
        instance.revoke();
        other.revoke();
        other.connections.setRedisReachable(false);
        clients.change(other, changes);
        other.connections.setRedisReachable(true);
    }

    /** About relations that Redis holds as pending, claimed, stored or not at all; one round does not replay all. */
    void failOverAndDecideMuch() {
        failOverAndDecide("Adele: unlike 11, toggle 12; Kanna: like 1, toggle 2; Adele: unlike 3, toggle 3, like 21");
    }

    // What other instances do meanwhile

    /** Changes that find out first which store decides, unless the instance under test holds the lock. */
    void clientsContinue() {
        if (!deployment.isLocked(0)) {
            other.revoke();
        }
        clients.changeIfPossible(other, "Adele: like 11, toggle 3; Kanna: unlike 1, like 7");
    }

    void othersFlush() {
        other.flush();
        clientsContinue();
        other.flush();
    }

    void anotherIsKilledInAFlush() {
        runUntilKilled(deployment.start(), CrashPoint.killBeforeCommit(), Instance::flush);
    }
}
