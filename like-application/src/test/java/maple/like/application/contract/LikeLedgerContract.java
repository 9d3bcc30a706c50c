package maple.like.application.contract;

import static maple.like.application.contract.DatabaseFixture.PARTITIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.IdempotencyKeyReusedException;
import maple.like.application.JournalMark;
import maple.like.application.KeptAnswer;
import maple.like.application.KeyUse;
import maple.like.application.PartitionState;
import maple.like.application.PrimaryAheadException;
import maple.like.application.RelationChanges;
import maple.like.application.contract.DatabaseFixture.DeadLetter;
import maple.like.application.contract.DatabaseFixture.Fault;
import maple.like.application.contract.DatabaseFixture.Stored;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.Change;
import maple.like.application.port.out.LikeLedger.CharacterCount;
import maple.like.application.port.out.LikeLedger.CountPage;
import maple.like.application.port.out.LikeLedger.Decided;
import maple.like.application.port.out.LikeLedger.Decision;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionRow;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeLedger.StoredBatch;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link LikeLedger} guarantees. */
public abstract class LikeLedgerContract {
    private static final int ALL = 10_000;

    private LikeLedger ledger;
    private LikeLedger otherLedger;
    private GameCharacter character;

    protected abstract DatabaseFixture database();

    @BeforeEach
    void connect() {
        ledger = database().instance().ledger();
        otherLedger = database().anotherInstance().ledger();
        character = registered();
    }

    /** Tests share the partitions. */
    @AfterEach
    void returnToActive() {
        change(locked -> {
            if (locked.row().state() == PartitionState.FAILED_OVER) {
                locked.moveTo(PartitionState.REPLAYING);
            }
            if (!locked.journal().entries(1).isEmpty()) {
                acknowledge(locked, ALL);
            }
            if (locked.row().state() == PartitionState.REBUILDING) {
                locked.moveTo(PartitionState.WARMING_UP);
            }
            locked.primary().recovered();
            locked.moveTo(PartitionState.ACTIVE);
        });
    }

    /** Works on partition 0, as everything here does that names no other. */
    private <R> R locked(Function<LockedPartition, R> work) {
        return ledger.awaitPartition(0, work);
    }

    private void change(Consumer<LockedPartition> work) {
        locked(locked -> {
            work.accept(locked);
            return true;
        });
    }

    private PartitionRow row() {
        return otherLedger.awaitPartition(0, LockedPartition::row);
    }

    private static StoredBatch store(LockedPartition locked, RelationChanges changes) {
        return locked.rows().store(new LikeBatch(locked.row().generation() + 1, changes));
    }

    private StoredBatch store(int partition, RelationChanges changes) {
        return ledger.awaitPartition(partition, locked -> store(locked, changes));
    }

    private StoredBatch store(RelationChanges changes) {
        return store(0, changes);
    }

    private Optional<Decision> decide(AccountId account, GameCharacter character, LikeIntent intent) {
        return locked(locked -> {
            if (!locked.row().state().databaseDecides()) {
                locked.moveTo(PartitionState.FAILED_OVER);
            }
            return locked.journal().decide(account, character, intent);
        });
    }

    private List<JournalEntry> journal(int limit) {
        return locked(locked -> locked.journal().entries(limit));
    }

    private static void acknowledge(LockedPartition locked, int limit) {
        locked.journal()
                .acknowledge(locked.row().generation() + 1, locked.journal().entries(limit));
    }

    private long deadLetters(int partition) {
        return ledger.awaitPartition(partition, locked -> locked.inspection().deadLetters());
    }

    private Map<GameCharacter, Long> lastChanges(GameCharacter... characters) {
        List<Ocid> targets = Stream.of(characters).map(GameCharacter::ocid).toList();
        return otherLedger.awaitPartition(0, locked -> locked.rows().lastChanges(targets));
    }

    private GameCharacter registered() {
        return registeredIn(0);
    }

    private GameCharacter registeredIn(int partition) {
        GameCharacter character = Fresh.characterIn(partition, PARTITIONS);
        database().instance().registry().register(character);
        return character;
    }

    private Stored stored(GameCharacter character) {
        return database().stored(character.ocid());
    }

    private static RelationChanges likes(RelationKey... relations) {
        return new RelationChanges(Set.of(relations), Set.of());
    }

    private static RelationChanges unlikes(RelationKey... relations) {
        return new RelationChanges(Set.of(), Set.of(relations));
    }

    private static RelationChanges reversed(RelationChanges changes) {
        return new RelationChanges(changes.unlikes(), changes.likes());
    }

    private static RelationChanges together(RelationChanges... parts) {
        Map<RelationKey, Boolean> states = new HashMap<>();
        for (RelationChanges part : parts) {
            part.relations()
                    .forEach(relation -> states.put(relation, part.likes().contains(relation)));
        }
        return RelationChanges.of(states);
    }

    /** Relations to a few characters, and which of them are to be stored. */
    private final class Model {
        final List<GameCharacter> characters =
                Stream.generate(LikeLedgerContract.this::registered).limit(3).toList();
        final List<RelationKey> relations = characters.stream()
                .flatMap(character -> Fresh.likesOf(character, 5).likes().stream())
                .toList();
        final Set<RelationKey> liked = new HashSet<>();

        RelationChanges randomChanges(Random random) {
            Map<RelationKey, Boolean> changes = new HashMap<>();
            int count = 1 + random.nextInt(relations.size());
            for (int i = 0; i < count; i++) {
                changes.put(relations.get(random.nextInt(relations.size())), random.nextBoolean());
            }
            return RelationChanges.of(changes);
        }

        void put(RelationChanges changes) {
            liked.addAll(changes.likes());
            liked.removeAll(changes.unlikes());
        }

        Stored expected(GameCharacter character) {
            Set<AccountId> likers = liked.stream()
                    .filter(relation -> relation.target().equals(character.ocid()))
                    .map(RelationKey::account)
                    .collect(Collectors.toSet());
            return new Stored(likers.size(), likers);
        }
    }

