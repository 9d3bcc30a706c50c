package maple.like.application.contract;

import static maple.like.application.contract.StoreFixture.PARTITIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maple.like.application.StoreUnavailableException;
import maple.like.application.contract.StoreFixture.Outage;
import maple.like.application.contract.StoreFixture.SetAside;
import maple.like.application.contract.StoreFixture.Stored;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.AppliedBatch;
import maple.like.application.port.out.LikeLedger.Decision;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeLedger.Tally;
import maple.like.application.port.out.LikeLedger.TallyPage;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link LikeLedger} guarantees. */
public abstract class LikeLedgerContract {
    private LikeLedger ledger;
    private LikeLedger ledgerElsewhere;

    protected abstract StoreFixture store();

    @BeforeEach
    void connect() {
        ledger = store().instance().ledger();
        ledgerElsewhere = store().anotherInstance().ledger();
    }

    /** One attempt to store a batch; empty where another caller is at work. */
    protected Optional<AppliedBatch> tryToStore(LikeLedger ledger, int partition, Map<RelationKey, Boolean> entries) {
        return ledger.withPartition(partition, locked -> locked.apply(nextBatch(locked, entries)));
    }

    // One caller at a time works on a partition, however many instances there are; another is turned away at once.

    @Test
    void oneCallerAtATimeWorksOnAPartitionAndAnotherIsTurnedAwayAtOnce() {
        try (Workers workers = new Workers();
                Holder holder = new Holder(workers, ledger, 0)) {
            for (LikeLedger any : List.of(ledger, ledgerElsewhere)) {
                AtomicBoolean worked = new AtomicBoolean();
                Future<Optional<Boolean>> other = workers.begin(() -> any.withPartition(0, locked -> {
                    worked.set(true);
                    return true;
                }));
                assertThat(Workers.resultOf(other)).isEmpty();
                assertThat(worked).isFalse();
            }
            assertThat(holder.isHolding()).isTrue();
        }
    }

    @Test
    void theWorkItselfIsTurnedAwayWhenItAsksForItsPartitionAgain() {
        try (Workers workers = new Workers()) {
            assertThat(Workers.resultOf(workers.begin(
                            () -> ledger.withPartition(0, locked -> ledger.withPartition(0, again -> true)))))
                    .contains(Optional.empty());
        }
    }

    @Test
    void anotherPartitionCanBeWorkedOnMeanwhile() {
        try (Workers workers = new Workers();
                Holder holder = new Holder(workers, ledger, 0)) {
            GameCharacter character = registeredIn(1);
            assertThat(tryToStore(ledgerElsewhere, 1, Fresh.likesOf(character, 3)))
                    .isPresent();
            assertThat(stored(character).likeCount()).isEqualTo(3);
            assertThat(holder.isHolding()).isTrue();
        }
    }

    @Test
    void whoeverAwaitsAPartitionGetsItWhenItIsFree() {
        try (Workers workers = new Workers()) {
            Future<Boolean> waiting;
            try (Holder holder = new Holder(workers, ledger, 0)) {
                waiting = workers.begin(() -> ledgerElsewhere.awaitPartition(0, locked -> true));
                assertThat(holder.isHolding()).isTrue();
                assertThat(waiting.isDone()).isFalse();
            }
            assertThat(Workers.resultOf(waiting)).isTrue();
        }
    }

    // Deciding without the buffer.

    @Test
    void aDecisionIsARowACountAndAnEntryOfTheJournal() {
        GameCharacter character = registeredIn(0);
        RelationKey relation = Fresh.relationTo(character);
        int before = journal().size();
        assertThat(decide(relation, LikeIntent.TOGGLE))
                .contains(new Decision(new LikeStatus(true, new LikeCount(1)), true));
        assertThat(stored(character)).isEqualTo(new Stored(1, Set.of(relation.account())));
        assertThat(decide(relation, LikeIntent.LIKE))
                .contains(new Decision(new LikeStatus(true, new LikeCount(1)), false));
        assertThat(decide(relation, LikeIntent.UNLIKE))
                .contains(new Decision(new LikeStatus(false, LikeCount.ZERO), true));
        assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
        List<JournalEntry> journal = journal();
        assertThat(journal.subList(before, journal.size()))
                .extracting(JournalEntry::relation, JournalEntry::name, JournalEntry::liked, JournalEntry::change)
                .containsExactly(
                        tuple(relation, character.name(), true, 1L),
                        tuple(relation, character.name(), true, 0L),
                        tuple(relation, character.name(), false, -1L));
        replayEverything();
    }

    @Test
    void nothingIsDecidedAboutACharacterThatDoesNotExist() {
        RelationKey nobody = new RelationKey(Fresh.account(), Fresh.ocidIn(0, PARTITIONS));
        assertThat(decide(nobody, LikeIntent.LIKE)).isEmpty();
    }

