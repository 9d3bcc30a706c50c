package maple.like.application.likes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Optional;
import java.util.function.Function;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.PartitionState;
import maple.like.application.contract.Fresh;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Two instances that decide in their memory, the second of which displaces the first. */
class FencedLedgerTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(2);

    private final InMemoryLedger database = new InMemoryLedger(PARTITIONS);
    private final GameCharacter character = Fresh.character();
    private final int partition = PARTITIONS.of(character.ocid());
    private final AccountId first = Fresh.account();
    private final AccountId second = Fresh.account();

    /** An instance that takes the database over. */
    private final class Instance {
        final InMemoryLikeToggle likes = new InMemoryLikeToggle(PARTITIONS, database, () -> {}, 100, 100);
        final FencedLedger ledger = FencedLedger.takeOver(database, PARTITIONS);

        Instance() {
            database.reconcile(likes);
        }

        void like(AccountId account) {
            likes.apply(account, character, LikeIntent.LIKE);
        }

        void flush() {
            sync(ledger).sync(partition);
        }

        void flushWithoutCommit() {
            assertUnavailable(() -> sync(new RollingBack(ledger)).sync(partition), "rolled back");
        }

        private SyncLikes sync(LikeLedger through) {
            return LikeUseCases.syncLikes(through, likes, database, 10, 10);
        }
    }

    /** Every transaction is lost when it is about to commit. */
    private record RollingBack(LikeLedger ledger) implements LikeLedger {
        @Override
        public <R> Optional<R> tryPartition(int partition, Function<LockedPartition, R> work) {
            return Optional.of(awaitPartition(partition, work));
        }

        @Override
        public <R> R awaitPartition(int partition, Function<LockedPartition, R> work) {
            return ledger.awaitPartition(partition, locked -> {
                work.apply(locked);
                throw new DatabaseUnavailableException("rolled back", null);
            });
        }
    }

    FencedLedgerTest() {
        database.register(character);
    }

    private static void assertUnavailable(ThrowingCallable call, String message) {
        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(call)
                .withMessageContaining(message);
    }

    private RelationKey relation(AccountId account) {
        return new RelationKey(account, character.ocid());
    }

    @Test
    void theOnlyInstanceStoresAndADisplacedOneDoesNot() {
        Instance displaced = new Instance();
        displaced.like(first);
        displaced.flushWithoutCommit();
        displaced.flush();
        displaced.ledger.requireOwned();
        assertThat(database.rows()).containsExactly(relation(first));
        displaced.like(Fresh.account());
        displaced.flushWithoutCommit();
        Instance successor = new Instance();
        successor.like(second);
        assertThat(displaced.ledger.isDisplaced()).isFalse();
        assertUnavailable(displaced::flush, "has taken the database over");
        assertThat(displaced.ledger.isDisplaced()).isTrue();
        assertUnavailable(displaced.ledger::requireOwned, "");
        successor.flush();
        successor.ledger.requireOwned();
        assertThat(database.rows()).containsExactlyInAnyOrder(relation(first), relation(second));
    }

    /** Both would give the batch the same number. */
    @Test
    void aBatchOfADisplacedInstanceIsNotTakenForOneOfItsSuccessor() {
        Instance displaced = new Instance();
        displaced.like(first);
        Instance successor = new Instance();
        assertUnavailable(displaced.ledger::requireOwned, "");
        assertThat(displaced.ledger.isDisplaced())
                .as("a check is enough to notice")
                .isTrue();
        successor.like(second);
        successor.flushWithoutCommit();
        assertUnavailable(displaced::flush, "");
        successor.flush();
        successor.flush();
        assertThat(database.rows()).containsExactly(relation(second));
        assertThat(successor.likes.status(second, character)).contains(new LikeStatus(true, new LikeCount(1)));
    }

    @Test
    void aTakeOverDropsTheJournalOfAnotherPrimaryAndKeepsItsRows() {
        database.awaitPartition(partition, locked -> {
            locked.moveTo(PartitionState.FAILED_OVER);
            return locked.journal().decide(first, character, LikeIntent.LIKE);
        });
        Instance successor = new Instance();
        assertThat(database.state(partition)).isEqualTo(PartitionState.WARMING_UP);
        assertThat(successor.likes.status(first, character)).contains(new LikeStatus(true, new LikeCount(1)));
        successor.flush();
        assertThat(database.state(partition).databaseDecides()).isFalse();
        assertThat(database.rows()).containsExactly(relation(first));
    }
}
