package maple.like.application.service;

import static maple.like.application.PartitionState.ACTIVE;
import static maple.like.application.PartitionState.FAILED_OVER;
import static maple.like.application.PartitionState.REBUILDING;
import static maple.like.application.PartitionState.REPLAYING;
import static maple.like.application.PartitionState.WARMING_UP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.PartitionState;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.likes.ModelLikes;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.in.SyncLikes.Outcome;
import maple.like.application.port.in.SyncLikes.Report;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyncLikesServiceTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(2);
    private static final int BATCH_SIZE = 10;

    private final InMemoryLedger database = new InMemoryLedger(PARTITIONS);
    private final ModelLikes primary = new ModelLikes(PARTITIONS, database);
    private final Contended ledger = new Contended();
    private final SyncLikes sync = new SyncLikesService(ledger, primary, database, BATCH_SIZE, 2);
    private final GameCharacter character = Fresh.characterIn(0, PARTITIONS);

    /** Another owner always has the lock, and releases it to a caller that waits. */
    private final class Contended implements LikeLedger {
        private boolean contended;
        private Runnable afterTransaction = () -> {};

        @Override
        public <R> Optional<R> tryPartition(int partition, Function<LockedPartition, R> work) {
            Optional<R> result = contended ? Optional.empty() : database.tryPartition(partition, work);
            Runnable now = afterTransaction;
            afterTransaction = () -> {};
            now.run();
            return result;
        }

        @Override
        public <R> R awaitPartition(int partition, Function<LockedPartition, R> work) {
            return database.awaitPartition(partition, work);
        }
    }

    SyncLikesServiceTest() {
        database.register(character);
    }

    private void assertCount(long expected) {
        assertThat(primary.count(character).orElseThrow().value()).isEqualTo(expected);
    }

    private void like(int accounts) {
        for (int i = 0; i < accounts; i++) {
            primary.apply(Fresh.account(), character, LikeIntent.LIKE);
        }
    }

    private void locked(Consumer<LikeLedger.LockedPartition> work) {
        database.awaitPartition(0, locked -> {
            work.accept(locked);
            return true;
        });
    }

    private void failOver(int decisions) {
        locked(locked -> {
            locked.moveTo(FAILED_OVER);
            for (int i = 0; i < decisions; i++) {
                locked.journal().decide(Fresh.account(), character, LikeIntent.LIKE);
            }
        });
    }

    private List<Outcome> outcomes(int partition, int rounds) {
        return Stream.generate(() -> sync.sync(partition).outcome())
                .limit(rounds)
                .toList();
    }

    /** The states that the next rounds of partition 0 end in. */
    private void assertStates(PartitionState... expected) {
        for (int i = 0; i < expected.length; i++) {
            Report report = sync.sync(0);
            assertThat(report.state()).as("round %s", i).contains(expected[i]);
            assertThat(database.state(0)).isEqualTo(expected[i]);
        }
    }

    private void becomeActive() {
        Report report;
        do {
            report = sync.sync(0);
        } while (report.more() || !report.state().equals(Optional.of(ACTIVE)));
    }

    @Test
    void aRoundThatFindsTheLockTakenThreeTimesInARowWaitsForIt() {
        ledger.contended = true;
        assertThat(outcomes(0, 4)).containsExactly(Outcome.BUSY, Outcome.BUSY, Outcome.BUSY, Outcome.DRAINED);
        assertThat(outcomes(0, 2)).containsExactly(Outcome.BUSY, Outcome.BUSY);
        assertThat(outcomes(1, 1)).as("each partition for itself").containsExactly(Outcome.BUSY);
        ledger.contended = false;
        assertThat(outcomes(0, 1)).containsExactly(Outcome.DRAINED);
        ledger.contended = true;
        assertThat(outcomes(0, 3)).containsOnly(Outcome.BUSY);
        database.setAvailable(false);
        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(() -> sync.sync(0));
        database.setAvailable(true);
        assertThat(outcomes(0, 1)).as("waits again").containsExactly(Outcome.DRAINED);
        assertThat(sync.sync(1).state()).as("when busy").isEmpty();
    }

    @Test
    void aRebuildThatTakesMoreRoundsWaitsForTheLock() {
        AtomicInteger unfinished = new AtomicInteger(2);
        PendingLikes behind = new ModelLikes(PARTITIONS, database) {
            @Override
            public Reconciliation reconcile(int partition, LikeLedger.LockedPartition locked) {
                return unfinished.getAndDecrement() > 0
                        ? Reconciliation.UNFINISHED
                        : super.reconcile(partition, locked);
            }
        };
        SyncLikes rebuilding = new SyncLikesService(ledger, behind, database, BATCH_SIZE, 10);
        Report first = rebuilding.sync(0);
        assertThat(first.state()).contains(REBUILDING);
        assertThat(first.more()).isTrue();
        ledger.contended = true;
        assertThat(rebuilding.sync(0).state()).contains(REBUILDING);
        assertThat(rebuilding.sync(0).outcome()).isEqualTo(Outcome.DRAINED);
        assertThat(rebuilding.sync(0).outcome()).as("finished").isEqualTo(Outcome.BUSY);
    }

    @Test
    void aReportTellsWhatWasStoredAndWhatIsLeft() {
        becomeActive();
        like(BATCH_SIZE + 3);
        assertThat(sync.sync(0))
                .isEqualTo(new Report(
                        Outcome.STORED, Optional.of(ACTIVE), 0, BATCH_SIZE, 0, List.of(), Map.of(), 3, false));
        assertThat(sync.sync(0).inserted()).isEqualTo(3);
        like(2 * BATCH_SIZE);
        assertThat(sync.sync(0).more()).as("a whole batch is left").isTrue();
    }

    @Test
    void driftOfExistingCharactersIsReportedAndDropped() {
        becomeActive();
        GameCharacter unknown = Fresh.characterIn(0, PARTITIONS);
        ModelLikes.Contents contents = primary.contents(0);
        primary.goBack(0, contents.with(contents.relations(), contents.unliked(), Map.of(character, 4L, unknown, 2L)));
        assertThat(sync.sync(0).drift()).isEqualTo(Map.of(character.name(), 4L));
        assertThat(sync.sync(0).drift()).isEmpty();
    }

    @Test
    void anEmptyOrInvalidatedPrimaryIsWarmedUpPageByPage() {
        like(25);
        becomeActive();
        primary.empty();
        assertStates(WARMING_UP, WARMING_UP, WARMING_UP, ACTIVE);
        locked(locked -> locked.primary().invalidate());
        assertStates(WARMING_UP, WARMING_UP, WARMING_UP, ACTIVE);
        assertCount(25);
    }

    @Test
    void aFailoverEndsWhenTheJournalIsReplayed() {
        becomeActive();
        failOver(0);
        assertStates(ACTIVE);
        failOver(2 * BATCH_SIZE + 1);
        assertStates(REPLAYING, REPLAYING, WARMING_UP, ACTIVE);
        assertCount(2 * BATCH_SIZE + 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPrimaryThatLostEverythingOrWentBackInTimeIsGivenTheJournalBeforeItIsWarmedUp(boolean everything) {
        like(20);
        becomeActive();
        ModelLikes.Contents before = primary.contents(0);
        like(5);
        becomeActive();
        failOver(BATCH_SIZE + 1);
        primary.goBack(0, everything ? ModelLikes.Contents.NONE : before);
        assertThat(sync.sync(0).state()).contains(REPLAYING);
        becomeActive();
        assertCount(25 + BATCH_SIZE + 1);
    }

    @Test
    void nothingIsCopiedIntoAPrimaryThatWasFailedOverMeanwhile() {
        like(5);
        becomeActive();
        primary.empty();
        ledger.afterTransaction = () -> failOver(1);
        assertThat(sync.sync(0).more()).isTrue();
        assertThat(primary.contents(0).relations()).isEmpty();
        becomeActive();
        assertCount(6);
    }

    @Test
    void aRoundWithoutThePrimaryChangesNoState() {
        failOver(1);
        primary.setAvailable(false);
        assertThatExceptionOfType(PrimaryUnavailableException.class).isThrownBy(() -> sync.sync(0));
        assertThat(database.state(0)).isEqualTo(FAILED_OVER);
    }
}