    @Test
    void aPartitionIsDetachedFromTheFirstDecisionUntilItIsAttached() {
        GameCharacter character = registeredIn(1);
        assertThat(detached(character)).isFalse();
        ledger.awaitPartition(1, locked -> locked.decide(Fresh.relationTo(character), LikeIntent.LIKE));
        assertThat(detached(character)).isTrue();
        ledgerElsewhere.awaitPartition(1, locked -> {
            assertThat(locked.detached()).isTrue();
            locked.replay(locked.state().generation() + 1, locked.journal(100));
            locked.attach();
            return true;
        });
        assertThat(detached(character)).isFalse();
    }

    private Optional<Decision> decide(RelationKey relation, LikeIntent intent) {
        return ledger.awaitPartition(PARTITIONS.of(relation.target()), locked -> locked.decide(relation, intent));
    }

    private boolean detached(GameCharacter character) {
        return store().instance().counts().count(character.ocid()).orElseThrow().detached();
    }

    @Test
    void aReplayForgetsTheJournalAndCountsItAmongTheDeltas() {
        GameCharacter character = registeredIn(0);
        RelationKey decided = Fresh.relationTo(character);
        ledger.awaitPartition(0, locked -> locked.decide(decided, LikeIntent.LIKE));
        PartitionState state = ledger.awaitPartition(0, locked -> {
            long number = locked.state().generation() + 2;
            PartitionState replayed = locked.replay(number, locked.journal(1_000));
            assertThat(replayed.generation()).isEqualTo(number);
            assertThat(locked.state()).isEqualTo(replayed);
            return replayed;
        });
        assertThat(state.deltas()).containsEntry(character.name(), 1L);
        assertThat(stored(character)).isEqualTo(new Stored(1, Set.of(decided.account())));
        assertThat(journal()).isEmpty();
        replayEverything();
    }

    @Test
    void changesAreComparedWithWhatWasStoredBeforeTheDecisionsOfTheJournal() {
        GameCharacter one = registeredIn(0);
        GameCharacter other = registeredIn(0);
        RelationKey likedBefore = Fresh.relationTo(one);
        RelationKey likedSince = Fresh.relationTo(one);
        RelationKey unlikedSince = Fresh.relationTo(other);
        RelationKey never = Fresh.relationTo(other);
        apply(0, Map.of(likedBefore, true, unlikedSince, true));
        decide(likedSince, LikeIntent.LIKE);
        decide(unlikedSince, LikeIntent.UNLIKE);
        Map<RelationKey, Boolean> entries = Map.of(
                likedBefore,
                false,
                likedSince,
                true,
                unlikedSince,
                true,
                never,
                true,
                new RelationKey(Fresh.account(), Fresh.ocidIn(0, PARTITIONS)),
                true);
        Map<CharacterName, Long> changes = ledger.awaitPartition(0, locked -> locked.changes(entries));
        assertThat(changes).isEqualTo(Map.of(one.name(), 0L, other.name(), 1L));
        replayEverything();
    }

    // Looking for what differs.

    @Test
    void everyCharacterOfAPartitionIsTalliedOnce() {
        GameCharacter liked = registeredIn(0);
        GameCharacter unliked = registeredIn(0);
        GameCharacter elsewhere = registeredIn(1);
        apply(0, Fresh.likesOf(liked, 3));
        List<Tally> tallies = tallies(2);
        assertThat(tallies).contains(new Tally(liked, 3, 3), new Tally(unliked, 0, 0));
        assertThat(tallies).extracting(Tally::character).doesNotHaveDuplicates().doesNotContain(elsewhere);
    }

    @Test
    void aRecountSetsACountToTheNumberOfRows() {
        GameCharacter one = registeredIn(0);
        GameCharacter other = registeredIn(0);
        apply(0, Fresh.likesOf(one, 3));
        store().miscount(one.ocid(), 4);
        store().miscount(other.ocid(), 2);
        assertThat(tallies(100)).contains(new Tally(one, 7, 3), new Tally(other, 2, 0));
        ledger.awaitPartition(0, locked -> {
            locked.recount(List.of(one.ocid(), other.ocid()));
            return true;
        });
        assertThat(tallies(100)).contains(new Tally(one, 3, 3), new Tally(other, 0, 0));
    }

    private List<Tally> tallies(int pageSize) {
        List<Tally> tallies = new ArrayList<>();
        TallyPage page = new TallyPage(List.of(), 0, false);
        while (!page.last()) {
            long cursor = page.nextCursor();
            page = ledger.awaitPartition(0, locked -> locked.talliesAfter(cursor, pageSize));
            tallies.addAll(page.tallies());
        }
        return tallies;
    }

    @Test
    void relationsWithoutACharacterOrOfOtherPartitionsAreNotToldOf() {
        GameCharacter character = registeredIn(0);
        RelationKey row = Fresh.relationTo(character);
        RelationKey none = Fresh.relationTo(character);
        RelationKey elsewhere = Fresh.relationTo(registeredIn(1));
        RelationKey nobody = new RelationKey(Fresh.account(), Fresh.ocidIn(0, PARTITIONS));
        apply(0, Map.of(row, true));
        apply(1, Map.of(elsewhere, true));
        Map<RelationKey, Boolean> stored =
                ledger.awaitPartition(0, locked -> locked.stored(List.of(row, none, elsewhere, nobody)));
        assertThat(stored).isEqualTo(Map.of(row, true, none, false));
    }

