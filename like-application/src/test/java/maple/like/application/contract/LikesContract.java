package maple.like.application.contract;

import static java.util.Objects.requireNonNull;
import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static maple.like.domain.LikeIntent.UNLIKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.StoreUnavailableException;
import maple.like.application.memory.InMemoryLedger;
import maple.like.application.port.in.AuditLikes;
import maple.like.application.port.in.AuditLikes.Difference;
import maple.like.application.port.in.AuditLikes.Kind;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.HeldLikes;
import maple.like.application.port.out.HeldLikes.Change;
import maple.like.application.port.out.HeldLikes.Counted;
import maple.like.application.port.out.HeldLikes.Held;
import maple.like.application.port.out.HeldLikes.HeldPage;
import maple.like.application.port.out.HeldLikes.Waiting;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.LikeToggle.Toggled;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PendingLikes.Claim;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What every buffer of likes guarantees: changing, reading, and giving its changes to a store. */
public abstract class LikesContract {
    protected static final LikePartitions PARTITIONS = new LikePartitions(2);

    private static final int THREADS = 8;

    private InMemoryLedger store;
    private Instance a;
    private Instance b;

    /** The ports of one instance of the service. */
    public record Instance(LikeToggle toggle, LikeReader reader, PendingLikes pending, HeldLikes held) {}

    /** Another instance on the same buffer. */
    protected abstract Instance instance(InMemoryLedger store);

    /** Makes the buffer forget the totals, as time does. */
    protected abstract void forgetTotals();

    /** Makes the buffer forget everything. */
    protected abstract void lose();

    @BeforeEach
    void startEmpty() {
        store = new InMemoryLedger(PARTITIONS);
        a = instance(store);
        b = instance(store);
        lose();
    }

    private GameCharacter character() {
        GameCharacter character = Fresh.character();
        store.register(character);
        return character;
    }

    private Toggled apply(Instance instance, RelationKey relation, CharacterName name, LikeIntent intent) {
        return instance.toggle().apply(relation, name, intent).orElseThrow();
    }

    private long count(GameCharacter character) {
        return a.reader().count(character).orElseThrow().value();
    }

    private SyncLikes sync(Instance instance, int batchSize, int pageSize) {
        return LikeUseCases.syncLikes(store, instance.pending(), store, batchSize, pageSize);
    }

    private void syncAll() {
        SyncLikes sync = sync(a, 100, 10);
        PARTITIONS.all().forEach(partition -> {
            SyncLikes.Report report;
            do {
                report = sync.sync(partition);
                assertThat(report.drift()).isEmpty();
            } while (report.outcome() == SyncLikes.Outcome.STORED || report.more());
        });
    }

    private int partitionOf(GameCharacter character) {
        return PARTITIONS.of(character.ocid());
    }

    @Nested
    class Toggling {
        @Test
        void secondToggleBySameLikerUndoesTheFirst() {
            GameCharacter character = character();
            RelationKey relation = Fresh.relationTo(character);
            assertThat(apply(a, relation, character.name(), TOGGLE))
                    .isEqualTo(new Toggled(new LikeStatus(true, new LikeCount(1)), true, 1));
            assertThat(apply(b, relation, character.name(), TOGGLE))
                    .isEqualTo(new Toggled(new LikeStatus(false, new LikeCount(0)), true, 0));
        }

        @Test
        void aCallThatFindsTheRelationAsIntendedChangesNothing() {
            GameCharacter character = character();
            RelationKey relation = Fresh.relationTo(character);
            assertThat(apply(a, relation, character.name(), UNLIKE))
                    .isEqualTo(new Toggled(new LikeStatus(false, new LikeCount(0)), false, 0));
            apply(a, relation, character.name(), LIKE);
            assertThat(apply(b, relation, character.name(), LIKE))
                    .isEqualTo(new Toggled(new LikeStatus(true, new LikeCount(1)), false, 1));
        }

