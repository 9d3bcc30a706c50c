package maple.like.application.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Optional;
import java.util.function.Function;
import maple.like.application.LikePartitions;
import maple.like.application.StoreUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two instances that decide in their memory, the second of which displaces the first. */
class OwnedLedgerTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(2);

    private final InMemoryLedger store = new InMemoryLedger(PARTITIONS);
    private final GameCharacter character = Fresh.character();
    private final int partition = PARTITIONS.of(character.ocid());
    private final RelationKey first = Fresh.relationTo(character);
    private final RelationKey second = Fresh.relationTo(character);

    /** An instance that takes the store over. */
    private final class Instance {
        final InMemoryLikes likes = new InMemoryLikes(PARTITIONS, store, 100, 100);
        final OwnedLedger ledger = OwnedLedger.takeOver(store, PARTITIONS);

        void like(RelationKey relation) {
            likes.apply(relation, character.name(), LikeIntent.LIKE);
        }

        void flush() {
            sync(ledger).sync(partition);
        }

        void flushInVain() {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> sync(new RollingBack(ledger)).sync(partition))
                    .withMessage("rolled back");
        }

        private SyncLikes sync(LikeLedger through) {
            return LikeUseCases.syncLikes(through, likes, store, 10, 10);
        }
    }

    /** Every transaction is lost when it is about to commit. */
    private record RollingBack(LikeLedger ledger) implements LikeLedger {
        @Override
        public <R> Optional<R> withPartition(int partition, Function<LockedPartition, R> work) {
            return ledger.withPartition(partition, locked -> fail(work.apply(locked)));
        }

        @Override
        public <R> R awaitPartition(int partition, Function<LockedPartition, R> work) {
            return ledger.awaitPartition(partition, locked -> fail(work.apply(locked)));
        }

        private static <R> R fail(R result) {
            throw new StoreUnavailableException("rolled back", new IllegalStateException(String.valueOf(result)));
        }
    }

    @BeforeEach
    void register() {
        store.register(character);
    }

    @Test
    void whoeverIsAloneStores() {
        Instance alone = new Instance();
        alone.like(first);
        alone.flushInVain();
        alone.flush();
        alone.ledger.requireOwned();
        assertThat(store.rows()).containsExactly(first);
        assertThat(alone.ledger.isDisplaced()).isFalse();
    }

    @Test
    void aDisplacedInstanceStoresNothing() {
        Instance displaced = new Instance();
        displaced.like(first);
        displaced.flushInVain();
        Instance heir = new Instance();
        heir.like(second);
        assertThat(displaced.ledger.isDisplaced()).isFalse();
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(displaced::flush)
                .withMessageContaining("has taken the store over");
        assertThat(displaced.ledger.isDisplaced()).isTrue();
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(displaced.ledger::requireOwned);
        heir.flush();
        heir.ledger.requireOwned();
        assertThat(store.rows()).containsExactly(second);
    }

    /** Both would give the batch the same number. */
    @Test
    void aBatchOfADisplacedInstanceIsNotTakenForOneOfItsHeirs() {
        Instance displaced = new Instance();
        Instance heir = new Instance();
        heir.like(second);
        heir.flushInVain();
        displaced.like(first);
        try {
            displaced.flush();
        } catch (StoreUnavailableException refused) {
            assertThat(displaced.ledger.isDisplaced()).isTrue();
        }
        heir.flush();
        heir.flush();
        assertThat(store.rows()).contains(second);
        assertThat(heir.likes.status(second, character.name()))
                .contains(new LikeStatus(true, new LikeCount(store.rows().size())));
    }

    @Test
    void aLookIsEnoughToKnow() {
        Instance displaced = new Instance();
        Instance heir = new Instance();
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(displaced.ledger::requireOwned);
        assertThat(displaced.ledger.isDisplaced()).isTrue();
        heir.ledger.requireOwned();
    }
}