    @Test
    void whatIsSetAsideIsCountedByPartition() {
        long before = ledger.awaitPartition(0, LockedPartition::setAside);
        apply(0, Map.of(new RelationKey(Fresh.account(), Fresh.ocidIn(0, PARTITIONS)), true));
        apply(1, Map.of(new RelationKey(Fresh.account(), Fresh.ocidIn(1, PARTITIONS)), true));
        long after = ledger.awaitPartition(0, LockedPartition::setAside);
        assertThat(after - before).isEqualTo(1);
    }

    @Test
    void outpacingTheBufferRaisesTheGenerationBeyondEveryBatchThatItMayHaveClaimed() {
        GameCharacter character = registeredIn(0);
        apply(0, Fresh.likesOf(character, 1));
        PartitionState before = ledger.awaitPartition(0, LockedPartition::state);
        ledger.awaitPartition(0, locked -> {
            locked.outpaceBuffer();
            return true;
        });
        PartitionState after = ledgerElsewhere.awaitPartition(0, LockedPartition::state);
        assertThat(after.generation()).isGreaterThan(before.generation() + 2);
        assertThat(after.deltas()).isEmpty();
        assertThat(stored(character).likeCount()).isEqualTo(1);
    }

    @Test
    void replacingTheBufferOutpacesItAndCountsAsADetachmentThatIsOver() {
        GameCharacter character = registeredIn(0);
        apply(0, Fresh.likesOf(character, 1));
        long generation = ledger.awaitPartition(0, LockedPartition::state).generation();
        long detachments = ledger.awaitPartition(0, LockedPartition::detachments);
        long replaced = ledger.awaitPartition(0, LockedPartition::replaceBuffer);
        assertThat(replaced).isGreaterThan(detachments);
        assertThat(ledgerElsewhere.<Long>awaitPartition(0, LockedPartition::detachments))
                .isEqualTo(replaced);
        PartitionState after = ledgerElsewhere.awaitPartition(0, LockedPartition::state);
        assertThat(after.generation()).isGreaterThan(generation + 2);
        assertThat(after.deltas()).isEmpty();
        assertThat(detached(character)).isFalse();
    }

    @Test
    void outpacingTheBufferIsNoDetachment() {
        long detachments = ledger.awaitPartition(1, LockedPartition::detachments);
        ledger.awaitPartition(1, locked -> {
            locked.outpaceBuffer();
            return true;
        });
        assertThat(ledger.<Long>awaitPartition(1, LockedPartition::detachments)).isEqualTo(detachments);
    }

    @Test
    void aPartitionWithAJournalDoesNotOutpaceTheBuffer() {
        GameCharacter character = registeredIn(0);
        decide(Fresh.relationTo(character), LikeIntent.LIKE);
        assertThatIllegalStateException()
                .isThrownBy(() -> ledger.awaitPartition(0, locked -> {
                    locked.outpaceBuffer();
                    return true;
                }));
        assertThatIllegalStateException().isThrownBy(() -> ledger.awaitPartition(0, LockedPartition::replaceBuffer));
        replayEverything();
    }

    @Test
    void aDecisionThatIsRolledBackLeavesNothing() {
        GameCharacter character = registeredIn(2);
        assertThatIllegalStateException()
                .isThrownBy(() -> ledger.awaitPartition(2, locked -> {
                    locked.decide(Fresh.relationTo(character), LikeIntent.LIKE);
                    throw new IllegalStateException("the work failed");
                }));
        assertThat(stored(character).likeCount()).isZero();
        assertThat(detached(character)).isFalse();
    }

    private List<JournalEntry> journal() {
        return ledger.awaitPartition(0, locked -> locked.journal(1_000));
    }

    /** Partitions are shared by all tests. */
    private void replayEverything() {
        ledger.awaitPartition(0, locked -> {
            List<JournalEntry> journal = locked.journal(1_000);
            if (!journal.isEmpty()) {
                locked.replay(locked.state().generation() + 1, journal);
            }
            locked.attach();
            return true;
        });
    }

    @Test
    void thereIsNoPartitionOutsideTheRange() {
        assertThatIllegalArgumentException().isThrownBy(() -> ledger.withPartition(-1, locked -> true));
        assertThatIllegalArgumentException().isThrownBy(() -> ledger.withPartition(PARTITIONS.count(), locked -> true));
    }