    private void assertCountEqualsRows(GameCharacter character) {
        Stored stored = stored(character);
        assertThat(stored.likeCount()).isEqualTo(stored.likers().size());
    }

    // One caller at a time works on a partition, however many instances there are.

    @Test
    void oneCallerAtATimeWorksOnAPartitionOthersAreRefusedOrWaitAndAnotherPartitionIsFree() {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (Workers workers = new Workers()) {
            Future<Optional<Boolean>> holding = workers.begin(() -> ledger.tryPartition(0, locked -> {
                held.countDown();
                Workers.await(release);
                return true;
            }));
            Workers.await(held);
            for (LikeLedger any : List.of(ledger, otherLedger)) {
                assertThat(Workers.resultOf(workers.begin(() -> any.tryPartition(0, locked -> {
                            throw new AssertionError("two at a time");
                        }))))
                        .isEmpty();
            }
            assertThat(otherLedger.tryPartition(1, locked -> true)).contains(true);
            Future<Boolean> awaiting = workers.begin(() -> otherLedger.awaitPartition(0, locked -> true));
            assertThat(holding.isDone()).isFalse();
            assertThat(awaiting.isDone()).isFalse();
            release.countDown();
            assertThat(Workers.resultOf(holding)).contains(true);
            assertThat(Workers.resultOf(awaiting)).isTrue();
        }
    }

    @Test
    void theWorkRunsOnTheThreadOfTheCallerAndIsRefusedThePartitionThatItHolds() {
        assertThat(ledger.tryPartition(0, locked -> Thread.currentThread())).contains(Thread.currentThread());
        assertThat(ledger.tryPartition(0, locked -> ledger.tryPartition(0, again -> true)))
                .contains(Optional.empty());
        assertThat(otherLedger.tryPartition(0, locked -> true)).isPresent();
    }

    @Test
    void aPartitionCannotBeUsedAfterItsTransaction() {
        LockedPartition over = locked(locked -> locked);
        assertThatIllegalStateException().isThrownBy(over::row);
        assertThatIllegalStateException().isThrownBy(() -> over.rows().store(new LikeBatch(1, RelationChanges.NONE)));
        assertThatIllegalStateException().isThrownBy(() -> over.rows().relationsAfter(LikeLedger.START, 1));
    }

    @Test
    void concurrentCallersOfManyInstancesBehaveAsIfOneAfterAnother() {
        Model model = new Model();
        Map<Long, RelationChanges> batches = new ConcurrentHashMap<>();
        Map<GameCharacter, Long> sumOfChanges = new ConcurrentHashMap<>();
        long seed = new Random().nextLong();
        Workers.together(4, number -> {
            Random random = new Random(seed + number);
            LikeLedger mine = number % 2 == 0 ? ledger : otherLedger;
            for (int done = 0; done < 15; ) {
                RelationChanges changes = model.randomChanges(random);
                Optional<Map.Entry<Long, StoredBatch>> stored = mine.tryPartition(0, locked -> {
                    StoredBatch batch = store(locked, changes);
                    return Map.entry(locked.row().generation(), batch);
                });
                if (stored.isPresent()) {
                    assertThat(batches.put(stored.get().getKey(), changes)).isNull();
                    stored.get()
                            .getValue()
                            .countChanges()
                            .forEach((character, change) -> sumOfChanges.merge(character, change, Long::sum));
                    done++;
                }
                model.characters.forEach(this::assertCountEqualsRows);
            }
        });
        assertThat(batches).as("each has a number of its own").hasSize(60);
        new TreeMap<>(batches).values().forEach(model::put);
        for (GameCharacter character : model.characters) {
            Stored expected = model.expected(character);
            assertThat(stored(character)).as("seed %s", seed).isEqualTo(expected);
            assertThat(sumOfChanges.getOrDefault(character, 0L))
                    .as("the count changes of all batches, seed %s", seed)
                    .isEqualTo(expected.likeCount());
        }
    }

    // All that the work does commits together when it returns; when it throws, nothing is stored and the exception
    // passes through.

    @Test
    void nothingIsVisibleBeforeTheWorkReturnsAndAllOfItAfterwards() {
        GameCharacter first = registered();
        GameCharacter second = registered();
        long generation = row().generation();
        change(locked -> {
            store(locked, Fresh.likesOf(first, 2));
            store(locked, Fresh.likesOf(second, 3));
            assertThat(stored(first).likers()).isEmpty();
            assertThat(stored(second).likers()).isEmpty();
        });
        assertThat(stored(first).likeCount()).isEqualTo(2);
        assertThat(stored(second).likeCount()).isEqualTo(3);
        assertThat(row().generation()).isEqualTo(generation + 2);
    }

    @Test
    void whenTheWorkThrowsOrReturnsNullNothingIsStored() {
        assertNothingIsStored(RolledBack.class, () -> {
            throw new RolledBack();
        });
        assertNothingIsStored(AssertionError.class, () -> {
            throw new AssertionError();
        });
        assertNothingIsStored(NullPointerException.class, () -> null);
    }

    private void assertNothingIsStored(Class<? extends Throwable> thrown, Supplier<Boolean> end) {
        PartitionRow before = row();
        assertThatThrownBy(() -> locked(locked -> {
                    store(locked, Fresh.likesOf(character, 2));
                    locked.moveTo(PartitionState.FAILED_OVER);
                    locked.journal().decide(Fresh.account(), character, LikeIntent.LIKE);
                    return end.get();
                }))
                .isExactlyInstanceOf(thrown);
        assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
        assertThat(row()).isEqualTo(before);
        assertThat(journal(ALL)).isEmpty();
    }

    private static final class RolledBack extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    // The state of a partition.

