package maple.like.bootstrap.crash;

import static maple.like.bootstrap.crash.Deployment.account;
import static org.assertj.core.api.Assertions.assertThat;

import maple.like.application.ErasureUnderWayException;
import maple.like.application.LikesUnavailableException;
import org.junit.jupiter.api.Test;

/** An account is erased, or a character merged into another, and the instance that does it is killed or cut off. */
class OperatorCrashPointsTest extends RedisCrashPointSuite {
    /** Has likes that are stored, pending or taken back, of characters of both partitions. */
    private static final int ERASED = 1;

    private static void erase(Instance instance) {
        try {
            assertThat(instance.erasure.erase(account(ERASED)).left()).isEmpty();
        } catch (ErasureUnderWayException e) {
            if (e.getCause() instanceof LikesUnavailableException unavailable) {
                throw unavailable;
            }
            throw e;
        }
    }

    /** The other instance resumes it. Only where it was not recorded, its caller has to repeat it. */
    private Scenario erasure(String when, Runnable... given) {
        return new Scenario(
                "erasure of an account when " + when, inOrder(given), OperatorCrashPointsTest::erase, () -> {
                    deployment.expireClaims();
                    boolean recorded = deployment.hasErasures();
                    other.erasure.interrupted().forEach(other.erasure::erase);
                    if (!recorded) {
                        erase(other);
                    }
                    assertThat(deployment.hasErasures()).isFalse();
                    assertThat(deployment.traces(account(ERASED))).isEmpty();
                    clients.erased(ERASED);
                });
    }

    /** With idempotency keys, one of them stored. */
    private void togglesPending() {
        warmedUp();
        clients.change(other, "Kanna: toggle 1");
        storeEverything();
        makeChanges();
        clients.change(other, "Adele: toggle 1; Elsewhere: toggle 1, toggle 1");
    }

    private void journalToApply() {
        batchClaimed();
        failOverAndDecide("Adele: like 11, unlike 1; Kanna: like 1; Elsewhere: toggle 1, toggle 1");
    }

    @Test
    void anErasureIsCompletedWhereverItsInstanceIsKilled() {
        killAtEveryCall(erasure("Redis is cold", () -> {}));
        killAtEveryCall(erasure("changes are pending", this::togglesPending));
        killAtEveryCall(erasure("there is a journal", this::journalToApply));
    }

    @Test
    void anErasureIsCompletedWhereverRedisBecomesUnreachable() {
        loseRedisAtEveryMoment(erasure("changes are pending and Redis goes down", this::togglesPending));
    }

    /** Both characters have stored, pending and taken back likes, some of them of the same accounts. */
    private Scenario merge(String when, Runnable... given) {
        return new Scenario("merge when " + when, inOrder(given), this::merge, () -> {
            merge(other);
            clients.merged(deployment.kanna, deployment.adele);
        });
    }

    private void merge(Instance instance) {
        assertThat(instance.retirement
                        .retire(deployment.kanna.ocid(), deployment.adele.ocid())
                        .removed())
                .isTrue();
    }

    @Test
    void aMergeIsCompletedWhereverItsInstanceIsKilled() {
        killAtEveryCall(merge("changes are pending", this::changesPending));
        killAtEveryCall(merge("a batch is claimed", this::batchClaimed));
    }

    @Test
    void aMergeIsCompletedWhereverRedisBecomesUnreachable() {
        loseRedisAtEveryMoment(merge("changes are pending and Redis goes down", this::changesPending));
    }
}