    @Test
    void concurrentCallersOfManyInstancesBehaveAsIfOneAfterAnother() {
        GameCharacter[] characters = {registeredIn(2), registeredIn(2), registeredIn(2)};
        List<RelationKey> relations = Stream.of(characters)
                .flatMap(character ->
                        Stream.generate(() -> Fresh.relationTo(character)).limit(4))
                .toList();
        Map<Long, Map<RelationKey, Boolean>> batches = new ConcurrentHashMap<>();
        Map<Long, PartitionState> states = new ConcurrentHashMap<>();
        long seed = new Random().nextLong();

        Workers.together(4, number -> {
            Random random = new Random(seed + number);
            LikeLedger mine = number % 2 == 0 ? ledger : ledgerElsewhere;
            for (int done = 0; done < 15; ) {
                Map<RelationKey, Boolean> entries = randomEntries(random, relations);
                Optional<AppliedBatch> applied = tryToStore(mine, 2, entries);
                if (applied.isPresent()) {
                    PartitionState state = applied.get().state();
                    assertThat(batches.put(state.generation(), entries))
                            .as("nobody else stored a batch of this number")
                            .isNull();
                    states.put(state.generation(), state);
                    done++;
                }
                for (GameCharacter character : characters) {
                    requireCountEqualsRows(character);
                }
            }
        });

        Map<RelationKey, Boolean> expected = new HashMap<>();
        Map<CharacterName, Long> sumOfDeltas = new HashMap<>();
        new TreeMap<>(batches).values().forEach(expected::putAll);
        states.values()
                .forEach(state -> state.deltas().forEach((name, delta) -> sumOfDeltas.merge(name, delta, Long::sum)));
        for (GameCharacter character : characters) {
            Set<AccountId> likers = new HashSet<>();
            expected.forEach((relation, liked) -> {
                if (liked && relation.target().equals(character.ocid())) {
                    likers.add(relation.account());
                }
            });
            assertThat(stored(character)).as("seed %s", seed).isEqualTo(new Stored(likers.size(), likers));
            assertThat(sumOfDeltas.getOrDefault(character.name(), 0L))
                    .as("the deltas of all batches, seed %s", seed)
                    .isEqualTo(likers.size());
        }
        assertThat(batches).hasSize(60);
    }

    // All that the work does commits together when it returns; when it throws, nothing is stored and the exception
    // passes through.

    @Test
    void nothingIsVisibleBeforeTheWorkReturnsAndAllOfItAfterwards() {
        GameCharacter first = registeredIn(0);
        GameCharacter second = registeredIn(0);
        long generation = generation(0);
        ledger.withPartition(0, locked -> {
            locked.apply(nextBatch(locked, Fresh.likesOf(first, 2)));
            locked.apply(nextBatch(locked, Fresh.likesOf(second, 3)));
            assertThat(stored(first).likers()).isEmpty();
            assertThat(stored(second).likers()).isEmpty();
            return true;
        });
        assertThat(stored(first).likeCount()).isEqualTo(2);
        assertThat(stored(second).likeCount()).isEqualTo(3);
        assertThat(generation(0)).isEqualTo(generation + 2);
    }

    @Test
    void whenTheWorkThrowsNothingIsStoredAndTheExceptionPassesThrough() {
        for (Throwable thrown : List.of(new IllegalStateException("unchecked"), new AssertionError("error"))) {
            GameCharacter character = registeredIn(0);
            PartitionState before = state(0);
            assertThatThrownBy(() -> ledger.withPartition(0, locked -> {
                        locked.apply(nextBatch(locked, Fresh.likesOf(character, 2)));
                        return sneak(thrown);
                    }))
                    .isSameAs(thrown);
            assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
            assertThat(state(0)).isEqualTo(before);
        }
    }

    @Test
    void workThatReturnsNullStoresNothing() {
        GameCharacter character = registeredIn(0);
        assertThatNullPointerException()
                .isThrownBy(() -> ledger.withPartition(0, locked -> {
                    locked.apply(nextBatch(locked, Fresh.likesOf(character, 1)));
                    return null;
                }));
        assertThat(stored(character).likers()).isEmpty();
    }

    @Test
    void theWorkRunsOnTheThreadOfTheCaller() {
        assertThat(ledger.withPartition(0, locked -> Thread.currentThread())).contains(Thread.currentThread());
    }

    // The lock is a lock of the transaction: it ends with it.

    @Test
    void theLockEndsWithTheWork() {
        assertThat(ledger.withPartition(0, locked -> true)).isPresent();
        assertThat(ledgerElsewhere.withPartition(0, locked -> true)).isPresent();
        assertThatIllegalStateException()
                .isThrownBy(() -> ledger.withPartition(0, locked -> {
                    throw new IllegalStateException();
                }));
        assertThat(ledgerElsewhere.withPartition(0, locked -> true)).isPresent();
    }

    @Test
    void aPartitionCannotBeUsedOnceTheWorkIsOver() {
        LockedPartition over = ledger.withPartition(0, locked -> locked).orElseThrow();
        assertThatIllegalStateException().isThrownBy(over::state);
        assertThatIllegalStateException().isThrownBy(() -> over.apply(new LikeBatch(1, Map.of())));
        assertThatIllegalStateException().isThrownBy(() -> over.relationsAfter(0, 1));
    }