        @Test
        void concurrentCallsForOneRelationBehaveAsIfTheyRanOneAfterAnother() {
            GameCharacter character = character();
            RelationKey relation = Fresh.relationTo(character);
            int rounds = 51;
            Queue<Boolean> answers = new ConcurrentLinkedQueue<>();
            Workers.together(THREADS, thread -> {
                Instance instance = thread % 2 == 0 ? a : b;
                for (int i = 0; i < rounds; i++) {
                    Toggled toggled = apply(instance, relation, character.name(), TOGGLE);
                    assertThat(toggled.status().likeCount().value())
                            .isEqualTo(toggled.status().liked() ? 1 : 0);
                    answers.add(toggled.status().liked());
                }
            });
            // One after another, likes and unlikes alternate; an even number of toggles ends where it began.
            assertThat(answers.stream().filter(liked -> liked)).hasSize(THREADS * rounds / 2);
            assertThat(a.reader().status(relation, character.name())).contains(new LikeStatus(false, LikeCount.ZERO));
        }

        @Test
        void theCountInTheAnswerIncludesThisChangeAndEveryChangeAcknowledgedBeforeTheCall() {
            GameCharacter character = character();
            int each = 40;
            Queue<Long> answers = new ConcurrentLinkedQueue<>();
            Workers.together(THREADS, thread -> {
                Instance instance = thread % 2 == 0 ? a : b;
                for (int i = 0; i < each; i++) {
                    answers.add(apply(instance, Fresh.relationTo(character), character.name(), LIKE)
                            .status()
                            .likeCount()
                            .value());
                }
            });
            assertThat(answers)
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.rangeClosed(1, THREADS * each).boxed().toList());
        }

        @Test
        void aCharacterThatTheStoreDoesNotHaveIsNotLiked() {
            GameCharacter nobody = Fresh.character();
            assertThat(a.toggle().apply(Fresh.relationTo(nobody), nobody.name(), LIKE))
                    .isEmpty();
            assertThat(a.reader().status(Fresh.relationTo(nobody), nobody.name()))
                    .isEmpty();
            assertThat(a.reader().count(nobody)).isEmpty();
        }

