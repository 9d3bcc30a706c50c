package maple.like.bootstrap.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import maple.like.bootstrap.chaos.Operation.Kind;
import maple.like.bootstrap.chaos.Operation.Outcome;
import maple.like.bootstrap.chaos.Operation.Relation;
import maple.like.bootstrap.chaos.Oracle.Loss;
import maple.like.bootstrap.chaos.Oracle.Violation;
import maple.like.bootstrap.chaos.Windows.Window;
import org.junit.jupiter.api.Test;

/** Histories that can be, and such that cannot. */
class OracleTest {
    private static final Relation RELATION = new Relation("account-1", "Adele");
    private static final Relation OTHER = new Relation("account-2", "Adele");
    private static final long SLOW = 50;
    private static final long TO_SETTLE = 100;
    private static final long END = 10_000;

    private final List<Operation> operations = new ArrayList<>();
    private final List<Window> alone = new ArrayList<>();
    private final List<Window> troubles = new ArrayList<>();
    private final List<Loss> losses = new ArrayList<>();

    private void answered(Kind kind, long from, long to, boolean liked, long likeCount) {
        answered(RELATION, kind, from, to, liked, likeCount);
    }

    private void answered(Relation relation, Kind kind, long from, long to, boolean liked, long likeCount) {
        operations.add(new Operation(relation, kind, 0, from, to, Outcome.ACKNOWLEDGED, liked, likeCount, ""));
    }

    private void unanswered(Kind kind, long from, long to) {
        operations.add(new Operation(RELATION, kind, 0, from, to, Outcome.UNANSWERED, false, 0, ""));
    }

    private List<Violation> judged(Relation... stored) {
        return new Oracle(
                        new Windows(alone),
                        new Windows(troubles),
                        SLOW,
                        operation -> operation.completed() + TO_SETTLE,
                        losses)
                .judge(operations, Set.of(stored), END);
    }

    @Test
    void whatWasAcknowledgedLastIsStored() {
        answered(Kind.LIKE, 1, 2, true, 1);
        answered(Kind.TOGGLE, 3, 4, false, 0);
        assertThat(judged()).isEmpty();
        assertThat(judged(RELATION)).hasSize(1);
    }

    @Test
    void whatNobodyAskedForIsNotStored() {
        assertThat(judged(RELATION)).hasSize(1);
    }

    @Test
    void ofOperationsAtTheSameTimeAnyMayBeTheLast() {
        answered(Kind.LIKE, 1, 10, true, 1);
        answered(Kind.UNLIKE, 5, 12, false, 0);
        assertThat(judged()).isEmpty();
        assertThat(judged(RELATION)).isEmpty();
    }

    @Test
    void anOperationWithoutAnAnswerMayHappenUntilItIsSettled() {
        unanswered(Kind.LIKE, 1, 10);
        answered(Kind.UNLIKE, 20, 25, false, 0);
        assertThat(judged()).isEmpty();
        assertThat(judged(RELATION)).isEmpty();
        answered(Kind.UNLIKE, 200, 205, false, 0);
        assertThat(judged()).isEmpty();
        assertThat(judged(RELATION)).hasSize(1);
    }

    @Test
    void aToggleTurnsAroundWhatWasAcknowledged() {
        answered(Kind.LIKE, 1, 2, true, 1);
        answered(Kind.TOGGLE, 3, 4, true, 1);
        assertThat(judged(RELATION)).hasSize(1);
    }

    @Test
    void aReadTellsWhatWasAcknowledged() {
        answered(Kind.LIKE, 1, 2, true, 1);
        answered(Kind.STATUS, 3, 4, false, 0);
        assertThat(judged(RELATION)).isNotEmpty();
    }

    @Test
    void anAnswerIsOnlyPossibleIfAllOthersAre() {
        answered(Kind.LIKE, 1, 10, true, 1);
        answered(Kind.STATUS, 2, 3, true, 1);
        answered(Kind.STATUS, 4, 5, false, 0);
        assertThat(judged(RELATION)).isNotEmpty();
    }

    @Test
    void whileTheDatabaseDecidesAToggleMayTurnAroundWhatItKnows() {
        alone.add(new Window(3, 4));
        answered(Kind.LIKE, 1, 2, true, 1);
        answered(Kind.TOGGLE, 3, 4, true, 9);
        assertThat(judged(RELATION)).isEmpty();
        assertThat(judged()).hasSize(1);
    }

    @Test
    void whileTheDatabaseDecidesPutAndDeleteCount() {
        alone.add(new Window(3, 4));
        answered(Kind.LIKE, 1, 2, true, 1);
        answered(Kind.UNLIKE, 3, 4, false, 9);
        assertThat(judged()).isEmpty();
        assertThat(judged(RELATION)).hasSize(1);
    }

    @Test
    void whileRedisIsInTroubleAReadMayTellWhatTheDatabaseKnows() {
        troubles.add(new Window(3, 4));
        answered(Kind.LIKE, 1, 2, true, 1);
        answered(Kind.STATUS, 3, 4, false, 7);
        assertThat(judged(RELATION)).isEmpty();
    }

    @Test
    void whatRedisLostMayBeLost() {
        answered(Kind.LIKE, 10, 20, true, 1);
        losses.add(new Loss(15, 100, 110));
        assertThat(judged()).isEmpty();
        assertThat(judged(RELATION)).isEmpty();
    }

    @Test
    void whatWasStoredBeforeTheLossIsKept() {
        answered(Kind.LIKE, 10, 20, true, 1);
        losses.add(new Loss(25, 100, 110));
        assertThat(judged()).hasSize(1);
    }

    @Test
    void whatWasAcknowledgedAfterTheLossIsKept() {
        losses.add(new Loss(15, 100, 110));
        answered(Kind.LIKE, 120, 130, true, 1);
        assertThat(judged()).hasSize(1);
    }

    @Test
    void aCountIsExactWhileNobodyElseIsAtIt() {
        answered(OTHER, Kind.LIKE, 1, 2, true, 1);
        answered(Kind.LIKE, 3, 4, true, 1);
        assertThat(judged(RELATION, OTHER)).hasSize(1);
    }

    @Test
    void aCountMayHoldWhatHappensMeanwhile() {
        answered(OTHER, Kind.LIKE, 1, 5, true, 1);
        answered(Kind.LIKE, 3, 4, true, 1);
        assertThat(judged(RELATION, OTHER)).isEmpty();
    }

    @Test
    void aPutSaysLikedAndADeleteDoesNot() {
        answered(Kind.LIKE, 1, 2, false, 0);
        assertThat(judged()).isNotEmpty();
    }

    @Test
    void nothingElseThanAnAnswerOrARefusalIsExpected() {
        operations.add(new Operation(RELATION, Kind.LIKE, 0, 1, 2, Outcome.WRONG, false, 0, "500"));
        assertThat(judged()).hasSize(1);
    }
}