    // Adds the rows that are missing, removes those that are there, and changes the counts by just that.

    @Test
    void aBatchAddsTheRowsThatAreMissing() {
        GameCharacter character = registeredIn(0);
        RelationKey first = Fresh.relationTo(character);
        RelationKey second = Fresh.relationTo(character);
        apply(0, Map.of(first, true));

        AppliedBatch applied = apply(0, Map.of(first, true, second, true));

        assertThat(applied.inserted()).isEqualTo(1);
        assertThat(applied.deleted()).isZero();
        assertThat(stored(character)).isEqualTo(new Stored(2, Set.of(first.account(), second.account())));
    }

    @Test
    void aBatchRemovesTheRowsThatAreThere() {
        GameCharacter character = registeredIn(0);
        RelationKey liked = Fresh.relationTo(character);
        RelationKey kept = Fresh.relationTo(character);
        apply(0, Map.of(liked, true, kept, true));

        AppliedBatch applied = apply(0, Map.of(liked, false, Fresh.relationTo(character), false));

        assertThat(applied.inserted()).isZero();
        assertThat(applied.deleted()).isEqualTo(1);
        assertThat(stored(character)).isEqualTo(new Stored(1, Set.of(kept.account())));
    }

    @Test
    void theStateSaysWhatTheLastBatchChanged() {
        GameCharacter up = registeredIn(0);
        GameCharacter down = registeredIn(0);
        GameCharacter swapped = registeredIn(0);
        RelationKey formerFriend = Fresh.relationTo(swapped);
        Map<RelationKey, Boolean> likesOfDown = Fresh.likesOf(down, 2);
        apply(0, merged(likesOfDown, Map.of(formerFriend, true)));
        long generation = generation(0);

        AppliedBatch applied = apply(
                0,
                merged(
                        Fresh.likesOf(up, 3),
                        reversed(likesOfDown),
                        Map.of(formerFriend, false),
                        Fresh.likesOf(swapped, 1)));

        assertThat(applied.state())
                .isEqualTo(new PartitionState(generation + 1, Map.of(up.name(), 3L, down.name(), -2L)))
                .isEqualTo(state(0));
    }

    @Test
    void theStateIsThatOfTheBatchAlsoForTheRestOfTheWork() {
        GameCharacter character = registeredIn(0);
        PartitionState after = ledger.withPartition(0, locked -> {
                    locked.apply(nextBatch(locked, Fresh.likesOf(character, 1)));
                    return locked.state();
                })
                .orElseThrow();
        assertThat(after).isEqualTo(state(0));
        assertThat(after.deltas()).isEqualTo(Map.of(character.name(), 1L));
    }

    @Test
    void anEmptyBatchChangesTheStateAlone() {
        long generation = generation(0);
        assertThat(apply(0, Map.of()))
                .isEqualTo(new AppliedBatch(new PartitionState(generation + 1, Map.of()), 0, 0, List.of()));
        assertThat(state(0)).isEqualTo(new PartitionState(generation + 1, Map.of()));
    }

    @Test
    void applyingABatchThatIsAlreadyStoredChangesNoRowAndNoCount() {
        GameCharacter character = registeredIn(0);
        Map<RelationKey, Boolean> former = Fresh.likesOf(character, 2);
        apply(0, former);
        Map<RelationKey, Boolean> entries = merged(reversed(former), Fresh.likesOf(character, 3));
        AppliedBatch once = apply(0, entries);
        Stored stored = stored(character);
        assertThat(stored.likeCount()).isEqualTo(3);

        for (int i = 0; i < 2; i++) {
            AppliedBatch again = ledgerElsewhere
                    .withPartition(
                            0, locked -> locked.apply(new LikeBatch(once.state().generation(), entries)))
                    .orElseThrow();
            assertThat(again)
                    .isEqualTo(
                            new AppliedBatch(new PartitionState(once.state().generation(), Map.of()), 0, 0, List.of()));
            assertThat(stored(character)).isEqualTo(stored);
        }
    }

    @Test
    void aRelationWithoutACharacterIsSetAsideWithTheReasonAndDoesNotKeepTheOthersFromBeingStored() {
        GameCharacter character = registeredIn(0);
        Ocid unknown = Fresh.ocidIn(0, PARTITIONS);
        RelationKey liked = new RelationKey(Fresh.account(), unknown);
        RelationKey unliked = new RelationKey(Fresh.account(), unknown);
        Map<RelationKey, Boolean> entries = merged(Map.of(liked, true, unliked, false), Fresh.likesOf(character, 2));

        AppliedBatch applied = apply(0, entries);
        assertThat(applied.setAside()).containsExactlyInAnyOrder(liked, unliked);
        assertThat(applied.inserted()).isEqualTo(2);
        assertThat(stored(character).likeCount()).isEqualTo(2);

        apply(0, entries);
        assertThat(store().setAside(unknown))
                .as("once each, however often")
                .extracting(SetAside::account, SetAside::liked)
                .containsExactlyInAnyOrder(tuple(liked.account(), true), tuple(unliked.account(), false));
        assertThat(store().setAside(unknown))
                .allSatisfy(aside -> assertThat(aside.reason()).isNotBlank());
    }