    @ParameterizedTest
    @EnumSource
    void everyTransitionOfTheTableIsMadeAndNoOther(PartitionState from) {
        for (PartitionState to : PartitionState.values()) {
            change(locked -> {
                if (from == PartitionState.REPLAYING) {
                    locked.moveTo(PartitionState.FAILED_OVER);
                }
                locked.moveTo(from);
            });
            long epoch = row().epoch();
            boolean legal = to == from || from.successors().contains(to);
            if (legal) {
                change(locked -> {
                    locked.moveTo(to);
                    assertThat(locked.row().state()).isEqualTo(to);
                });
            } else {
                assertThatIllegalStateException().isThrownBy(() -> change(locked -> locked.moveTo(to)));
            }
            assertThat(row().state()).isEqualTo(legal ? to : from);
            assertThat(row().epoch() > epoch)
                    .as("%s to %s begins an epoch", from, to)
                    .isEqualTo(legal && to == PartitionState.FAILED_OVER && from != to);
            returnToActive();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTakeOverBeginsAnEpochAndAsAnInvalidationRaisesTheGenerationBeyondEveryClaimedBatch(boolean takeOver) {
        store(Fresh.likesOf(character, 1));
        PartitionRow before = row();
        PartitionRow after = locked(locked -> takeOver ? locked.primary().replace() : invalidated(locked));
        assertThat(after.epoch() > before.epoch()).isEqualTo(takeOver);
        assertThat(after.generation()).isGreaterThan(before.generation() + 2);
        assertThat(after.state()).isEqualTo(PartitionState.REBUILDING);
        assertThat(row()).isEqualTo(after);
        assertThat(lastChanges(character)).isEmpty();
        assertThat(stored(character).likeCount()).isEqualTo(1);
    }

    private static PartitionRow invalidated(LockedPartition locked) {
        locked.primary().invalidate();
        return locked.row();
    }

    @Test
    void aPrimaryThatLacksTheJournalIsNeitherInvalidatedNorReplaced() {
        decide(Fresh.account(), registered(), LikeIntent.LIKE);
        assertThatIllegalStateException().isThrownBy(() -> locked(LikeLedgerContract::invalidated));
        assertThatIllegalStateException()
                .isThrownBy(() -> locked(locked -> locked.primary().replace()));
        assertThat(journal(ALL)).hasSize(1);
    }

    // Deciding in place of the primary store.

    @Test
    void aDecisionIsARowACountAndAnEntryOfTheJournal() {
        AccountId account = Fresh.account();
        assertThatIllegalStateException()
                .as("while the primary store decides")
                .isThrownBy(() -> locked(locked -> locked.journal().decide(account, character, LikeIntent.LIKE)));
        assertThat(decide(account, character, LikeIntent.TOGGLE)).contains(decision(true, 1, true));
        assertThat(stored(character)).isEqualTo(new Stored(1, Set.of(account)));
        assertThat(decide(account, character, LikeIntent.LIKE)).contains(decision(true, 1, false));
        assertThat(decide(account, character, LikeIntent.UNLIKE)).contains(decision(false, 0, true));
        assertThat(decide(account, Fresh.characterIn(0, PARTITIONS), LikeIntent.LIKE))
                .isEmpty();
        assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
        assertThat(journal(ALL))
                .extracting(JournalEntry::account, JournalEntry::character, JournalEntry::liked, JournalEntry::change)
                .containsExactly(
                        tuple(account, character, true, 1L),
                        tuple(account, character, true, 0L),
                        tuple(account, character, false, -1L));
        assertThat(journal(2)).isEqualTo(journal(ALL).subList(0, 2));
    }

    @Test
    void decisionsThatAreMadeTogetherAreMadeOneAfterAnother() {
        GameCharacter other = registered();
        AccountId account = Fresh.account();
        AccountId stored = Fresh.account();
        store(new RelationChanges(Set.of(new RelationKey(stored, character.ocid())), Set.of()));
        List<Optional<Decision>> decisions = locked(locked -> {
            locked.moveTo(PartitionState.FAILED_OVER);
            return locked.journal()
                    .decide(List.of(
                            new Change(account, character, LikeIntent.TOGGLE),
                            new Change(account, other, LikeIntent.LIKE),
                            new Change(stored, character, LikeIntent.UNLIKE),
                            new Change(account, Fresh.characterIn(0, PARTITIONS), LikeIntent.LIKE),
                            new Change(account, character, LikeIntent.TOGGLE),
                            new Change(account, character, LikeIntent.UNLIKE)));
        });
        assertThat(decisions)
                .containsExactly(
                        Optional.of(decision(true, 2, true)),
                        Optional.of(decision(true, 1, true)),
                        Optional.of(decision(false, 1, true)),
                        Optional.empty(),
                        Optional.of(decision(false, 0, true)),
                        Optional.of(decision(false, 0, false)));
        assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
        assertThat(stored(other)).isEqualTo(new Stored(1, Set.of(account)));
        assertThat(lastChanges(character)).as("of the batch").containsValue(1L);
        Map<RelationKey, Long> changes = new HashMap<>();
        Map<RelationKey, Boolean> last = new HashMap<>();
        journal(ALL).forEach(entry -> {
            changes.merge(entry.relation(), entry.change(), Long::sum);
            last.put(entry.relation(), entry.liked());
        });
        RelationKey toggled = new RelationKey(account, character.ocid());
        RelationKey liked = new RelationKey(account, other.ocid());
        RelationKey unliked = new RelationKey(stored, character.ocid());
        assertThat(changes).isEqualTo(Map.of(toggled, 0L, liked, 1L, unliked, -1L));
        assertThat(last).isEqualTo(Map.of(toggled, false, liked, true, unliked, false));
    }

    private static Decision decision(boolean liked, long likeCount, boolean changed) {
        return new Decision(new LikeStatus(liked, new LikeCount(likeCount)), changed);
    }

    @Test
    void theRowHasTheTokenOfTheTransactionThatStoredTheLastBatch() {
        long batch = locked(locked -> {
            store(locked, Fresh.likesOf(character, 1));
            return locked.token();
        });
        assertThat(row().token()).isEqualTo(batch);
        decide(Fresh.account(), character, LikeIntent.LIKE);
        long journal = locked(locked -> {
            assertThat(locked.token()).isNotEqualTo(batch);
            acknowledge(locked, ALL);
            return locked.token();
        });
        assertThat(row().token()).isEqualTo(journal);
    }

    // Deciding in several partitions at once.

    private static final Runnable WANTED = () -> {};

    private void failOver(int partition) {
        ledger.awaitPartition(partition, locked -> {
            locked.moveTo(PartitionState.FAILED_OVER);
            return true;
        });
    }

    private void returnToActive(int partition) {
        ledger.awaitPartition(partition, locked -> {
            locked.moveTo(PartitionState.REPLAYING);
            acknowledge(locked, ALL);
            locked.moveTo(PartitionState.ACTIVE);
            return true;
        });
    }

    private static Map<Integer, List<Change>> byPartition(Change... changes) {
        return Stream.of(changes)
                .collect(Collectors.groupingBy(
                        change -> PARTITIONS.of(change.character().ocid())));
    }

    @Test
    void changesOfSeveralPartitionsAreDecidedTogetherWhereTheDatabaseDecides() {
        GameCharacter other = registeredIn(1);
        GameCharacter active = registeredIn(2);
        AccountId account = Fresh.account();
        failOver(0);
        failOver(1);
        Map<Integer, Decided> decided = ledger.decide(
                byPartition(
                        new Change(account, character, LikeIntent.TOGGLE),
                        new Change(account, other, LikeIntent.LIKE),
                        new Change(account, active, LikeIntent.LIKE),
                        new Change(account, Fresh.characterIn(0, PARTITIONS), LikeIntent.LIKE),
                        new Change(Fresh.account(), character, LikeIntent.TOGGLE)),
                WANTED);
        assertThat(decided)
                .isEqualTo(Map.of(
                        0,
                        new Decided(
                                row().epoch(),
                                List.of(
                                        Optional.of(decision(true, 1, true)),
                                        Optional.empty(),
                                        Optional.of(decision(true, 2, true)))),
                        1,
                        new Decided(
                                ledger.<PartitionRow>awaitPartition(1, LockedPartition::row)
                                        .epoch(),
                                List.of(Optional.of(decision(true, 1, true))))));
        assertThat(stored(character).likeCount()).isEqualTo(2);
        assertThat(stored(other)).isEqualTo(new Stored(1, Set.of(account)));
        assertThat(stored(active).likeCount()).isZero();
        assertThat(journal(ALL)).extracting(JournalEntry::character).containsExactly(character, character);
        assertThat(ledger.<List<JournalEntry>>awaitPartition(
                        1, locked -> locked.journal().entries(ALL)))
                .extracting(JournalEntry::character, JournalEntry::liked, JournalEntry::change)
                .containsExactly(tuple(other, true, 1L));
        returnToActive(1);
    }

    @Test
    void decisionsThatAreNoLongerWantedOrThatReuseAKeyAreNotStored() {
        GameCharacter other = registeredIn(1);
        AccountId account = Fresh.account();
        KeyUse use = Fresh.key();
        failOver(0);
        failOver(1);
        assertThatExceptionOfType(RolledBack.class)
                .isThrownBy(() -> ledger.decide(
                        byPartition(
                                new Change(account, character, LikeIntent.LIKE),
                                new Change(account, other, LikeIntent.LIKE)),
                        () -> {
                            throw new RolledBack();
                        }));
        assertThatExceptionOfType(IdempotencyKeyReusedException.class)
                .isThrownBy(() -> ledger.decide(
                        byPartition(
                                new Change(account, character, LikeIntent.LIKE, use),
                                new Change(account, other, LikeIntent.LIKE, use)),
                        WANTED));
        assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
        assertThat(stored(other)).isEqualTo(new Stored(0, Set.of()));
        assertThat(journal(ALL)).isEmpty();
        ledger.decide(byPartition(new Change(account, other, LikeIntent.LIKE)), WANTED);
        returnToActive(1);
    }

    @Test
    void decisionsWaitForThePartitionAndSeeWhatItsOwnerLeft() {
        failOver(0);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (Workers workers = new Workers()) {
            Future<Boolean> failingBack = workers.begin(() -> otherLedger.awaitPartition(0, locked -> {
                held.countDown();
                Workers.await(release);
                locked.moveTo(PartitionState.REPLAYING);
                locked.moveTo(PartitionState.ACTIVE);
                return true;
            }));
            Workers.await(held);
            Future<Map<Integer, Decided>> deciding = workers.begin(
                    () -> ledger.decide(byPartition(new Change(Fresh.account(), character, LikeIntent.LIKE)), WANTED));
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() -> deciding.get(300, TimeUnit.MILLISECONDS));
            release.countDown();
            Workers.resultOf(failingBack);
            assertThat(Workers.resultOf(deciding)).isEmpty();
        }
        assertThat(stored(character).likeCount()).isZero();
    }

    @Test
    void concurrentDecisionsInSeveralPartitionsBehaveAsIfOneAfterAnother() {
        List<GameCharacter> characters = List.of(character, registeredIn(1), registeredIn(0), registeredIn(1));
        failOver(0);
        failOver(1);
        long seed = new Random().nextLong();
        Workers.together(4, number -> {
            Random random = new Random(seed + number);
            LikeLedger mine = number % 2 == 0 ? ledger : otherLedger;
            for (int done = 0; done < 10; ) {
                Change[] changes = random.ints(4, 0, characters.size())
                        .mapToObj(index -> new Change(Fresh.account(), characters.get(index), LikeIntent.LIKE))
                        .toArray(Change[]::new);
                try {
                    assertThat(mine.decide(byPartition(changes), WANTED).values())
                            .flatExtracting(Decided::decisions)
                            .hasSize(changes.length)
                            .allSatisfy(decision ->
                                    assertThat(decision.orElseThrow().changed()).isTrue());
                    done++;
                } catch (DatabaseUnavailableException lostTooOften) {
                    // as any work may, under repeatable read
                }
                characters.forEach(this::assertCountEqualsRows);
            }
        });
        assertThat(characters.stream()
                        .mapToLong(each -> stored(each).likeCount())
                        .sum())
                .as("seed " + seed)
                .isEqualTo(160);
        returnToActive(1);
    }

    /** Finds a primary store that knows of this batch. */
    private PartitionRow finding(long known, JournalMark applied) {
        return locked(locked -> {
            if (locked.row().generation() < known) {
                throw new PrimaryAheadException(known, locked.row().generation(), applied);
            }
            return locked.row();
        });
    }

    @Test
    void workThatFindsThePrimaryStoreAheadRunsAgainBeyondEveryBatchThatItCanKnowOf() {
        store(Fresh.likesOf(character, 1));
        long kept = row().generation();
        PartitionRow outrun = finding(kept + 5, JournalMark.NONE);
        assertThat(outrun.generation()).isGreaterThan(kept + 5 + 3);
        assertThat(outrun.state()).isEqualTo(PartitionState.REBUILDING);
        assertThat(outrun.recovers(kept)).isTrue();
        assertThat(outrun.recovers(kept - 1)).isFalse();
        assertThat(row()).isEqualTo(outrun);
        assertThat(lastChanges(character)).isEmpty();
        PartitionRow again = finding(outrun.generation() + 1, JournalMark.NONE);
        assertThat(again.recovers(kept)).isTrue();
        change(locked -> locked.primary().recovered());
        assertThat(row().recovers(again.generation())).isFalse();
    }

    @Test
    void workThatLostTheLockToTheOwnerThatStoredTheBatchRunsAgainAndChangesNothing() {
        List<PartitionRow> seen = new ArrayList<>();
        long known = row().generation();
        locked(locked -> {
            seen.add(locked.row());
            if (seen.size() == 1) {
                throw new PrimaryAheadException(known, known - 1, JournalMark.NONE);
            }
            return locked;
        });
        assertThat(seen.get(1)).isEqualTo(seen.get(0));
    }

    @Test
    void whatThePrimaryStoreWasGivenOfTheJournalIsDroppedWhereItIsAhead() {
        AccountId later = Fresh.account();
        decide(Fresh.account(), character, LikeIntent.LIKE);
        decide(Fresh.account(), character, LikeIntent.LIKE);
        JournalMark applied = JournalEntry.last(journal(ALL));
        decide(later, character, LikeIntent.LIKE);
        JournalMark early = new JournalMark(
                applied.number() + 10, journal(1).get(0).decidedAt().minusSeconds(1));
        PartitionRow outrun = finding(row().generation() + 1, early);
        assertThat(journal(ALL)).as("a number is given again").hasSize(3);
        finding(outrun.generation() + 1, applied);
        assertThat(journal(ALL)).extracting(JournalEntry::account).containsExactly(later);
        assertThat(row().state()).isEqualTo(PartitionState.FAILED_OVER);
        assertThat(stored(character).likeCount()).isEqualTo(3);
    }

    @Test
    void acknowledgedEntriesAreTheLastChangesOfTheirCounts() {
        GameCharacter unchanged = registered();
        AccountId account = Fresh.account();
        decide(account, character, LikeIntent.LIKE);
        decide(account, unchanged, LikeIntent.TOGGLE);
        decide(account, unchanged, LikeIntent.TOGGLE);
        decide(Fresh.account(), character, LikeIntent.LIKE);
        long number = row().generation() + 2;
        change(locked -> {
            locked.journal().acknowledge(number, locked.journal().entries(3));
            assertThat(locked.row().generation()).isEqualTo(number);
        });
        assertThat(row().generation()).isEqualTo(number);
        assertThat(lastChanges(character, unchanged)).isEqualTo(Map.of(character, 1L));
        assertThat(stored(character).likeCount()).isEqualTo(2);
        assertThat(journal(ALL)).hasSize(1);
    }

    @Test
    void anEffectIsComparedWithWhatWasStoredBeforeTheDecisionsOfTheJournal() {
        GameCharacter other = registered();
        RelationKey likedBefore = Fresh.relationTo(character);
        RelationKey likedSince = Fresh.relationTo(character);
        RelationKey unlikedSince = Fresh.relationTo(other);
        RelationKey neverLiked = Fresh.relationTo(other);
        store(likes(likedBefore, unlikedSince));
        decide(likedSince.account(), character, LikeIntent.LIKE);
        decide(unlikedSince.account(), other, LikeIntent.UNLIKE);
        RelationChanges changes = together(
                unlikes(likedBefore),
                likes(likedSince, unlikedSince, neverLiked),
                Fresh.likesOf(Fresh.characterIn(0, PARTITIONS), 1));
        Map<GameCharacter, Long> effect = locked(locked -> locked.rows().effectOf(changes));
        effect.values().removeIf(change -> change == 0);
        assertThat(effect).isEqualTo(Map.of(other, 1L));
    }

    // Adds the rows that are missing, removes those that are there, and changes the counts by just that.

    @Test
    void theLastChangesAreThoseOfTheLastBatchAlone() {
        GameCharacter up = registered();
        GameCharacter down = registered();
        GameCharacter swapped = registered();
        RelationChanges before = together(Fresh.likesOf(down, 2), Fresh.likesOf(swapped, 1));
        store(before);
        long generation = row().generation();
        RelationChanges changes = together(reversed(before), Fresh.likesOf(up, 3), Fresh.likesOf(swapped, 1));
        StoredBatch batch = locked(locked -> {
            StoredBatch stored = store(locked, changes);
            assertThat(locked.rows().lastChanges(List.of(up.ocid(), down.ocid(), swapped.ocid())))
                    .isEqualTo(stored.countChanges());
            return stored;
        });
        assertThat(batch.countChanges()).isEqualTo(Map.of(up, 3L, down, -2L));
        assertThat(lastChanges(up, down, swapped)).isEqualTo(batch.countChanges());
        assertThat(lastChanges(up)).isEqualTo(Map.of(up, 3L));
        assertThat(store(RelationChanges.NONE)).isEqualTo(new StoredBatch(Map.of(), 0, 0, List.of()));
        assertThat(lastChanges(up, down, swapped)).isEmpty();
        assertThat(row().generation()).isEqualTo(generation + 2);
    }

    @Test
    void storingABatchAgainChangesNoRowAndNoCount() {
        RelationChanges former = Fresh.likesOf(character, 2);
        store(former);
        RelationChanges changes = together(reversed(former), Fresh.likesOf(character, 3));
        store(changes);
        Stored stored = stored(character);
        assertThat(stored.likeCount()).isEqualTo(3);
        LikeBatch again = new LikeBatch(row().generation(), changes);
        for (int i = 0; i < 2; i++) {
            assertThat(otherLedger.<StoredBatch>awaitPartition(
                            0, locked -> locked.rows().store(again)))
                    .isEqualTo(new StoredBatch(Map.of(), 0, 0, List.of()));
            assertThat(row().generation()).isEqualTo(again.number());
            assertThat(stored(character)).isEqualTo(stored);
        }
    }

    @Test
    void aBatchMayBeLarge() {
        RelationChanges changes = Stream.generate(() -> Fresh.likesOf(registered(), 40))
                .limit(50)
                .reduce(RelationChanges.NONE, LikeLedgerContract::together);
        assertThat(store(changes).inserted()).isEqualTo(2000);
        StoredBatch batch = store(reversed(changes));
        assertThat(batch.deleted()).isEqualTo(2000);
        assertThat(batch.countChanges()).hasSize(50).containsValue(-40L);
        assertThat(batch.countChanges().keySet())
                .allSatisfy(character -> assertThat(stored(character)).isEqualTo(new Stored(0, Set.of())));
    }

    @Test
    void namesAndAccountsDifferExactly() {
        String tag = Fresh.ocid().value().substring(0, 8);
        String accounts =
                "straße strasse Straße e\u0301 \u00e9 e E \" \\ \\\\ ' ａ a 🍁 🍂 , {} [] null 가 \u1100\u1161 a:b % _ "
                        + "ß".repeat(240);
        Set<AccountId> likers = Stream.of(accounts.split(" "))
                .map(text -> new AccountId(tag + text))
                .collect(Collectors.toSet());
        List<GameCharacter> characters = Stream.of(
                        "adele", "Adele", "adéle", "아델", "아 델", "\"q\"", "b\\", "🍁".repeat(50))
                .map(text -> new GameCharacter(Fresh.ocidIn(0, PARTITIONS), new CharacterName(text + tag)))
                .toList();
        characters.forEach(database().instance().registry()::register);
        Set<RelationKey> relations = new LinkedHashSet<>();
        characters.forEach(
                character -> likers.forEach(account -> relations.add(new RelationKey(account, character.ocid()))));
        RelationChanges changes = new RelationChanges(relations, Set.of());

        StoredBatch batch = store(changes);

        assertThat(batch.inserted()).isEqualTo(25 * characters.size());
        assertThat(batch.countChanges().keySet()).isEqualTo(Set.copyOf(characters));
        assertThat(lastChanges(characters.toArray(new GameCharacter[0]))).isEqualTo(batch.countChanges());
        assertThat(characters)
                .allSatisfy(character -> assertThat(stored(character)).isEqualTo(new Stored(25, likers)));
        assertThat(store(changes).inserted()).isZero();
        assertThat(store(reversed(changes)).deleted()).isEqualTo(changes.size());
    }

    @Test
    void ocidsDifferByLetterCase() {
        GameCharacter lower = registered();
        Ocid upperCase = new Ocid(lower.ocid().value().toUpperCase(Locale.ROOT));
        GameCharacter upper = new GameCharacter(upperCase, Fresh.name());
        database().instance().registry().register(upper);
        store(Fresh.likesOf(lower, 2));
        store(PARTITIONS.of(upperCase), Fresh.likesOf(upper, 1));
        assertThat(stored(lower).likeCount()).isEqualTo(2);
        assertThat(stored(upper).likeCount()).isEqualTo(1);
    }

    @Test
    void afterEveryBatchTheCountOfEachCharacterEqualsTheNumberOfItsRows() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Model model = new Model();
        for (int step = 0; step < 40; step++) {
            RelationChanges changes = model.randomChanges(random);
            if (random.nextInt(4) == 0) {
                assertThatExceptionOfType(RolledBack.class)
                        .isThrownBy(() -> change(locked -> {
                            store(locked, changes);
                            throw new RolledBack();
                        }));
            } else {
                store(changes);
                model.put(changes);
            }
            for (GameCharacter character : model.characters) {
                assertThat(stored(character)).as("seed %s, step %s", seed, step).isEqualTo(model.expected(character));
            }
        }
    }

