package maple.like.bootstrap.crash;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An owner that lost the lock of its partition, does not know it, and continues where others have worked since. */
class LostLockCrashPointsTest extends RedisCrashPointSuite {
    /** What others do meanwhile, one thing after another. */
    Stream<Arguments> meanwhile() {
        return Stream.of(
                lockLost("others flush and totals expire", this::othersFlush, deployment::expireTotals),
                lockLost(
                        "others flush twice and one is killed in the third flush",
                        this::othersFlush,
                        this::clientsContinue,
                        this::anotherIsKilledInAFlush),
                lockLost("others store everything and clients continue", this::storeEverything, this::clientsContinue),
                lockLost(
                        "others store everything, Redis is emptied and clients continue",
                        this::storeEverything,
                        deployment::emptyRedis,
                        this::clientsContinue),
                lockLost(
                        "others store everything, Redis goes back and clients continue",
                        deployment::saveRedis,
                        this::storeEverything,
                        this::redisGoesBack,
                        this::clientsContinue),
                lockLost("the database begins to decide", this::failOverAndDecideMuch),
                lockLost(
                        "the database decides and Redis takes over again",
                        this::failOverAndDecideMuch,
                        () -> other.flushAll(),
                        this::clientsContinue));
    }

    private static Arguments lockLost(String what, Runnable... meanwhile) {
        return arguments(what, inOrder(meanwhile));
    }

    /** Its connections to the database break, and with them the lock is lost. It may fail once it continues. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("meanwhile")
    void anOwnerThatLostTheLockUndoesNothingOfOthers(String what, Runnable meanwhile) {
        Runnable lost = () -> instance.connections.cutDatabase();
        Stream.of(
                        flush(),
                        flush("flush of a claimed batch", this::batchClaimed),
                        flush("flush after a stored batch", this::batchStored),
                        replay(),
                        flush("flush after a stored part of the journal", this::journalStored),
                        warmUp(),
                        rebuildOfPending())
                .forEach(each -> pauseAtEveryCall(each.mayFail(), "its lock is lost, and " + what, lost, meanwhile));
    }
}