    @Test
    void whatWasSetAsideLastPrevails() {
        RelationKey relation = new RelationKey(Fresh.account(), Fresh.ocidIn(0, PARTITIONS));
        apply(0, Map.of(relation, true));
        apply(0, Map.of(relation, false));
        assertThat(store().setAside(relation.target()))
                .extracting(SetAside::liked)
                .containsExactly(false);
    }

    // A change that the store refuses for its own sake is set aside, and noted in the journal as decided the other way.

    @Test
    void whatTheStoreRefusesIsSetAsideAndToldToTheBufferAndTheRestIsStored() {
        GameCharacter first = registeredIn(0);
        GameCharacter second = registeredIn(0);
        AccountId account = Fresh.account();
        List<RelationKey> refused =
                List.of(new RelationKey(account, first.ocid()), new RelationKey(account, second.ocid()));
        RelationKey unliked = Fresh.relationTo(first);
        apply(0, Map.of(unliked, true));
        Map<RelationKey, Boolean> entries =
                merged(Fresh.likesOf(first, 9), Fresh.likesOf(second, 5), Map.of(unliked, false));
        refused.forEach(relation -> entries.put(relation, true));
        try (Outage refusal = store().refusal(account)) {
            AppliedBatch applied = apply(0, entries);
            assertThat(applied.setAside()).containsExactlyInAnyOrderElementsOf(refused);
            assertThat(applied.inserted()).isEqualTo(14);
            assertThat(applied.deleted()).isEqualTo(1);
            assertThat(applied.state().deltas()).isEqualTo(Map.of(first.name(), 8L, second.name(), 5L));
            assertThat(state(0)).isEqualTo(applied.state());
        }
        assertThat(stored(first).likeCount()).isEqualTo(9);
        assertThat(stored(second).likeCount()).isEqualTo(5);
        for (GameCharacter character : List.of(first, second)) {
            requireCountEqualsRows(character);
            assertThat(store().setAside(character.ocid()))
                    .extracting(SetAside::account, SetAside::liked)
                    .containsExactly(tuple(account, true));
            assertThat(store().setAside(character.ocid()).get(0).reason()).isNotBlank();
        }
        assertThat(journal())
                .extracting(JournalEntry::relation, JournalEntry::name, JournalEntry::liked, JournalEntry::change)
                .containsExactlyInAnyOrder(
                        tuple(refused.get(0), first.name(), false, 0L),
                        tuple(refused.get(1), second.name(), false, 0L));
        assertThat(detached(first)).as("the buffer still decides").isFalse();
        replayEverything();
        assertThat(journal()).isEmpty();
        assertThat(stored(first).likeCount()).isEqualTo(9);
    }

    @Test
    void aRefusedChangeIsNotedAlsoWhenItIsTheOnlyOne() {
        GameCharacter character = registeredIn(0);
        RelationKey relation = Fresh.relationTo(character);
        try (Outage refusal = store().refusal(relation.account())) {
            assertThat(apply(0, Map.of(relation, true)).setAside()).containsExactly(relation);
        }
        assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
        assertThat(journal()).extracting(JournalEntry::relation).containsExactly(relation);
        replayEverything();
    }

    @Test
    void aBatchMayBeLarge() {
        List<GameCharacter> characters =
                IntStream.range(0, 50).mapToObj(i -> registeredIn(1)).toList();
        Map<RelationKey, Boolean> entries = new HashMap<>();
        characters.forEach(character -> entries.putAll(Fresh.likesOf(character, 40)));

        assertThat(apply(1, entries).inserted()).isEqualTo(2000);
        assertThat(apply(1, reversed(entries)).deleted()).isEqualTo(2000);
        assertThat(characters)
                .allSatisfy(character -> assertThat(stored(character)).isEqualTo(new Stored(0, Set.of())));
        assertThat(state(1).deltas()).hasSize(50).containsValue(-40L);
    }

