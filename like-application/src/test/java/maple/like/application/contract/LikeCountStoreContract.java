package maple.like.application.contract;

import static maple.like.application.contract.StoreFixture.PARTITIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import maple.like.application.StoreUnavailableException;
import maple.like.application.contract.StoreFixture.Outage;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeCountStore.StoredCount;
import maple.like.application.port.out.LikeCountStore.StoredLike;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link LikeCountStore} guarantees. */
public abstract class LikeCountStoreContract {
    private LikeCountStore counts;
    private LikeLedger ledger;

    protected abstract StoreFixture store();

    @BeforeEach
    void connect() {
        counts = store().anotherInstance().counts();
        ledger = store().instance().ledger();
    }

    @Test
    void aCharacterThatTheStoreDoesNotHaveHasNoCount() {
        assertThat(counts.count(Fresh.ocid())).isEmpty();
        assertThat(counts.like(new RelationKey(Fresh.account(), Fresh.ocid()))).isEmpty();
    }

    @Test
    void aNewCharacterHasNoLikes() {
        GameCharacter character = registered();
        assertThat(counts.count(character.ocid()).orElseThrow().likeCount()).isEqualTo(LikeCount.ZERO);
        StoredLike like = counts.like(Fresh.relationTo(character)).orElseThrow();
        assertThat(like.liked()).isFalse();
        assertThat(like.count().likeCount()).isEqualTo(LikeCount.ZERO);
        assertThat(like.count().lastChange()).isZero();
    }

    @Test
    void anAnswerIncludesEveryBatchStoredBeforeTheCall() {
        GameCharacter character = registered();
        RelationKey relation = Fresh.relationTo(character);

        PartitionState first = apply(merged(Fresh.likesOf(character, 4), Map.of(relation, true)));
        StoredCount stored = new StoredCount(new LikeCount(5), first.generation(), 5, false);
        assertThat(counts.count(character.ocid())).contains(stored);
        assertThat(counts.like(relation)).contains(new StoredLike(true, stored));

        PartitionState second = apply(Map.of(relation, false));
        StoredCount less = new StoredCount(new LikeCount(4), second.generation(), -1, false);
        assertThat(counts.count(character.ocid())).contains(less);
        assertThat(counts.like(relation)).contains(new StoredLike(false, less));
    }

    @Test
    void theLastChangeIsThatOfTheLastBatchAlone() {
        GameCharacter character = registered();
        apply(Fresh.likesOf(character, 2));
        GameCharacter neighbour =
                new GameCharacter(Fresh.ocidIn(PARTITIONS.of(character.ocid()), PARTITIONS), Fresh.name());
        store().instance().registry().register(neighbour);
        PartitionState last = apply(Fresh.likesOf(neighbour, 3));
        assertThat(counts.count(character.ocid()))
                .contains(new StoredCount(new LikeCount(2), last.generation(), 0, false));
    }

    @Test
    void aRelationIsThatOfTheAccountAskedFor() {
        GameCharacter character = registered();
        GameCharacter other = registered();
        RelationKey relation = Fresh.relationTo(character);
        apply(Map.of(relation, true));
        assertThat(counts.like(relation)).map(StoredLike::liked).contains(true);
        assertThat(counts.like(Fresh.relationTo(character)))
                .map(StoredLike::liked)
                .contains(false);
        assertThat(counts.like(new RelationKey(relation.account(), other.ocid())))
                .map(StoredLike::liked)
                .contains(false);
    }

    @Test
    void everythingInOneAnswerIsOfTheSameMoment() {
        GameCharacter character = registered();
        RelationKey relation = Fresh.relationTo(character);
        long base = apply(Map.of(relation, false)).generation();
        AtomicBoolean over = new AtomicBoolean();
        try (Workers workers = new Workers()) {
            Future<Boolean> writer = workers.begin(() -> {
                try {
                    for (int i = 1; i <= 60; i++) {
                        apply(Map.of(relation, i % 2 == 1));
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
        GameCharacter character = registered();
        RelationKey relation = Fresh.relationTo(character);
        try (Outage outage = store().outage()) {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> counts.count(character.ocid()))
                    .withMessageContaining(character.ocid().value());
            assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> counts.like(relation));
        }
        assertThat(counts.count(character.ocid())).isPresent();
    }

    private GameCharacter registered() {
        GameCharacter character = Fresh.character();
        store().instance().registry().register(character);
        return character;
    }

    private PartitionState apply(Map<RelationKey, Boolean> entries) {
        int partition = PARTITIONS.of(entries.keySet().iterator().next().target());
        return Optional.of(partition)
                .flatMap(number -> ledger.withPartition(
                        number,
                        locked -> locked.apply(new LikeBatch(locked.state().generation() + 1, entries))
                                .state()))
                .orElseThrow();
    }

    private static Map<RelationKey, Boolean> merged(Map<RelationKey, Boolean> one, Map<RelationKey, Boolean> other) {
        Map<RelationKey, Boolean> merged = new HashMap<>(one);
        merged.putAll(other);
        return merged;
    }
}
