package maple.like.application.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import maple.like.application.LikePartitions;
import maple.like.application.StoreUnavailableException;
import maple.like.application.memory.InMemoryLedger;
import maple.like.application.memory.ModelLikes;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.in.SyncLikes.Outcome;
import maple.like.application.port.out.LikeLedger;
import org.junit.jupiter.api.Test;

class SyncLikesServiceTest {
    private final InMemoryLedger store = new InMemoryLedger(new LikePartitions(2));
    private final Crowded ledger = new Crowded();
    private final SyncLikes sync =
            new SyncLikesService(ledger, new ModelLikes(new LikePartitions(2), store), store, 10, 10);

    @Test
    void whoeverIsTurnedAwayThreeTimesInARowWaitsForItsTurn() {
        assertThat(outcomes(0, 4)).containsExactly(Outcome.BUSY, Outcome.BUSY, Outcome.BUSY, Outcome.DRAINED);
        assertThat(outcomes(0, 2)).containsExactly(Outcome.BUSY, Outcome.BUSY);
        assertThat(outcomes(1, 1)).as("each partition for itself").containsExactly(Outcome.BUSY);
        ledger.crowded = false;
        assertThat(outcomes(0, 1)).containsExactly(Outcome.DRAINED);
        ledger.crowded = true;
        assertThat(outcomes(0, 3)).containsOnly(Outcome.BUSY);
    }

    @Test
    void whoeverWaitedInVainWaitsAgain() {
        outcomes(0, 3);
        store.goAway();
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> sync.sync(0));
        store.comeBack();
        assertThat(outcomes(0, 1)).containsExactly(Outcome.DRAINED);
    }

    private List<Outcome> outcomes(int partition, int rounds) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            outcomes.add(sync.sync(partition).outcome());
        }
        return outcomes;
    }

    /** Somebody is always at work, and lets in those who wait. */
    private final class Crowded implements LikeLedger {
        private boolean crowded = true;

        @Override
        public <R> Optional<R> withPartition(int partition, Function<LockedPartition, R> work) {
            return crowded ? Optional.empty() : store.withPartition(partition, work);
        }

        @Override
        public <R> R awaitPartition(int partition, Function<LockedPartition, R> work) {
            return store.awaitPartition(partition, work);
        }
    }
}