        @Test
        void aCallThatCannotAskTheStoreChangesNothing() {
            GameCharacter character = character();
            RelationKey relation = Fresh.relationTo(character);
            store.goAway();
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> a.toggle().apply(relation, character.name(), LIKE));
            store.comeBack();
            assertThat(a.reader().status(relation, character.name())).contains(new LikeStatus(false, LikeCount.ZERO));
        }

        @Test
        void theStoreIsNotNeededForACharacterWhoseTotalIsKnown() {
            GameCharacter character = character();
            syncAll();
            apply(a, Fresh.relationTo(character), character.name(), LIKE);
            store.goAway();
            RelationKey another = Fresh.relationTo(character);
            assertThat(apply(b, another, character.name(), LIKE).status())
                    .isEqualTo(new LikeStatus(true, new LikeCount(2)));
            assertThat(b.reader().status(another, character.name())).contains(new LikeStatus(true, new LikeCount(2)));
            assertThat(count(character)).isEqualTo(2);
        }
    }

    @Nested
    class Reading {
        @Test
        void anAnswerIncludesEveryChangeAcknowledgedBeforeTheCall() {
            GameCharacter character = character();
            RelationKey relation = Fresh.relationTo(character);
            for (LikeIntent intent : List.of(LIKE, UNLIKE, TOGGLE, TOGGLE, LIKE)) {
                LikeStatus status = apply(a, relation, character.name(), intent).status();
                assertThat(b.reader().status(relation, character.name())).contains(status);
                assertThat(b.reader().count(character)).contains(status.likeCount());
                forgetTotals();
                assertThat(b.reader().status(relation, character.name())).contains(status);
            }
        }

        @Test
        void readingChangesNoRelationAndNoCount() {
            GameCharacter character = character();
            RelationKey relation = Fresh.relationTo(character);
            for (int i = 0; i < 3; i++) {
                assertThat(a.reader().status(relation, character.name()))
                        .contains(new LikeStatus(false, LikeCount.ZERO));
                assertThat(count(character)).isZero();
            }
            syncAll();
            assertThat(store.rows()).isEmpty();
        }

        @Test
        void whatIsStoredIsNotForgottenWhenTheBufferForgetsEverything() {
            GameCharacter character = character();
            RelationKey relation = Fresh.relationTo(character);
            apply(a, relation, character.name(), LIKE);
            syncAll();
            lose();
            LikeStatus liked = new LikeStatus(true, new LikeCount(1));
            assertThat(a.reader().status(relation, character.name())).contains(liked);
            assertThat(apply(a, relation, character.name(), LIKE)).isEqualTo(new Toggled(liked, false, 0));
            assertThat(apply(b, relation, character.name(), TOGGLE).status())
                    .isEqualTo(new LikeStatus(false, LikeCount.ZERO));
        }
    }

    @Nested
    class Pending {
        private final PartitionState fresh = new PartitionState(0, Map.of());

        private Claim claim(int partition, PartitionState stored) {
            return claim(a, partition, stored, 100);
        }

        private Claim claim(Instance instance, int partition, PartitionState stored, int limit) {
            instance.pending().settle(partition, stored, entries -> changes(partition, entries));
            return instance.pending().claim(partition, stored, limit);
        }

        private Map<CharacterName, Long> changes(int partition, Map<RelationKey, Boolean> entries) {
            return store.withPartition(partition, locked -> locked.changes(entries))
                    .orElseThrow();
        }

        @Test
        void aClaimedBatchStaysClaimedAndTheSameUntilTheStoresStateShowsThatItIsStored() {
            GameCharacter character = character();
            RelationKey relation = Fresh.relationTo(character);
            apply(a, relation, character.name(), LIKE);
            LikeBatch batch = claim(partitionOf(character), fresh).batch().orElseThrow();
            assertThat(batch).isEqualTo(new LikeBatch(1, Map.of(relation, true)));
            apply(a, Fresh.relationTo(character), character.name(), LIKE);
            assertThat(claim(b, partitionOf(character), fresh, 100).batch()).contains(batch);

            PartitionState stored = new PartitionState(1, Map.of(character.name(), 1L));
            Claim next = claim(partitionOf(character), stored);
            assertThat(next.batch().orElseThrow().number()).isEqualTo(2);
            assertThat(next.batch().orElseThrow().entries()).hasSize(1).doesNotContainKey(relation);
        }

        @Test
        void finishingMayBeRepeatedAndHappenLate() {
            GameCharacter character = character();
            int partition = partitionOf(character);
            apply(a, Fresh.relationTo(character), character.name(), LIKE);
            LikeBatch first = claim(partition, fresh).batch().orElseThrow();
            PartitionState stored = storeBatch(partition, first);
            a.pending().finish(partition, stored);
            a.pending().finish(partition, stored);
            apply(a, Fresh.relationTo(character), character.name(), LIKE);
            claim(partition, stored);
            a.pending().finish(partition, stored); // of the batch before: somebody was stalled for long
            assertThat(claim(partition, stored).batch()).isPresent();
            forgetTotals();
            assertThat(count(character)).isEqualTo(2);
        }

        @Test
        void aChangeMadeWhileABatchIsClaimedWaitsForTheNextOneAndPrevails() {
            GameCharacter character = character();
            int partition = partitionOf(character);
            RelationKey relation = Fresh.relationTo(character);
            apply(a, relation, character.name(), LIKE);
            LikeBatch first = claim(partition, fresh).batch().orElseThrow();
            apply(b, relation, character.name(), UNLIKE);
            PartitionState stored = storeBatch(partition, first);
            assertThat(count(character)).isZero();
            Claim next = claim(partition, stored);
            assertThat(next.batch().orElseThrow().entries()).isEqualTo(Map.of(relation, false));
            PartitionState last = storeBatch(partition, next.batch().orElseThrow());
            assertThat(claim(partition, last).drift()).isEmpty();
            assertThat(store.rows()).isEmpty();
        }

        private PartitionState storeBatch(int partition, LikeBatch batch) {
            return store.withPartition(partition, locked -> locked.apply(batch).state())
                    .orElseThrow();
        }

        @Test
        void theCountIsExactAtEveryStepOfABatch() {
            GameCharacter character = character();
            int partition = partitionOf(character);
            IntStream.range(0, 5).forEach(i -> apply(a, Fresh.relationTo(character), character.name(), LIKE));
            assertCountAfterForgetting(character, 5);
            LikeBatch batch = claim(partition, fresh).batch().orElseThrow();
            assertCountAfterForgetting(character, 5);
            apply(a, Fresh.relationTo(character), character.name(), LIKE);
            assertCountAfterForgetting(character, 6);
            PartitionState stored = storeBatch(partition, batch);
            assertCountAfterForgetting(character, 6);
            a.pending().finish(partition, stored);
            assertCountAfterForgetting(character, 6);
        }

        private void assertCountAfterForgetting(GameCharacter character, long expected) {
            forgetTotals();
            assertThat(count(character)).isEqualTo(expected);
        }

        @Test
        void aClaimTakesNoMoreThanItMayAndSaysWhatWaits() {
            GameCharacter character = character();
            IntStream.range(0, 25).forEach(i -> apply(a, Fresh.relationTo(character), character.name(), LIKE));
            Claim claim = claim(a, partitionOf(character), fresh, 10);
            assertThat(claim.batch().orElseThrow().entries()).hasSize(10);
            assertThat(claim.backlog()).isEqualTo(15);
            assertThat(a.pending().backlog(partitionOf(character))).isEqualTo(25);
        }

        @Test
        void neitherLikesNorUnlikesKeepTheOthersWaiting() {
            GameCharacter character = character();
            List<RelationKey> relations = IntStream.range(0, 40)
                    .mapToObj(i -> Fresh.relationTo(character))
                    .toList();
            relations.forEach(relation -> apply(a, relation, character.name(), LIKE));
            relations.subList(0, 20).forEach(relation -> apply(a, relation, character.name(), UNLIKE));
            Map<RelationKey, Boolean> entries = claim(a, partitionOf(character), fresh, 10)
                    .batch()
                    .orElseThrow()
                    .entries();
            assertThat(entries).hasSize(10);
            assertThat(entries.values()).contains(true, false);
        }

        @Test
        void whatTheStoreDecidedIsImposedWhateverTheBufferHas() {
            GameCharacter character = character();
            int partition = partitionOf(character);
            List<RelationKey> relations = IntStream.range(0, 6)
                    .mapToObj(i -> Fresh.relationTo(character))
                    .toList();
            relations.subList(0, 3).forEach(relation -> apply(a, relation, character.name(), LIKE));
            claim(partition, fresh);
            relations.subList(3, 5).forEach(relation -> apply(a, relation, character.name(), LIKE));
            store.awaitPartition(partition, locked -> {
                locked.decide(relations.get(0), UNLIKE); // claimed as liked
                locked.decide(relations.get(1), LIKE); // claimed as liked
                locked.decide(relations.get(3), UNLIKE); // waits as liked
                locked.decide(relations.get(5), TOGGLE); // not known to the buffer
                return locked.decide(relations.get(5), LIKE);
            });
            assertThat(sync(a, 100, 10).sync(partition).more()).isTrue();
            syncAll();
            assertThat(store.rows())
                    .containsExactlyInAnyOrder(relations.get(1), relations.get(2), relations.get(4), relations.get(5));
            forgetTotals();
            assertThat(count(character)).isEqualTo(4);
            relations.forEach(relation -> assertThat(a.reader()
                            .status(relation, character.name())
                            .orElseThrow()
                            .liked())
                    .isEqualTo(store.rows().contains(relation)));
        }

        @Test
        void whatTheStoreDecidedIsImposedOnABufferThatForgotEverything() {
            GameCharacter character = character();
            RelationKey relation = Fresh.relationTo(character);
            RelationKey gone = Fresh.relationTo(character);
            List.of(relation, gone).forEach(each -> apply(a, each, character.name(), LIKE));
            syncAll();
            lose();
            store.awaitPartition(partitionOf(character), locked -> {
                locked.decide(relation, UNLIKE);
                locked.decide(gone, UNLIKE);
                return locked.decide(relation, LIKE);
            });
            syncAll(); // which asserts that there is no drift
            assertThat(store.rows()).containsExactly(relation);
            assertThat(count(character)).isEqualTo(1);
            assertThat(apply(a, gone, character.name(), TOGGLE).status())
                    .isEqualTo(new LikeStatus(true, new LikeCount(2)));
        }

        @Test
        void theBufferDoesNotAnswerFromWhatTheStoreDecidedByItself() {
            GameCharacter character = character();
            RelationKey relation = Fresh.relationTo(character);
            store.awaitPartition(partitionOf(character), locked -> locked.decide(relation, LIKE));
            assertThatExceptionOfType(BufferUnavailableException.class)
                    .isThrownBy(() -> a.toggle().apply(relation, character.name(), LIKE));
            syncAll();
            assertThat(apply(a, relation, character.name(), LIKE))
                    .isEqualTo(new Toggled(new LikeStatus(true, new LikeCount(1)), false, 0));
        }

        @Test
        void whatTheStoreRefusesStaysAsItIsStored() {
            GameCharacter character = character();
            RelationKey like = Fresh.relationTo(character);
            RelationKey unlike = Fresh.relationTo(character);
            apply(a, unlike, character.name(), LIKE);
            syncAll();
            store.refuse(List.of(like, unlike)::contains);
            apply(a, like, character.name(), LIKE);
            apply(a, Fresh.relationTo(character), character.name(), LIKE);
            apply(b, unlike, character.name(), UNLIKE);
            syncAll(); // which asserts that there is no drift
            assertThat(store.rows()).hasSize(2).contains(unlike).doesNotContain(like);
            assertThat(store.setAside()).isEqualTo(Map.of(like, true, unlike, false));
            assertThat(a.reader().status(like, character.name())).contains(new LikeStatus(false, new LikeCount(2)));
            assertThat(b.reader().status(unlike, character.name())).contains(new LikeStatus(true, new LikeCount(2)));
            store.refuse(relation -> false);
            assertThat(apply(a, like, character.name(), TOGGLE).status())
                    .isEqualTo(new LikeStatus(true, new LikeCount(3)));
            syncAll();
            assertThat(store.rows()).hasSize(3).contains(like);
            assertCountAfterForgetting(character, 3);
        }

        @Test
        void whatTheStoreRefusedIsToldByWhoeverFindsItNext() {
            GameCharacter character = character();
            int partition = partitionOf(character);
            RelationKey refused = Fresh.relationTo(character);
            store.refuse(refused::equals);
            apply(a, refused, character.name(), LIKE);
            apply(a, Fresh.relationTo(character), character.name(), LIKE);
            storeBatch(partition, claim(partition, fresh).batch().orElseThrow()); // and dies
            apply(b, refused, character.name(), UNLIKE);
            apply(b, refused, character.name(), LIKE);
            syncAll();
            assertThat(store.rows()).hasSize(1).doesNotContain(refused);
            assertThat(b.reader().status(refused, character.name())).contains(new LikeStatus(false, new LikeCount(1)));
            assertCountAfterForgetting(character, 1);
        }

        @Test
        void whatIsStoredIsCopiedBackPageByPage() {
            GameCharacter character = character();
            Map<RelationKey, Boolean> likes = Fresh.likesOf(character, 25);
            likes.keySet().forEach(relation -> apply(a, relation, character.name(), LIKE));
            syncAll();
            lose();
            assertThat(claim(partitionOf(character), state(character)).missingFrom())
                    .hasValue(0);
            RelationKey unlikedMeanwhile = likes.keySet().iterator().next();
            apply(a, unlikedMeanwhile, character.name(), UNLIKE);
            syncAll();
            assertThat(claim(partitionOf(character), state(character)).missingFrom())
                    .isEmpty();
            store.goAway(); // from here on the buffer answers alone
            likes.keySet()
                    .forEach(relation -> assertThat(a.reader()
                                    .status(relation, character.name())
                                    .orElseThrow()
                                    .liked())
                            .isEqualTo(!relation.equals(unlikedMeanwhile)));
        }

        @Test
        void aPageThatIsNotTheMissingOneIsLeftAlone() {
            GameCharacter character = character();
            int partition = partitionOf(character);
            RelationKey stray = Fresh.relationTo(character);
            a.pending().restore(partition, 0, 7, new RelationPage(List.of(stray), 9, true));
            assertThat(claim(partition, fresh).missingFrom()).hasValue(0);
            a.pending().restore(partition, 0, 0, new RelationPage(List.of(), 4, false));
            assertThat(claim(partition, fresh).missingFrom()).hasValue(4);
            a.pending().restore(partition, 0, 0, new RelationPage(List.of(stray), 9, true));
            assertThat(claim(partition, fresh).missingFrom()).hasValue(4);
            a.pending().restore(partition, 0, 4, new RelationPage(List.of(), 9, true));
            assertThat(claim(partition, fresh).missingFrom()).isEqualTo(OptionalLong.empty());
            assertThat(a.reader().status(stray, character.name()).orElseThrow().liked())
                    .isFalse();
        }

        @Test
        void aRelationThatWasUnlikedIsNotCopiedBack() {
            GameCharacter character = character();
            int partition = partitionOf(character);
            RelationKey claimed = Fresh.relationTo(character);
            RelationKey waiting = Fresh.relationTo(character);
            List.of(claimed, waiting).forEach(relation -> apply(a, relation, character.name(), LIKE));
            syncOnce(partition);
            lose();
            PartitionState stored = state(character);
            apply(a, claimed, character.name(), UNLIKE);
            claim(partition, stored);
            apply(a, waiting, character.name(), UNLIKE);
            a.pending()
                    .restore(partition, stored.generation(), 0, new RelationPage(List.of(claimed, waiting), 9, true));
            List.of(claimed, waiting)
                    .forEach(relation -> assertThat(a.reader().status(relation, character.name()))
                            .contains(new LikeStatus(false, LikeCount.ZERO)));
        }

        private void syncOnce(int partition) {
            LikeBatch batch = claim(partition, fresh).batch().orElseThrow();
            a.pending().finish(partition, storeBatch(partition, batch));
        }

        private PartitionState state(GameCharacter character) {
            return store.withPartition(partitionOf(character), LikeLedger.LockedPartition::state)
                    .orElseThrow();
        }
    }

    @Nested
    class Holding {
        @Test
        void everyRelationIsOnAPage() {
            GameCharacter character = character();
            Map<RelationKey, Boolean> likes = Fresh.likesOf(character, 30);
            likes.keySet().forEach(relation -> apply(a, relation, character.name(), LIKE));
            syncAll();
            Set<RelationKey> expected = new HashSet<>(likes.keySet());
            RelationKey unliked = likes.keySet().iterator().next();
            apply(a, unliked, character.name(), UNLIKE);
            RelationKey claimed = Fresh.relationTo(character);
            apply(a, claimed, character.name(), LIKE);
            claim(character);
            apply(a, claimed, character.name(), UNLIKE);
            expected.add(claimed);
            Set<RelationKey> found = new HashSet<>();
            for (Optional<String> cursor = Optional.of(HeldLikes.START); cursor.isPresent(); ) {
                HeldPage page = b.held().page(partitionOf(character), cursor.get(), 7);
                found.addAll(page.relations());
                assertThat(page.unreadable()).isEmpty();
                cursor = page.next();
            }
            assertThat(found).isEqualTo(expected);
        }

        @Test
        void theLatestChangeIsTheOneThatWaits() {
            GameCharacter character = character();
            RelationKey relation = Fresh.relationTo(character);
            assertThat(held(relation)).isEqualTo(new Held(false, Change.NONE));
            apply(a, relation, character.name(), LIKE);
            assertThat(held(relation)).isEqualTo(new Held(true, Change.LIKE));
            claim(character);
            assertThat(held(relation)).isEqualTo(new Held(true, Change.LIKE));
            apply(a, relation, character.name(), UNLIKE);
            assertThat(held(relation)).isEqualTo(new Held(false, Change.UNLIKE));
            apply(a, relation, character.name(), LIKE);
            assertThat(held(relation)).isEqualTo(new Held(true, Change.LIKE));
            syncAll();
            assertThat(held(relation)).isEqualTo(new Held(true, Change.NONE));
            apply(a, relation, character.name(), UNLIKE);
            claim(character);
            assertThat(held(relation)).isEqualTo(new Held(false, Change.UNLIKE));
            syncAll();
            assertThat(held(relation)).isEqualTo(new Held(false, Change.NONE));
        }

        @Test
        void aBufferThatForgotIsIncompleteUntilAllIsCopied() {
            GameCharacter character = character();
            RelationKey relation = Fresh.relationTo(character);
            apply(a, relation, character.name(), LIKE);
            syncAll();
            assertThat(a.held().holding(partitionOf(character), List.of()).complete())
                    .isTrue();
            lose();
            assertThat(a.held().holding(partitionOf(character), List.of(relation)))
                    .isEqualTo(new HeldLikes.Holding(false, Map.of(relation, new Held(false, Change.NONE))));
        }

        @Test
        void aCountIsWhatIsBufferedAndTheTotalWhereItIsKnown() {
            GameCharacter character = character();
            GameCharacter nobody = Fresh.character();
            apply(a, Fresh.relationTo(character), character.name(), LIKE);
            syncAll();
            apply(a, Fresh.relationTo(character), character.name(), LIKE);
            assertThat(b.held().counted(partitionOf(character), List.of(character.name(), nobody.name())))
                    .isEqualTo(Map.of(
                            character.name(),
                            new Counted(1, OptionalLong.of(2)),
                            nobody.name(),
                            new Counted(0, OptionalLong.empty())));
            forgetTotals();
            assertThat(b.held().counted(partitionOf(character), List.of(character.name())))
                    .isEqualTo(Map.of(character.name(), new Counted(1, OptionalLong.empty())));
        }

        @Test
        void whatWaitsIsToldAsItIsNowUnlessItIsTooMuch() {
            GameCharacter character = character();
            RelationKey turned = Fresh.relationTo(character);
            RelationKey claimed = Fresh.relationTo(character);
            RelationKey late = Fresh.relationTo(character);
            List.of(turned, claimed).forEach(relation -> apply(a, relation, character.name(), LIKE));
            claim(character);
            apply(a, turned, character.name(), UNLIKE);
            apply(a, late, character.name(), LIKE);
            assertThat(b.held().waiting(partitionOf(character), 10))
                    .contains(new Waiting(
                            Map.of(turned, false, claimed, true, late, true), Map.of(character.name(), 2L)));
            assertThat(b.held().waiting(partitionOf(character), 2)).isEmpty();
        }

        private Held held(RelationKey relation) {
            return requireNonNull(b.held()
                    .holding(PARTITIONS.of(relation.target()), List.of(relation))
                    .relations()
                    .get(relation));
        }

        private void claim(GameCharacter character) {
            int partition = partitionOf(character);
            store.awaitPartition(partition, locked -> {
                a.pending().settle(partition, locked.state(), locked::changes);
                return a.pending().claim(partition, locked.state(), 100);
            });
        }
    }

    /** The whole comparison, of a buffer and a store that differ. */
    @Nested
    class Auditing {
        private final int partition = 0;
        private final GameCharacter character = new GameCharacter(Fresh.ocidIn(partition, PARTITIONS), Fresh.name());

        private AuditLikes audit() {
            return LikeUseCases.auditLikes(store, b.pending(), b.held(), store, 3, 100);
        }

        private void likes(int count) {
            store.register(character);
            Fresh.likesOf(character, count).keySet().forEach(relation -> apply(a, relation, character.name(), LIKE));
        }

        private void assertNothingDiffers() {
            AuditLikes.Report report = audit().audit(partition);
            assertThat(report.differences()).isEmpty();
            assertThat(report.unlisted()).isZero();
            assertThat(report.complete()).isTrue();
        }

        @Test
        void nothingDiffersAtAnyStepOfABatch() {
            likes(7);
            assertNothingDiffers();
            RelationKey turned = Fresh.relationTo(character);
            apply(a, turned, character.name(), LIKE);
            store.awaitPartition(partition, locked -> {
                a.pending().settle(partition, locked.state(), locked::changes);
                return a.pending().claim(partition, locked.state(), 5);
            });
            assertNothingDiffers();
            apply(a, turned, character.name(), UNLIKE);
            likes(3);
            assertNothingDiffers();
            store.awaitPartition(
                    partition,
                    locked -> locked.apply(a.pending()
                            .claim(partition, locked.state(), 5)
                            .batch()
                            .orElseThrow())); // and dies
            assertNothingDiffers();
            syncAll();
            assertNothingDiffers();
            lose();
            AuditLikes.Report report = audit().audit(partition);
            assertThat(report.differences()).isEmpty();
            assertThat(report.remarks().beingCopied()).isEqualTo(10);
            syncAll();
            assertNothingDiffers();
        }

        @Test
        void aRowThatIsLostAndItsCountAreFoundAndRepaired() {
            likes(5);
            syncAll();
            RelationKey lost = store.rows().iterator().next();
            store.loseRow(lost);
            count(character); // which is known from here on
            likes(2);
            assertThat(audit().audit(partition).differences())
                    .containsExactlyInAnyOrder(
                            new Difference(Kind.COUNT, character.name().value(), "4", "5"),
                            new Difference(Kind.TOTAL, character.name().value(), "6", "7"),
                            new Difference(Kind.RELATION, lost.value(), "not liked (no row)", "liked"));
            assertThat(audit().repair(partition)).isTrue();
            assertNothingDiffers();
            assertThat(count(character)).isEqualTo(6);
            syncAll();
            assertNothingDiffers();
            assertThat(count(character)).isEqualTo(6);
            assertThat(store.rows()).hasSize(6).doesNotContain(lost);
            assertThat(apply(a, lost, character.name(), TOGGLE).status())
                    .isEqualTo(new LikeStatus(true, new LikeCount(7)));
        }

        @Test
        void aRepairKeepsWhatIsClaimedAndWhatWaits() {
            likes(4);
            syncAll();
            RelationKey unliked = store.rows().iterator().next();
            apply(a, unliked, character.name(), UNLIKE);
            likes(6);
            store.awaitPartition(partition, locked -> {
                a.pending().settle(partition, locked.state(), locked::changes);
                return a.pending().claim(partition, locked.state(), 4);
            });
            assertThat(audit().repair(partition)).isTrue();
            assertNothingDiffers();
            assertThat(count(character)).isEqualTo(9);
            syncAll();
            assertNothingDiffers();
            assertThat(store.rows()).hasSize(9).doesNotContain(unliked);
        }

        @Test
        void whatTheStoreDecidedWithoutTheBufferIsNotCompared() {
            likes(3);
            syncAll();
            store.awaitPartition(partition, locked -> locked.decide(Fresh.relationTo(character), LIKE));
            AuditLikes.Report report = audit().audit(partition);
            assertThat(report.differences()).isEmpty();
            assertThat(report.complete()).isFalse();
            assertThat(audit().repair(partition)).isFalse();
            syncAll();
            assertNothingDiffers();
            assertThat(count(character)).isEqualTo(4);
        }

        @Test
        void nothingDiffersWhileOthersChangeAndStore() {
            likes(20);
            AtomicBoolean over = new AtomicBoolean();
            Workers.together(4, thread -> {
                List<RelationKey> mine = Stream.generate(() -> Fresh.relationTo(character))
                        .limit(5)
                        .toList();
                SyncLikes sync = sync(a, 7, 3);
                try {
                    for (int i = 0; i < 30 && thread == 0; i++) {
                        assertNothingDiffers();
                        if (i % 5 == 4) {
                            assertThat(audit().repair(partition)).isTrue();
                        }
                    }
                } finally {
                    over.compareAndSet(false, thread == 0);
                }
                for (int i = 0; !over.get(); i++) {
                    if (thread == 1) {
                        sync.sync(partition);
                    } else {
                        apply(thread == 2 ? a : b, mine.get(i % 5), character.name(), TOGGLE);
                    }
                }
            });
            syncAll();
            assertNothingDiffers();
            assertThat(count(character)).isEqualTo(store.rows().size());
        }
    }

    @Nested
    class Together {
        @Test
        void manyThreadsOnTwoInstancesEndWhereAnIndependentCountSays() {
            List<GameCharacter> characters =
                    IntStream.range(0, 5).mapToObj(i -> character()).toList();
            Map<Integer, Map<RelationKey, Boolean>> expected = new HashMap<>();
            IntStream.range(0, THREADS).forEach(thread -> expected.put(thread, new HashMap<>()));
            Workers.together(THREADS + 2, thread -> {
                if (thread >= THREADS) {
                    SyncLikes sync = sync(thread % 2 == 0 ? a : b, 7, 3);
                    for (int i = 0; i < 40; i++) {
                        PARTITIONS.all().forEach(sync::sync);
                    }
                    return;
                }
                Random random = new Random(thread);
                Map<RelationKey, Boolean> mine = requireNonNull(expected.get(thread));
                List<GameCharacter> of = new ArrayList<>();
                List<RelationKey> relations = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    of.add(characters.get(random.nextInt(characters.size())));
                    relations.add(Fresh.relationTo(of.get(i)));
                }
                for (int i = 0; i < 150; i++) {
                    int which = random.nextInt(relations.size());
                    Instance instance = random.nextBoolean() ? a : b;
                    LikeIntent intent = LikeIntent.values()[random.nextInt(3)];
                    RelationKey relation = relations.get(which);
                    boolean wanted = intent.appliedTo(mine.getOrDefault(relation, false));
                    Toggled toggled = apply(instance, relation, of.get(which).name(), intent);
                    assertThat(toggled.status().liked()).isEqualTo(wanted);
                    mine.put(relation, wanted);
                }
            });
            syncAll();
            List<RelationKey> liked = expected.values().stream()
                    .flatMap(mine -> mine.entrySet().stream())
                    .filter(Map.Entry::getValue)
                    .map(Map.Entry::getKey)
                    .toList();
            assertThat(store.rows()).containsExactlyInAnyOrderElementsOf(liked);
            for (GameCharacter character : characters) {
                long count = liked.stream()
                        .filter(relation -> relation.target().equals(character.ocid()))
                        .count();
                assertThat(count(character)).isEqualTo(count);
                assertThat(store.count(character.ocid()).orElseThrow().likeCount())
                        .isEqualTo(new LikeCount(count));
            }
        }
    }
}
