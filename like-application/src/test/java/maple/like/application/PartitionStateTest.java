package maple.like.application;

import static maple.like.application.PartitionState.ACTIVE;
import static maple.like.application.PartitionState.FAILED_OVER;
import static maple.like.application.PartitionState.REBUILDING;
import static maple.like.application.PartitionState.REPLAYING;
import static maple.like.application.PartitionState.WARMING_UP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PartitionStateTest {
    private static final Map<PartitionState, Set<PartitionState>> SUCCESSORS = Map.of(
            ACTIVE, Set.of(FAILED_OVER, REBUILDING, WARMING_UP),
            FAILED_OVER, Set.of(REPLAYING, REBUILDING),
            REPLAYING, Set.of(ACTIVE, WARMING_UP, REBUILDING),
            REBUILDING, Set.of(WARMING_UP, FAILED_OVER),
            WARMING_UP, Set.of(ACTIVE, FAILED_OVER, REBUILDING));

    @ParameterizedTest
    @EnumSource
    void aStateIsFollowedByItselfAndItsSuccessorsAlone(PartitionState state) {
        assertThat(state.successors()).isEqualTo(SUCCESSORS.get(state));
        for (PartitionState next : PartitionState.values()) {
            if (next == state || state.successors().contains(next)) {
                assertThat(state.to(next)).isEqualTo(next);
            } else {
                assertThatIllegalStateException()
                        .isThrownBy(() -> state.to(next))
                        .withMessageContaining(state + " cannot become " + next);
            }
        }
    }

    @Test
    void theDatabaseDecidesFromTheFailoverUntilTheJournalIsReplayed() {
        assertThat(PartitionState.values())
                .filteredOn(PartitionState::databaseDecides)
                .containsExactly(FAILED_OVER, REPLAYING);
    }
}