    @Test
    void namesAndAccountsAreToldApartExactly() {
        String tag = Fresh.ocid().value().substring(0, 8);
        int partition = 0;
        List<AccountId> accounts = Stream.of(
                        "straße",
                        "strasse",
                        "Straße",
                        "e\u0301",
                        "\u00e9",
                        "e",
                        "E",
                        "\"",
                        "\\",
                        "\\\\",
                        "'",
                        "ａ",
                        "a",
                        "🍁",
                        "🍂",
                        ",",
                        "{}",
                        "[]",
                        "null",
                        "가",
                        "\u1100\u1161",
                        "a:b",
                        "%",
                        "_",
                        "ß".repeat(240))
                .map(text -> new AccountId(tag + text))
                .toList();
        List<GameCharacter> characters = Stream.of(
                        "adele", "Adele", "adéle", "아델", "아 델", "\"q\"", "b\\", "🍁".repeat(50))
                .map(text -> new GameCharacter(Fresh.ocidIn(partition, PARTITIONS), new CharacterName(text + tag)))
                .toList();
        characters.forEach(store().instance().registry()::register);
        Map<RelationKey, Boolean> entries = new HashMap<>();
        characters.forEach(character ->
                accounts.forEach(account -> entries.put(new RelationKey(account, character.ocid()), true)));

        AppliedBatch applied = apply(partition, entries);

        assertThat(applied.inserted()).isEqualTo(accounts.size() * characters.size());
        assertThat(applied.state().deltas()).hasSize(characters.size());
        assertThat(state(partition)).isEqualTo(applied.state());
        assertThat(characters)
                .allSatisfy(character ->
                        assertThat(stored(character)).isEqualTo(new Stored(accounts.size(), Set.copyOf(accounts))));
        assertThat(apply(partition, entries).inserted()).isZero();
        assertThat(apply(partition, reversed(entries)).deleted()).isEqualTo(entries.size());
    }

    @Test
    void ocidsAreToldApartByLetterCase() {
        Ocid lower = Fresh.ocidIn(0, PARTITIONS);
        Ocid upper = new Ocid(lower.value().toUpperCase(Locale.ROOT));
        GameCharacter one = new GameCharacter(lower, Fresh.name());
        GameCharacter other = new GameCharacter(upper, Fresh.name());
        store().instance().registry().register(one);
        store().instance().registry().register(other);
        apply(0, Fresh.likesOf(one, 2));
        apply(PARTITIONS.of(upper), Fresh.likesOf(other, 1));
        assertThat(stored(one).likeCount()).isEqualTo(2);
        assertThat(stored(other).likeCount()).isEqualTo(1);
    }

    // In every committed state the count of each character equals the number of its rows.

