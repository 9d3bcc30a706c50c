package maple.like.bootstrap.crash;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import maple.like.bootstrap.crash.Clients.Change;
import maple.like.domain.LikeIntent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Failover, replay, fail back, and the rebuild of a Redis that went back to an earlier state. */
class FailoverCrashPointsTest extends RedisCrashPointSuite {
    private Scenario failBack(String when, Runnable given) {
        return flushAll("replay and fail back when " + when, given, this::failOverAndDecideMuch);
    }

    private Scenario failBackWithPendingChanges() {
        return failBack("changes are pending", this::changesPending);
    }

    private Scenario failBackOfStoredBatch() {
        return failBack("a batch was stored", this::batchStored);
    }

    private Scenario failBackToEmptyRedis() {
        String name = "replay and fail back when Redis was emptied";
        return flushAll(name, this::warmedUp, this::failOverAndDecideMuch, deployment::emptyRedis);
    }

    /** The journal is replayed, and its batch not finished. */
    private Scenario firstFlushAfterFailBack(String when, Runnable given) {
        String name = "first flush after the replay when " + when;
        return flush(name, given, this::failOverAndDecideLittle, this::storeWithoutFinishing);
    }

    private Scenario firstFlushOfPending() {
        return firstFlushAfterFailBack("changes are pending", this::changesPending);
    }

    private void failOverAndDecideLittle() {
        failOverAndDecide("Adele: unlike 3; Kanna: like 6");
    }

    private Scenario rebuildOfClaimed() {
        return rebuild("a claimed batch", this::batchClaimed, this::storeEverything);
    }

    private Scenario rebuildAfterReplay() {
        Runnable outage = inOrder(this::failOverAndDecideLittle, this::storeEverything);
        return rebuild("before an outage", this::batchClaimed, outage);
    }

    private Scenario thenClientsContinue(Scenario scenario) {
        return scenario.andThen("clients continue", this::clientsContinue);
    }

    // Killed, or cut off from Redis

    /** Of a relation that is stored, not liked, pending or claimed as liked, pending or claimed as not liked. */
    private void forEachChange(LikeIntent intent, String when, Runnable given, Consumer<Scenario> test) {
        Stream.of(
                        new Change(deployment.adele, 2, intent),
                        new Change(deployment.adele, 9, intent),
                        new Change(deployment.adele, 11, intent),
                        new Change(deployment.kanna, 1, intent))
                .forEach(change -> test.accept(change(change, when, given)));
    }

    private Runnable withoutRedis(Runnable given) {
        return () -> {
            given.run();
            instance.connections.setRedisReachable(false);
            other.revoke();
        };
    }

    @ParameterizedTest
    @EnumSource
    void aFailoverDecidesOnceWhereverItsInstanceIsKilled(LikeIntent intent) {
        Consumer<Scenario> kill = this::killAtEveryCall;
        forEachChange(intent, "Redis is lost, changes pending", withoutRedis(this::changesPending), kill);
        forEachChange(intent, "Redis is lost, a batch claimed", withoutRedis(this::batchClaimed), kill);
        forEachChange(intent, "Redis is lost, a batch stored", withoutRedis(this::batchStored), kill);
        killAtEveryCall(change(
                new Change(deployment.adele, 11, intent),
                "Redis is lost, a part of the journal stored",
                withoutRedis(this::journalStored)));
    }

    @ParameterizedTest
    @EnumSource
    void aChangeHappensOnceWhereverItLosesRedis(LikeIntent intent) {
        forEachChange(intent, "changes are pending", this::changesPending, this::loseRedisAtEveryMoment);
        forEachChange(intent, "a batch is stored", this::batchStored, this::loseRedisAtEveryMoment);
    }

    @Test
    void aReplayIsDoneOnceWhereverItsInstanceIsKilled() {
        killAtEveryCall(replay());
        killAtEveryCall(failBackWithPendingChanges());
        killAtEveryCall(failBack("a batch was claimed", this::batchClaimed));
        killAtEveryCall(failBackOfStoredBatch());
        killAtEveryCall(failBackToEmptyRedis());
        killAtEveryCall(thenClientsContinue(replay()));
        killAtEveryCall(thenClientsContinue(failBackWithPendingChanges()));
    }

    @Test
    void aFlushOrReplayIsDoneOnceWhereverItLosesRedis() {
        loseRedisAtEveryMoment(flush());
        loseRedisAtEveryMoment(failBackWithPendingChanges());
        loseRedisAtEveryMoment(rebuildOfPending());
    }

    @Test
    void failingBackIsDoneOnceWhereverItsInstanceIsKilled() {
        for (Scenario flush :
                List.of(firstFlushOfPending(), firstFlushAfterFailBack("nothing is pending", this::warmedUp))) {
            killAtEveryCall(flush);
            killAtEveryCall(thenClientsContinue(flush));
        }
    }

    @Test
    void theSuccessorOfAReplayMayBeKilledAnywhereToo() {
        killBothAtEveryCall(thenClientsContinue(replay()));
    }

    @Test
    void aRedisThatWentBackIsRebuiltWhereverTheInstanceIsKilled() {
        killAtEveryCall(rebuildOfPending());
        killAtEveryCall(rebuildOfClaimed());
        killAtEveryCall(rebuildAfterReplay());
        killAtEveryCall(thenClientsContinue(rebuildOfPending()));
        killAtEveryCall(thenClientsContinue(rebuildOfClaimed()));
    }

    // Paused

    @Test
    void aReplayIsDoneOnceWhateverOthersDoMeanwhile() {
        Stream.of(
                        replay(),
                        failBackWithPendingChanges(),
                        failBackOfStoredBatch(),
                        failBackToEmptyRedis(),
                        firstFlushOfPending())
                .forEach(scenario -> pauseAtEveryCall(scenario, "others flush", this::othersFlush));
    }

    @Test
    void aReplayKeepsChangesThatReachRedisDespiteTheFailover() {
        Instance[] unaware = new Instance[1];
        Runnable starts = () -> unaware[0] = startVerified();
        Runnable changes = () -> clients.changeIfPossible(unaware[0], "Adele: like 31, unlike 2; Kanna: toggle 5");
        Stream.of(replay(), failBackWithPendingChanges(), firstFlushOfPending(), rebuildOfPending(), rebuildOfClaimed())
                .map(each -> scenario(each.name(), each.run(), starts, each.given()))
                .forEach(each -> pauseAtEveryCall(each, "an instance that noticed no outage takes changes", changes));
    }
}
