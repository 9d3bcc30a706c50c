package maple.like.application.contract;

import static maple.like.application.contract.DatabaseFixture.PARTITIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.PartitionState;
import maple.like.application.RelationChanges;
import maple.like.application.contract.DatabaseFixture.Fault;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeCountStore.StoredCount;
import maple.like.application.port.out.LikeCountStore.StoredLike;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionRow;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link LikeCountStore} guarantees. */
public abstract class LikeCountStoreContract {
    private LikeCountStore counts;
    private LikeLedger ledger;
    private final GameCharacter character = Fresh.character();
    private final RelationKey relation = Fresh.relationTo(character);

    protected abstract DatabaseFixture database();

    @BeforeEach
    void connect() {
        counts = database().anotherInstance().counts();
        ledger = database().instance().ledger();
        database().instance().registry().register(character);
    }

    private PartitionRow locked(Consumer<LockedPartition> work) {
        return ledger.awaitPartition(PARTITIONS.of(character.ocid()), locked -> {
            work.accept(locked);
            return locked.row();
        });
    }

    private PartitionRow store(RelationChanges changes) {
        return locked(locked -> locked.rows().store(new LikeBatch(locked.row().generation() + 1, changes)));
    }

    private RelationChanges like(boolean liked) {
        return RelationChanges.of(Map.of(relation, liked));
    }

    private static StoredCount count(long likeCount, PartitionRow row, long lastChange) {
        return new StoredCount(new LikeCount(likeCount), row.generation(), lastChange, row.state());
    }

    private void assertAnswers(StoredCount count, boolean liked) {
        assertThat(counts.count(character.ocid())).contains(count);
        assertThat(counts.like(relation)).contains(new StoredLike(liked, count));
    }

    @Test
    void aCharacterThatTheDatabaseDoesNotHaveHasNoCount() {
        assertThat(counts.count(Fresh.ocid())).isEmpty();
        assertThat(counts.like(Fresh.relationTo(Fresh.character()))).isEmpty();
    }

    @Test
    void anAnswerIncludesEveryBatchStoredBeforeTheCall() {
        assertAnswers(count(0, store(RelationChanges.NONE), 0), false);
        store(Fresh.likesOf(character, 4));
        assertAnswers(count(5, store(like(true)), 1), true);
        assertAnswers(count(4, store(like(false)), -1), false);
    }

    @Test
    void theLastChangeIsThatOfTheLastBatchAlone() {
        GameCharacter neighbour = Fresh.characterIn(PARTITIONS.of(character.ocid()), PARTITIONS);
        database().instance().registry().register(neighbour);
        assertAnswers(count(2, store(Fresh.likesOf(character, 2)), 2), false);
        assertAnswers(count(2, store(Fresh.likesOf(neighbour, 3)), 0), false);
    }

    @Test
    void anAnswerNamesTheStateOfThePartitionAndIncludesItsDecisions() {
        PartitionRow failedOver = locked(locked -> {
            locked.moveTo(PartitionState.FAILED_OVER);
            locked.journal().decide(relation.account(), character, LikeIntent.LIKE);
        });
        StoredCount decided = counts.count(character.ocid()).orElseThrow();
        assertThat(decided).isEqualTo(count(1, failedOver, decided.lastChange()));
        assertAnswers(decided, true);
        PartitionRow active = locked(locked -> {
            locked.moveTo(PartitionState.REPLAYING);
            locked.journal()
                    .acknowledge(locked.row().generation() + 1, locked.journal().entries(100));
            locked.moveTo(PartitionState.ACTIVE);
        });
        assertAnswers(count(1, active, 1), true);
    }

    @Test
    void aRelationIsThatOfTheAccountAndTheCharacter() {
        store(like(true));
        GameCharacter other = Fresh.character();
        database().instance().registry().register(other);
        RelationKey[] relations = {
            relation, Fresh.relationTo(character), new RelationKey(relation.account(), other.ocid())
        };
        assertThat(relations)
                .extracting(key -> counts.like(key).orElseThrow().liked())
                .containsExactly(true, false, false);
        Map<RelationKey, StoredLike> together =
                counts.likes(List.of(relations[0], relations[1], relations[2], Fresh.relationTo(Fresh.character())));
        assertThat(together.keySet()).containsExactlyInAnyOrder(relations);
        assertThat(together)
                .allSatisfy((key, like) -> assertThat(counts.like(key)).contains(like));
        assertThat(counts.counts(List.of(character.ocid(), other.ocid(), Fresh.ocid())))
                .isEqualTo(Map.of(
                        character.ocid(),
                        together.get(relation).count(),
                        other.ocid(),
                        together.get(relations[2]).count()));
    }

    @Test
    void everythingInAnAnswerIsOfOneMoment() {
        long base = store(like(false)).generation();
        AtomicBoolean over = new AtomicBoolean();
        try (Workers workers = new Workers()) {
            Future<Boolean> writer = workers.begin(() -> {
                try {
                    for (int i = 1; i <= 60; i++) {
                        store(like(i % 2 == 1));
                    }
                } finally {
                    over.set(true);
                }
                return true;
            });
            while (!over.get()) {
                StoredLike like = counts.like(relation).orElseThrow();
                requireOfOneMoment(like.count(), base);
                assertThat(like.liked()).isEqualTo(like.count().likeCount().value() == 1);
                requireOfOneMoment(counts.count(character.ocid()).orElseThrow(), base);
            }
            Workers.resultOf(writer);
        }
    }

    private static void requireOfOneMoment(StoredCount count, long base) {
        long batches = count.generation() - base;
        assertThat(count.likeCount().value()).isEqualTo(batches % 2);
        if (batches > 0) {
            assertThat(count.lastChange()).isEqualTo(batches % 2 == 1 ? 1 : -1);
        }
    }

    @Test
    void anOutageIsNotAnsweredWithNoSuchCharacter() {
        try (Fault outage = database().outage()) {
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> counts.count(character.ocid()))
                    .withMessageContaining(character.ocid().value());
            assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(() -> counts.like(relation));
        }
        assertThat(counts.count(character.ocid())).isPresent();
    }
}