    // Dead letters.

    @Test
    void aRelationWithoutACharacterBecomesADeadLetterAndTheRestIsStored() {
        GameCharacter unknown = Fresh.characterIn(0, PARTITIONS);
        RelationKey liked = Fresh.relationTo(unknown);
        RelationKey unliked = Fresh.relationTo(unknown);
        RelationChanges changes = together(likes(liked), unlikes(unliked), Fresh.likesOf(character, 2));
        long before = deadLetters(0);
        long elsewhere = deadLetters(1);

        StoredBatch batch = store(changes);
        assertThat(batch.rejected()).containsExactly(liked);
        assertThat(batch.countChanges()).isEqualTo(Map.of(character, 2L));
        assertThat(stored(character).likeCount()).isEqualTo(2);
        store(changes);
        store(unlikes(liked)); // as the rows are
        assertDeadLetters(unknown, tuple(liked.account(), true));

        assertThat(journal(ALL)).isEmpty();
        assertThat(deadLetters(0)).isEqualTo(before + 1);
        assertThat(deadLetters(1)).isEqualTo(elsewhere);
    }

    /** One for each relation, and the latest. */
    private void assertDeadLetters(GameCharacter character, Tuple... expected) {
        List<DeadLetter> letters = database().deadLetters(character.ocid());
        assertThat(letters).extracting(DeadLetter::account, DeadLetter::liked).containsExactlyInAnyOrder(expected);
        assertThat(letters).allSatisfy(letter -> assertThat(letter.reason()).isNotBlank());
    }

