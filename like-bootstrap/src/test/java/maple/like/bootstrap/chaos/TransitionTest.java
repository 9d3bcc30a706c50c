package maple.like.bootstrap.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import maple.like.bootstrap.chaos.Transition.Look;
import org.junit.jupiter.api.Test;

class TransitionTest {
    private final List<Look> looks = new ArrayList<>();

    private void look(long generation, long epoch, boolean databaseDecides) {
        long at = 10L * looks.size();
        looks.add(new Look(at, at + 1, generation, epoch, databaseDecides));
    }

    @Test
    void aFailoverAndAFailBackHappenBetweenTwoLooks() {
        look(1, 0, false);
        look(1, 1, true);
        look(1, 1, true);
        look(2, 1, false);
        assertThat(Transition.between(looks))
                .containsExactly(new Transition(true, 0, 11, 0), new Transition(false, 20, 31, 0));
    }

    @Test
    void aNewEpochShowsAFailoverThatNoLookHasFound() {
        look(1, 0, false);
        look(2, 2, false);
        look(2, 3, true);
        look(2, 4, true);
        assertThat(Transition.between(looks))
                .extracting(Transition::failover)
                .containsExactly(true, true, false, false, true, true, false);
    }

    @Test
    void theSecondBatchAfterALookHoldsWhatWasAcknowledgedBefore() {
        look(1, 0, false);
        look(1, 0, false);
        look(2, 0, false);
        look(3, 0, false);
        look(3, 1, true);
        assertThat(Transition.storedUpTo(looks, 30)).isZero();
        assertThat(Transition.storedUpTo(looks, 31)).isEqualTo(10);
        assertThat(Transition.between(looks)).containsExactly(new Transition(true, 30, 41, 10));
    }

    @Test
    void whatADatabaseThatLostCommitsHoldsIsWhatItHeldBefore() {
        look(1, 0, false);
        look(3, 0, false);
        look(5, 0, false);
        look(7, 0, false);
        look(4, 0, false);
        look(90_000, 0, false);
        look(90_001, 0, false);
        assertThat(Transition.storedUpTo(looks, 31)).isEqualTo(20);
        assertThat(Transition.storedUpTo(looks, 41)).isZero();
        assertThat(Transition.storedUpTo(looks, 61)).isZero();
        look(90_002, 0, false);
        assertThat(Transition.storedUpTo(looks, 71)).isEqualTo(50);
    }

    @Test
    void batchesDuringAFailoverHoldNothingThatIsPendingInRedis() {
        look(1, 0, false);
        look(5, 1, true);
        look(9, 1, true);
        look(12, 1, false);
        look(13, 1, false);
        look(14, 1, false);
        assertThat(Transition.storedUpTo(looks, 50)).isZero();
        assertThat(Transition.storedUpTo(looks, 51)).isEqualTo(30);
    }
}