    @Test
    void afterEveryBatchTheCountOfEachCharacterEqualsTheNumberOfItsRows() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<GameCharacter> characters = List.of(registeredIn(0), registeredIn(0), registeredIn(0));
        List<RelationKey> relations = characters.stream()
                .flatMap(character ->
                        Stream.generate(() -> Fresh.relationTo(character)).limit(5))
                .toList();
        Map<RelationKey, Boolean> model = new HashMap<>();
        for (int step = 0; step < 40; step++) {
            Map<RelationKey, Boolean> entries = randomEntries(random, relations);
            boolean fails = random.nextInt(4) == 0;
            try {
                ledger.withPartition(0, locked -> {
                    locked.apply(nextBatch(locked, entries));
                    if (fails) {
                        throw new RolledBack();
                    }
                    return true;
                });
                model.putAll(entries);
            } catch (RolledBack expected) {
                assertThat(fails).isTrue();
            }
            for (GameCharacter character : characters) {
                Set<AccountId> likers = new HashSet<>();
                model.forEach((relation, liked) -> {
                    if (liked && relation.target().equals(character.ocid())) {
                        likers.add(relation.account());
                    }
                });
                assertThat(stored(character))
                        .as("seed %s, step %s", seed, step)
                        .isEqualTo(new Stored(likers.size(), likers));
            }
        }
    }

    // Reads stored relations of this partition in a fixed order.

    @Test
    void pagesHoldEveryRelationOfThePartitionOnceAndNoneOfAnother() {
        GameCharacter mine = registeredIn(0);
        GameCharacter other = registeredIn(1);
        Map<RelationKey, Boolean> relations = Fresh.likesOf(mine, 7);
        apply(0, relations);
        apply(1, Fresh.likesOf(other, 5));

        List<RelationKey> read = relationsOf(0, 3);

        assertThat(read).doesNotHaveDuplicates().containsAll(relations.keySet());
        assertThat(read)
                .allSatisfy(
                        relation -> assertThat(PARTITIONS.of(relation.target())).isZero());
    }

    @Test
    void theOrderIsFixed() {
        apply(0, Fresh.likesOf(registeredIn(0), 5));
        List<RelationKey> read = relationsOf(0, 2);
        apply(0, Fresh.likesOf(registeredIn(0), 5));
        assertThat(relationsOf(0, 1000).subList(0, read.size())).isEqualTo(read);
    }

    @Test
    void aPageLooksAtNoMoreThanTheLimit() {
        apply(0, Fresh.likesOf(registeredIn(0), 5));
        RelationPage page = page(0, 0, 2);
        assertThat(page.relations()).hasSizeLessThanOrEqualTo(2);
        assertThat(page.last()).isFalse();
        assertThat(page.nextCursor()).isPositive();
        assertThatIllegalArgumentException().isThrownBy(() -> page(0, 0, 0));
    }

    @Test
    void afterTheLastRelationThereIsAnEmptyLastPage() {
        apply(0, Fresh.likesOf(registeredIn(0), 1));
        long end = 0;
        RelationPage page;
        do {
            page = page(0, end, 1000);
            end = page.nextCursor();
        } while (!page.last());
        assertThat(page(0, end, 10)).isEqualTo(new RelationPage(List.of(), end, true));
    }

    @Test
    void aPageHoldsWhatTheWorkStoredBefore() {
        GameCharacter character = registeredIn(0);
        Map<RelationKey, Boolean> likes = Fresh.likesOf(character, 2);
        long before = Stream.iterate(page(0, 0, 1000), page -> page(0, page.nextCursor(), 1000))
                .filter(RelationPage::last)
                .findFirst()
                .orElseThrow()
                .nextCursor();
        RelationPage page = ledger.withPartition(0, locked -> {
                    locked.apply(nextBatch(locked, likes));
                    return locked.relationsAfter(before, 1000);
                })
                .orElseThrow();
        assertThat(page.relations()).containsExactlyInAnyOrderElementsOf(likes.keySet());
    }

    // An outage is said as one.

    @Test
    void whileTheStoreIsAwayNoWorkIsDone() {
        AtomicBoolean worked = new AtomicBoolean();
        try (Outage outage = store().outage()) {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> ledger.withPartition(0, locked -> {
                        worked.set(true);
                        return true;
                    }))
                    .withMessageContaining("partition 0");
        }
        assertThat(worked).isFalse();
        assertThat(ledger.withPartition(0, locked -> true)).isPresent();
    }

    private static LikeBatch nextBatch(LockedPartition locked, Map<RelationKey, Boolean> entries) {
        return new LikeBatch(locked.state().generation() + 1, entries);
    }

    private AppliedBatch apply(int partition, Map<RelationKey, Boolean> entries) {
        return ledger.withPartition(partition, locked -> locked.apply(nextBatch(locked, entries)))
                .orElseThrow();
    }

    private PartitionState state(int partition) {
        return ledgerElsewhere.withPartition(partition, LockedPartition::state).orElseThrow();
    }

    private long generation(int partition) {
        return state(partition).generation();
    }

    private RelationPage page(int partition, long cursor, int limit) {
        return ledger.withPartition(partition, locked -> locked.relationsAfter(cursor, limit))
                .orElseThrow();
    }

    private List<RelationKey> relationsOf(int partition, int pageSize) {
        List<RelationKey> relations = new ArrayList<>();
        RelationPage page = page(partition, 0, pageSize);
        relations.addAll(page.relations());
        while (!page.last()) {
            page = page(partition, page.nextCursor(), pageSize);
            relations.addAll(page.relations());
        }
        return relations;
    }

    private GameCharacter registeredIn(int partition) {
        GameCharacter character = new GameCharacter(Fresh.ocidIn(partition, PARTITIONS), Fresh.name());
        store().instance().registry().register(character);
        return character;
    }

    private Stored stored(GameCharacter character) {
        return store().stored(character.ocid());
    }

    private void requireCountEqualsRows(GameCharacter character) {
        Stored stored = stored(character);
        assertThat(stored.likeCount()).isEqualTo(stored.likers().size());
    }

    private static Map<RelationKey, Boolean> randomEntries(Random random, List<RelationKey> relations) {
        List<RelationKey> shuffled = new ArrayList<>(relations);
        Collections.shuffle(shuffled, random);
        Map<RelationKey, Boolean> entries = new HashMap<>();
        shuffled.subList(0, 1 + random.nextInt(relations.size()))
                .forEach(relation -> entries.put(relation, random.nextBoolean()));
        return entries;
    }

    private static Map<RelationKey, Boolean> reversed(Map<RelationKey, Boolean> entries) {
        Map<RelationKey, Boolean> reversed = new HashMap<>();
        entries.forEach((relation, liked) -> reversed.put(relation, !liked));
        return reversed;
    }

    @SafeVarargs
    private static Map<RelationKey, Boolean> merged(Map<RelationKey, Boolean>... parts) {
        Map<RelationKey, Boolean> merged = new HashMap<>();
        for (Map<RelationKey, Boolean> part : parts) {
            merged.putAll(part);
        }
        return merged;
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable, R> R sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** Makes work throw. */
    private static final class RolledBack extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A caller that is at work on a partition until closed. */
    private static final class Holder implements AutoCloseable {
        private final CountDownLatch release = new CountDownLatch(1);
        private final Future<Optional<Boolean>> working;

        Holder(Workers workers, LikeLedger ledger, int partition) {
            CountDownLatch held = new CountDownLatch(1);
            working = workers.begin(() -> ledger.withPartition(partition, locked -> {
                held.countDown();
                Workers.await(release);
                return true;
            }));
            Workers.await(held);
        }

        boolean isHolding() {
            return !working.isDone();
        }

        @Override
        public void close() {
            release.countDown();
            assertThat(Workers.resultOf(working)).contains(true);
        }
    }
}