    @Test
    void aRejectedChangeBecomesADeadLetterAndAJournalEntryAndTheRestIsStored() {
        GameCharacter first = registered();
        GameCharacter second = registered();
        AccountId account = Fresh.account();
        RelationKey[] rejected = {new RelationKey(account, first.ocid()), new RelationKey(account, second.ocid())};
        RelationKey unliked = Fresh.relationTo(first);
        store(likes(unliked));
        RelationChanges changes =
                together(Fresh.likesOf(first, 9), Fresh.likesOf(second, 5), unlikes(unliked), likes(rejected));
        try (Fault fault = database().rejecting(account)) {
            StoredBatch batch = store(changes);
            assertThat(batch.rejected()).containsExactlyInAnyOrder(rejected);
            assertThat(batch.inserted()).isEqualTo(14);
            assertThat(batch.deleted()).isEqualTo(1);
            assertThat(batch.countChanges()).isEqualTo(Map.of(first, 8L, second, 5L));
            assertThat(lastChanges(first, second)).isEqualTo(batch.countChanges());
        }
        assertThat(stored(first).likeCount()).isEqualTo(9);
        assertThat(stored(second).likeCount()).isEqualTo(5);
        for (GameCharacter character : List.of(first, second)) {
            assertCountEqualsRows(character);
            assertDeadLetters(character, tuple(account, true));
        }
        assertThat(journal(ALL))
                .extracting(JournalEntry::account, JournalEntry::character, JournalEntry::liked, JournalEntry::change)
                .containsExactlyInAnyOrder(tuple(account, first, false, 0L), tuple(account, second, false, 0L));
        assertThat(row().state()).as("the primary store still decides").isEqualTo(PartitionState.ACTIVE);
        change(locked -> acknowledge(locked, ALL));
        assertThat(journal(ALL)).isEmpty();
        assertThat(lastChanges(first, second)).isEmpty();
        assertThat(stored(first).likeCount()).isEqualTo(9);
    }

