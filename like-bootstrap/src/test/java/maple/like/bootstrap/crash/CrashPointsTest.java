package maple.like.bootstrap.crash;

import static maple.like.bootstrap.crash.Deployment.REJECTED_LIKER;
import static maple.like.bootstrap.crash.Deployment.relation;

import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import maple.like.application.LikesUnavailableException;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionRow;
import maple.like.bootstrap.crash.Clients.Change;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Toggles, flushes and warm-ups while Redis is reachable. */
class CrashPointsTest extends RedisCrashPointSuite {
    /** Liked and stored; not liked; liked in {@link #makeChanges}. */
    private static final int[] LIKERS = {1, 9, 11};

    private Scenario toggle(LikeIntent intent, int liker, String when, Runnable... given) {
        return change(new Change(deployment.adele, liker, intent), when, given);
    }

    private Scenario flushAndChangesOfMind() {
        return flush().andThen("clients change their minds", this::changeAgain);
    }

    private void changeAgain() {
        clients.change(other, "Adele: unlike 11, toggle 12; Kanna: like 1, toggle 2, unlike 4; Adele: like 15");
    }

    private void totalsExpired() {
        changesPending();
        deployment.expireTotals();
    }

    private void changesPendingInColdRedis() {
        makeChanges();
        deployment.expireTotals();
    }

    private void batchStoredInColdRedis() {
        makeChanges();
        storeWithoutFinishing();
        deployment.expireTotals();
    }

    // Killed

    @ParameterizedTest
    @EnumSource
    void aToggleHappensOnceWhereverItsInstanceIsKilled(LikeIntent intent) {
        Map<String, Runnable> situations = Map.of(
                "Redis is cold", () -> {},
                "Redis is warm", this::warmedUp,
                "totals expired and changes are pending", this::totalsExpired,
                "a batch is stored but not finished", this::batchStoredInColdRedis,
                "a part of the journal is stored but not finished", this::journalStored);
        situations.forEach((when, given) -> {
            for (int liker : LIKERS) {
                killAtEveryCall(toggle(intent, liker, when, given));
            }
            Runnable check = () -> instance.revoke();
            killAtEveryCall(toggle(intent, LIKERS[1], when + " and a check comes first", given, check));
        });
    }

    @Test
    void aFlushStoresEachChangeOnceWhereverItsInstanceIsKilled() {
        killAtEveryCall(flush());
        killAtEveryCall(flushAndChangesOfMind());
        killAtEveryCall(flushAll("flushes of everything", this::changesPendingInColdRedis));
    }

    @Test
    void theSuccessorOfAFlushMayBeKilledAnywhereToo() {
        killBothAtEveryCall(flushAndChangesOfMind());
    }

    @Test
    void finishingABatchHappensOnceWhereverItsInstanceIsKilled() {
        Consumer<Instance> finish = finishing -> {
            PartitionRow row = deployment.inspect(0, LockedPartition::row);
            Set<Ocid> characters =
                    deployment.characters.stream().map(GameCharacter::ocid).collect(Collectors.toSet());
            Map<GameCharacter, Long> changes =
                    deployment.inspect(0, locked -> locked.rows().lastChanges(characters));
            finishing.topology.pending().finish(0, row.generation(), row.token(), changes);
        };
        killAtEveryCall(scenario("finish", finish, this::batchStored, this::changeAgain));
        killAtEveryCall(flush("flush after a stored batch", this::batchStored, this::changeAgain));
    }

    @Test
    void aRejectedRowIsOneDeadLetterWhereverItsInstanceIsKilled() {
        Runnable rejection = () -> {
            clients.change(other, "Adele: like " + REJECTED_LIKER);
            clients.mayBeEither(relation(deployment.adele, REJECTED_LIKER));
            rejected = 1;
        };
        killAtEveryCall(flushAll("flushes with a row that the database rejects", this::changesPending, rejection));
    }

    @Test
    void anEmptiedRedisIsWarmedUpWhereverTheInstanceIsKilled() {
        Runnable changes = changes("Adele: unlike 1; Kanna: unlike 3, toggle 4, like 5");
        killAtEveryCall(warmUp());
        killAtEveryCall(warmUp().andThen("clients change their minds", changes));
    }

    // Paused

    /** Others do all that there is to do, and one of them is killed in the next batch. */
    private void othersOvertake() {
        other.flush();
        other.flush();
        clients.change(other, "Adele: like 21; Kanna: unlike 4");
        anotherIsKilledInAFlush();
        deployment.expireTotals();
    }

    @ParameterizedTest
    @EnumSource
    void aPausedToggleIsExactWhateverOthersDoMeanwhile(LikeIntent intent) {
        Map<String, Runnable> situations = Map.of(
                "totals expired and changes are pending", this::totalsExpired,
                "Redis lacks relations", this::changesPendingInColdRedis);
        situations.forEach((when, given) -> {
            for (int liker : LIKERS) {
                pauseAtEveryCall(toggle(intent, liker, when, given), "others overtake", this::othersOvertake);
            }
        });
    }

    @Test
    void aPausedFlushUndoesNothingOfOthers() {
        pauseAtEveryCall(flush(), "others overtake", this::othersOvertake);
    }

    @Test
    void aPausedWarmUpUndoesNothingOfOthers() {
        pauseAtEveryCall(warmUp(), "others overtake", this::othersOvertake);
        Runnable changes = changes("Adele: unlike 1, toggle 4; Kanna: unlike 3, like 5");
        pauseAtEveryCall(warmUp(), "clients change their minds", changes);
    }

    // Redis emptied

    private void loseRedis() {
        deployment.emptyRedis();
        clients.loseUnstored();
    }

    @Test
    void aWarmUpStartsAnewWhereverRedisIsEmptiedAgain() {
        pauseAtEveryCall(warmUp().mayFail(), "Redis is emptied", this::loseRedis);
    }

    @Test
    void aFlushUndoesNoChangeMadeAfterRedisWasEmptied() {
        Runnable changes = changes("Adele: unlike 11, unlike 13; Kanna: like 1, like 3");
        pauseAtEveryCall(flush().mayFail(), "Redis is emptied and clients continue", this::loseRedis, changes);
    }

    @Test
    void totalsReadAfterRedisWasEmptiedFollowAFlush() {
        Runnable reads = () -> deployment.characters.forEach(character -> {
            try {
                clients.status(other, character);
            } catch (LikesUnavailableException expected) {
                // an emptied Redis is reconciled before it answers, under the lock that the flush holds
            }
        });
        pauseAtEveryCall(flush().mayFail(), "Redis is emptied and totals are read", this::loseRedis, reads);
    }
}
