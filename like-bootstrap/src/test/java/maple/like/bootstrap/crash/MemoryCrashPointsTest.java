package maple.like.bootstrap.crash;

import static maple.like.bootstrap.crash.Deployment.PARTITIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Consumer;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.LikesUnavailableException;
import maple.like.application.port.in.SyncLikes.Outcome;
import maple.like.application.port.in.SyncLikes.Report;
import maple.like.bootstrap.crash.Clients.Change;
import maple.like.bootstrap.crash.Instance.Kind;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The memory of the only instance decides, in place of Redis or before it. What was acknowledged before its last completed
 * flush survives its death, what was acknowledged later may be lost, and nothing is counted twice.
 */
class MemoryCrashPointsTest extends CrashPointSuite {
    private static final int LIKERS = 4;

    private Kind kind = Kind.IN_MEMORY;

    private Instance start(CrashPoint crashPoint) {
        return deployment.start(kind, crashPoint);
    }

    private void storeEverything(Instance instance) {
        PARTITIONS.all().forEach(partition -> {
            Report report;
            do {
                report = instance.sync.sync(partition);
                assertThat(report.drift()).as("drift").isEmpty();
                assertThat(report.rejected()).as("rejected").isEmpty();
            } while (report.outcome() == Outcome.STORED || report.more());
        });
    }

    /** To a store that survives the instance: the database, or Redis, which a round of its own flush follows. */
    private void flush(Instance instance) {
        if (kind == Kind.IN_MEMORY) {
            storeEverything(instance);
        } else {
            PARTITIONS.all().forEach(partition -> {
                instance.forward(partition);
                instance.sync.sync(partition);
            });
        }
    }

    /** Every liker likes, unlikes or toggles most characters: more changes than a batch takes. */
    private void changeMinds(Instance instance, int round) {
        for (int liker = 1; liker <= LIKERS; liker++) {
            int turn = liker + round;
            for (GameCharacter character : deployment.characters) {
                if (turn % 4 < 3) {
                    clients.change(instance, new Change(character, liker, LikeIntent.values()[turn % 4]));
                }
                turn++;
            }
        }
    }

    private void changeAndFlush(Instance instance, int round) {
        changeMinds(instance, round);
        flush(instance);
        clients.flushed();
    }

    private void changeAndFlushTwice(Instance instance) {
        changeAndFlush(instance, 0);
        changeMinds(instance, 1);
        changeAndFlush(instance, 2);
    }

    private void reset(Runnable given) {
        deployment.reset();
        clients = new Clients(deployment);
        given.run();
    }

    private void checkSuccessor(Instance successor) {
        deployment.checkCounts();
        clients.loseUnflushed();
        clients.acceptLosses(successor);
        clients.checkAnswers(successor);
        changeAndFlush(successor, 3);
        storeEverything(successor);
        clients.checkAnswers(successor);
        deployment.checkStored(clients.liked(), 0);
    }

    /** Also during its start, when it takes the database over. */
    private void killAtEveryCall(String when, Runnable given) {
        String what = kind + ", changes and flushes after " + when;
        if (!isChosen(what)) {
            return;
        }
        Consumer<CrashPoint> work = point -> {
            reset(given);
            try {
                changeAndFlushTwice(start(point));
            } catch (CrashPoint.Killed | RuntimeException e) {
                assertThat(point.isKilled()).as("killed, %s", e).isTrue();
            }
            checkSuccessor(start(CrashPoint.none()));
        };
        atEveryMoment(what + ", killed", undisturbed(what, work), 2, CrashPoint::kill, work);
    }

    private void flushed() {
        changeAndFlush(start(CrashPoint.none()), 1);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REDIS")
    void whatWasFlushedSurvivesWhereverTheInstanceIsKilled(Kind memory) {
        kind = memory;
        killAtEveryCall("a flush", this::flushed);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REDIS")
    void whatTheDatabaseDecidedBeforeIsTakenOver(Kind memory) {
        kind = memory;
        killAtEveryCall("a failover", () -> {
            Instance before = start(CrashPoint.none());
            changeAndFlush(before, 1);
            storeEverything(before);
            Instance withoutRedis = deployment.start();
            withoutRedis.connections.setRedisReachable(false);
            changeMinds(withoutRedis, 2);
            clients.flushed();
        });
    }

    // Displaced: it is paused, its connections break, and a second instance takes the database over. Then it continues.

    private Instance displaced;
    private Instance successor;

    /** As of the displacement: what the displaced instance acknowledges later is lost. */
    private Clients acknowledged;

    private void displace() {
        displaced.connections.cutDatabase();
        acknowledged = clients.copy();
        successor = start(CrashPoint.none());
    }

    @Test
    void aDisplacedInstanceStoresNothingWhereverItIsDisplaced() {
        kind = Kind.IN_MEMORY;
        String what = "IN_MEMORY, changes and flushes, displaced";
        if (!isChosen(what)) {
            return;
        }
        atEveryMoment(what, Integer.MAX_VALUE, 2, moment -> CrashPoint.at(moment, this::displace), point -> {
            reset(this::flushed);
            displaced = start(CrashPoint.none());
            try {
                runUntilKilled(displaced, point, this::changeAndFlushTwice);
            } catch (LikesUnavailableException expected) {
                assertThat(point.isReached()).as("displaced, %s", expected).isTrue();
            }
            if (!point.isReached()) {
                displace();
            }
            assertThatThrownBy(() -> flush(displaced)).isInstanceOf(DatabaseUnavailableException.class);
            clients = acknowledged;
            checkSuccessor(successor);
        });
    }
}