    @Test
    void aRejectedChangeMayBeTheOnlyOne() {
        RelationKey relation = Fresh.relationTo(character);
        try (Fault fault = database().rejecting(relation.account())) {
            assertThat(store(likes(relation))).isEqualTo(new StoredBatch(Map.of(), 0, 0, List.of(relation)));
        }
        assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
        assertThat(journal(ALL)).extracting(JournalEntry::relation).containsExactly(relation);
    }

    // Reads stored relations of this partition in a fixed order.

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void pagesHoldEveryRelationOfThePartitionOnceAlsoWhileRowsAreAdded(int pageSize) {
        GameCharacter other = registeredIn(2); // of a partition that has few rows
        RelationChanges likes = Fresh.likesOf(other, 7);
        store(2, likes);
        store(1, Fresh.likesOf(registeredIn(1), 5));
        List<RelationKey> before = relations(2, ALL, () -> {});
        List<RelationKey> read = relations(2, pageSize, () -> {
            if (stored(other).likeCount() < 15) {
                store(2, Fresh.likesOf(other, 2));
            }
        });
        assertThat(before).containsAll(likes.likes()).allMatch(relation -> PARTITIONS.of(relation.target()) == 2);
        assertThat(read).doesNotHaveDuplicates().containsSubsequence(before);
    }

    private List<RelationKey> relations(int partition, int pageSize, Runnable betweenPages) {
        List<RelationKey> relations = new ArrayList<>();
        RelationPage page = new RelationPage(List.of(), LikeLedger.START, false);
        while (!page.last()) {
            page = page(partition, page.next(), pageSize);
            assertThat(page.relations()).hasSizeLessThanOrEqualTo(pageSize);
            relations.addAll(page.relations());
            betweenPages.run();
        }
        return relations;
    }

    private RelationPage page(int partition, String cursor, int limit) {
        return ledger.awaitPartition(partition, locked -> locked.rows().relationsAfter(cursor, limit));
    }

    @Test
    void aPageHoldsWhatTheWorkStoredBefore() {
        RelationChanges likes = Fresh.likesOf(registered(), 2);
        RelationPage page = locked(locked -> {
            store(locked, likes);
            return locked.rows().relationsAfter(LikeLedger.START, ALL);
        });
        assertThat(page.relations()).containsAll(likes.likes());
        assertThat(page.last()).isTrue();
        assertThat(page(0, page.next(), 10).relations()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> page(0, LikeLedger.START, 0));
    }

    // Comparing and repairing.

    @Test
    void everyCharacterOfAPartitionIsCountedOnceAndARecountSetsItsCountToTheNumberOfRows() {
        GameCharacter other = registered();
        GameCharacter elsewhere = registeredIn(1);
        store(Fresh.likesOf(character, 3));
        List<CharacterCount> right = List.of(new CharacterCount(character, 3, 3), new CharacterCount(other, 0, 0));
        List<CharacterCount> counts = counts(2);
        assertThat(counts)
                .containsAll(right)
                .extracting(CharacterCount::character)
                .doesNotHaveDuplicates()
                .doesNotContain(elsewhere);
        database().miscount(character.ocid(), 4);
        database().miscount(other.ocid(), 2);
        assertThat(counts(100)).contains(new CharacterCount(character, 7, 3), new CharacterCount(other, 2, 0));
        change(locked -> locked.inspection().recount(List.of(character.ocid(), other.ocid())));
        assertThat(counts(100)).containsAll(right);
    }

    private List<CharacterCount> counts(int pageSize) {
        List<CharacterCount> counts = new ArrayList<>();
        CountPage page = new CountPage(List.of(), List.of(), LikeLedger.START, false);
        while (!page.last()) {
            String cursor = page.next();
            page = locked(locked -> locked.inspection().countsAfter(cursor, pageSize));
            counts.addAll(page.counts());
        }
        return counts;
    }

    @Test
    void relationsWithoutACharacterOrOfOtherPartitionsAreLeftOut() {
        RelationKey row = Fresh.relationTo(character);
        RelationKey none = Fresh.relationTo(character);
        RelationKey elsewhere = Fresh.relationTo(registeredIn(1));
        RelationKey unknown = Fresh.relationTo(Fresh.characterIn(0, PARTITIONS));
        store(likes(row));
        store(1, likes(elsewhere));
        List<RelationKey> all = List.of(row, none, elsewhere, unknown);
        RelationChanges stored = locked(locked -> locked.inspection().stored(all));
        assertThat(stored).isEqualTo(new RelationChanges(Set.of(row), Set.of(none)));
    }

    // An outage.

    @Test
    void anUnavailableDatabaseRunsNoWork() {
        try (Fault outage = database().outage()) {
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> ledger.tryPartition(0, locked -> {
                        throw new AssertionError("works");
                    }))
                    .withMessageContaining("partition 0");
        }
        assertThat(ledger.tryPartition(0, locked -> true)).isPresent();
    }

    private KeptAnswer answer(AccountId account, GameCharacter character, KeyUse use) {
        return KeptAnswer.of(new RelationKey(account, character.ocid()), true, use);
    }

    private Optional<KeptAnswer> stored(AccountId account, KeyUse use) {
        return database().instance().counts().answer(account, use);
    }

    private StoredBatch store(RelationChanges changes, KeptAnswer... answers) {
        return locked(
                locked -> locked.rows().store(new LikeBatch(locked.row().generation() + 1, changes, Set.of(answers))));
    }

    private Decision decide(AccountId account, GameCharacter character, KeyUse use) {
        return locked(locked -> {
            if (!locked.row().state().databaseDecides()) {
                locked.moveTo(PartitionState.FAILED_OVER);
            }
            return locked.journal()
                    .decide(List.of(new Change(account, character, LikeIntent.TOGGLE, use)))
                    .get(0)
                    .orElseThrow();
        });
    }

    @Test
    void answersAreStoredWithTheirChangesAndRepeated() {
        RelationChanges like = Fresh.likesOf(character, 1);
        AccountId account = like.relations().get(0).account();
        KeyUse use = Fresh.key();
        store(like, answer(account, character, use));
        store(like, answer(account, registered(), use)); // the first one stays
        assertThat(stored(account, use)).contains(answer(account, character, use));
        assertThat(stored(Fresh.account(), use)).isEmpty();
        assertThat(stored(account, Fresh.key())).isEmpty();
        store(new RelationChanges(Set.of(), like.likes()));
        assertThat(decide(account, character, use))
                .isEqualTo(new Decision(new LikeStatus(true, LikeCount.ZERO), false, true));
        assertThat(journal(ALL)).isEmpty();
        assertThatExceptionOfType(IdempotencyKeyReusedException.class)
                .isThrownBy(() -> decide(account, registered(), use));
        assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
    }

    @Test
    void theDatabaseAnswersARepeatedChangeAsItDidFirst() {
        AccountId account = Fresh.account();
        KeyUse use = Fresh.key();
        assertThat(decide(account, character, use)).isEqualTo(decision(true, 1, true));
        decide(account, character, LikeIntent.UNLIKE);
        assertThat(decide(account, character, use))
                .isEqualTo(new Decision(new LikeStatus(true, LikeCount.ZERO), false, true));
        assertThat(journal(ALL)).hasSize(2);
        assertThat(stored(account, use)).contains(answer(account, character, use));
    }

    @Test
    void aKeyThatIsUsedTwiceAmongDecisionsMadeTogetherIsAnsweredOnce() {
        AccountId account = Fresh.account();
        Change change = new Change(account, character, LikeIntent.TOGGLE, Fresh.key());
        Change reused = new Change(account, registered(), LikeIntent.TOGGLE, change.use());
        List<Optional<Decision>> decisions = locked(locked -> {
            locked.moveTo(PartitionState.FAILED_OVER);
            return locked.journal().decide(List.of(change, new Change(account, character, LikeIntent.TOGGLE), change));
        });
        assertThat(decisions)
                .containsExactly(
                        Optional.of(decision(true, 1, true)),
                        Optional.of(decision(false, 0, true)),
                        Optional.of(new Decision(new LikeStatus(true, LikeCount.ZERO), false, true)));
        assertThatExceptionOfType(IdempotencyKeyReusedException.class)
                .isThrownBy(() -> locked(locked ->
                        locked.journal().decide(List.of(new Change(account, character, LikeIntent.TOGGLE), reused))));
        assertThat(stored(character)).isEqualTo(new Stored(0, Set.of()));
    }

    @Test
    void theAnswerOfAChangeThatWasNotStoredIsNotStored() {
        GameCharacter unknown = Fresh.characterIn(0, PARTITIONS);
        RelationChanges changes = Fresh.likesOf(unknown, 1);
        AccountId account = changes.relations().get(0).account();
        KeyUse use = Fresh.key();
        assertThat(store(changes, answer(account, unknown, use)).rejected()).hasSize(1);
        assertThat(stored(account, use)).isEmpty();
    }
}
