package maple.like.application.contract;

import static java.util.Objects.requireNonNull;
import static maple.like.application.contract.PrimaryFixture.PARTITIONS;
import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static maple.like.domain.LikeIntent.UNLIKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.KeptAnswer;
import maple.like.application.KeyUse;
import maple.like.application.PartitionState;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.RelationChanges;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeLedger.StoredBatch;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PendingLikes.Claim;
import maple.like.application.port.out.PendingLikes.LikesPage;
import maple.like.application.port.out.PendingLikes.PendingPage;
import maple.like.application.port.out.PrimaryInspection;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.Test;

/** What the {@link PendingLikes} of every primary store guarantee. */
public abstract class PendingLikesContract extends PrimaryContract {
    private List<AccountId> like(int accounts) {
        return Stream.generate(this::like).limit(accounts).toList();
    }

    private RelationChanges likes(AccountId account) {
        return new RelationChanges(Set.of(relation(account)), Set.of());
    }

    private RelationChanges unlikes(AccountId account) {
        return new RelationChanges(Set.of(), Set.of(relation(account)));
    }

    private void assertCountWithoutTotals(long expected) {
        primary().expireTotals();
        assertThat(count()).isEqualTo(expected);
    }

    private void assertStored(AccountId... accounts) {
        assertThat(database.rows())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(accounts).map(this::relation).toList());
        assertCountWithoutTotals(accounts.length);
    }

    private long buffered() {
        return requireNonNull(
                        b.inspection().counts(partition, List.of(character)).get(character))
                .buffered();
    }

    private long generation() {
        return database.awaitPartition(partition, locked -> locked.row().generation());
    }

    private long token() {
        return database.awaitPartition(partition, locked -> locked.row().token());
    }

    private void finish(long generation, StoredBatch stored) {
        a.pending().finish(partition, generation, token(), stored.countChanges());
    }

    private void assertReconciledTo(PartitionState expected) {
        PartitionState state = reconciled(b, locked -> locked.row().state());
        assertThat(state).isEqualTo(expected);
    }

    private void assertWarmUpCursor(String... expected) {
        assertThat(claim(a, ALL).warmUpCursor().stream()).containsExactly(expected);
    }

    // Claim, store, finish.

    @Test
    void aClaimedBatchStaysClaimedAndTheSameUntilTheGenerationShowsThatItIsStored() {
        AccountId first = like();
        LikeBatch batch = claimed();
        assertThat(batch).isEqualTo(new LikeBatch(1, likes(first)));
        AccountId second = like();
        assertThat(claim(b, ALL).batch()).contains(batch);
        store(batch);
        assertThat(claimed()).isEqualTo(new LikeBatch(2, likes(second)));
    }

    @Test
    void aBatchThatIsStoredAndNotFinishedIsFinishedByReconciling() {
        like(3);
        store(claimed()); // the instance dies
        like();
        assertThat(buffered()).isEqualTo(4);
        assertReconciledTo(PartitionState.ACTIVE);
        assertThat(buffered()).isEqualTo(1);
        assertCountWithoutTotals(4);
    }

    @Test
    void aBatchMayBeFinishedAgainAndLate() {
        like();
        StoredBatch stored = store(claimed());
        finish(1, stored);
        finish(1, stored);
        like();
        LikeBatch next = claimed();
        finish(1, stored); // by an instance that stalled
        assertThat(claim(b, ALL).batch()).contains(next);
        assertCountWithoutTotals(2);
    }

    @Test
    void aChangeMadeWhileABatchIsClaimedIsPendingForTheNextOneAndPrevails() {
        AccountId account = like();
        LikeBatch first = claimed();
        apply(b, account, UNLIKE);
        store(first);
        assertThat(count()).isZero();
        LikeBatch next = claimed();
        assertThat(next.changes()).isEqualTo(unlikes(account));
        store(next);
        syncAll();
        assertStored();
    }

    @Test
    void theCountIsExactAtEveryStepOfABatch() {
        like(5);
        assertCountWithoutTotals(5);
        LikeBatch batch = claimed();
        assertCountWithoutTotals(5);
        like();
        assertCountWithoutTotals(6);
        StoredBatch stored = store(batch);
        assertCountWithoutTotals(6);
        finish(batch.number(), stored);
        assertCountWithoutTotals(6);
    }

    @Test
    void aClaimTakesSomeLikesAndSomeUnlikesUpToItsLimitAndReportsTheRest() {
        like(40).subList(0, 20).forEach(account -> apply(a, account, UNLIKE));
        Claim claim = claim(a, 10);
        RelationChanges changes = claim.batch().orElseThrow().changes();
        assertThat(changes.size()).isEqualTo(10);
        assertThat(changes.likes()).isNotEmpty();
        assertThat(changes.unlikes()).isNotEmpty();
        assertThat(claim.backlog()).isEqualTo(30);
        assertThat(a.pending().records().backlog(partition)).isEqualTo(40);
    }

    // A store that is not in step with the database.

    @Test
    void aStoreThatIsBehindTheDatabaseIsReducedToItsPendingChanges() {
        AccountId lost = like();
        AccountId undone = like();
        syncAll();
        AccountId pending = like();
        apply(b, undone, UNLIKE);
        storeUnclaimed(new LikeBatch(generation() + 1, unlikes(lost)));
        assertReconciledTo(PartitionState.WARMING_UP);
        assertThat(buffered()).isZero();
        assertThat(status(lost)).isEqualTo(notLiked(1));
        syncAll();
        assertThat(database.state(partition)).isEqualTo(PartitionState.ACTIVE);
        assertStored(pending);
    }

    @Test
    void aStoreThatClaimedAnotherBatchOfTheSameNumberIsReducedToItsPendingChanges() {
        AccountId pending = like();
        AccountId stored = Fresh.account();
        LikeBatch claimed = claimed();
        storeUnclaimed(new LikeBatch(claimed.number(), likes(stored)));
        finish(claimed.number(), new StoredBatch(Map.of(character, 1L), 1, 0, List.of()));
        assertThat(buffered()).isEqualTo(1);
        assertReconciledTo(PartitionState.WARMING_UP);
        assertThat(status(stored)).isEqualTo(liked(2));
        syncAll();
        assertStored(pending, stored);
    }

    @Test
    void anInstanceThatLostTheLockChangesNothing() {
        AccountId account = like();
        syncAll();
        apply(a, account, UNLIKE);
        List<JournalEntry> journal = List.of(new JournalEntry(1, account, character, true, 0, Instant.now()));
        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(() -> b.pending().claim(partition, 0, 0, ALL));
        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(() -> b.pending().applyJournal(partition, 0, 0, journal));
        b.pending().finish(partition, 0, 0, Map.of(character, 1L));
        assertThat(status(account)).isEqualTo(NOT_LIKED);
        assertThat(buffered()).isEqualTo(-1);
        assertThat(claimed().changes()).isEqualTo(unlikes(account));
    }

    @Test
    void anEmptiedStoreTakesNothingFromTheDatabaseBeforeItIsReconciled() {
        like();
        primary().empty();
        assertThatExceptionOfType(PrimaryUnavailableException.class).isThrownBy(this::like);
        assertThatExceptionOfType(PrimaryUnavailableException.class).isThrownBy(this::count);
        reconciled(b, locked -> true);
        like();
    }

    // A database that lost its last commits.

    @Test
    void whatTheDatabaseLostIsPendingAgain() {
        AccountId kept = like();
        AccountId unliked = like();
        AccountId undone = like();
        syncAll();
        apply(a, undone, UNLIKE);
        Runnable loss = database.lossOfCommits();
        syncAll();
        AccountId lost = like();
        apply(a, unliked, UNLIKE);
        syncAll();
        apply(a, undone, LIKE);
        AccountId pending = like();
        AccountId claimed = like();
        claimed();
        loss.run();
        assertThat(status(lost)).isEqualTo(liked(5));
        assertReconciledTo(PartitionState.WARMING_UP);
        assertCountWithoutTotals(5);
        assertThat(status(unliked)).isEqualTo(notLiked(5));
        syncAll();
        assertThat(database.state(partition)).isEqualTo(PartitionState.ACTIVE);
        assertStored(kept, lost, undone, pending, claimed);
    }

    @Test
    void aStoreThatLacksRelationsKeepsTheRowsThatItDoesNotKnowOf() {
        AccountId kept = like();
        AccountId unliked = like();
        AccountId unlikedAgain = like();
        syncAll();
        empty();
        Runnable loss = database.lossOfCommits();
        AccountId lost = like();
        apply(a, unliked, UNLIKE);
        finish(generation() + 1, store(claimed()));
        apply(a, unlikedAgain, UNLIKE);
        loss.run();
        syncAll();
        assertStored(kept, unliked, lost);
    }

    @Test
    void whatRedisDecidedAfterAJournalThatComesBackPrevails() {
        AccountId decided = Fresh.account();
        AccountId decidedSince = Fresh.account();
        decide(decided, LIKE);
        decide(decidedSince, LIKE);
        Runnable loss = database.lossOfCommits();
        syncAll();
        apply(a, decided, UNLIKE);
        AccountId liked = like();
        syncAll();
        loss.run();
        decide(decidedSince, UNLIKE);
        AccountId decidedLast = Fresh.account();
        decide(decidedLast, LIKE);
        syncAll();
        assertStored(liked, decidedLast);
    }

    @Test
    void aJournalIsNotAppliedAgainWhereTheDatabaseLostThatItWasAcknowledged() {
        AccountId decided = Fresh.account();
        decide(decided, LIKE);
        Runnable loss = database.lossOfCommits();
        replay(false); // and is not finished
        apply(a, decided, UNLIKE);
        loss.run();
        syncAll();
        assertStored();
    }

    @Test
    void aFailoverThatTheDatabaseLostIsKeptByTheStoreThatWasGivenItsJournal() {
        AccountId account = like();
        syncAll();
        Runnable loss = database.lossOfCommits();
        AccountId decided = Fresh.account();
        decide(decided, LIKE);
        decide(account, UNLIKE);
        replay(false);
        loss.run();
        syncAll();
        assertStored(decided);
    }

    // The journal.

    @Test
    void theJournalPrevailsOverEverythingThatTheStoreHolds() {
        List<AccountId> accounts = new ArrayList<>(like(3));
        claimed();
        accounts.addAll(like(2));
        accounts.add(Fresh.account());
        decide(accounts.get(0), UNLIKE); // claimed as a like
        decide(accounts.get(1), LIKE); // claimed as a like
        decide(accounts.get(3), UNLIKE); // pending as a like
        decide(accounts.get(5), TOGGLE); // unknown to the store
        decide(accounts.get(5), LIKE);
        assertThat(sync(a, ALL, 10).sync(partition).more()).isTrue();
        syncAll();
        assertStored(accounts.get(1), accounts.get(2), accounts.get(4), accounts.get(5));
        accounts.forEach(account ->
                assertThat(status(account).liked()).isEqualTo(database.rows().contains(relation(account))));
    }

    @Test
    void theJournalIsAppliedToAStoreThatLostEverything() {
        AccountId kept = like();
        AccountId unliked = like();
        syncAll();
        empty();
        decide(kept, UNLIKE);
        decide(unliked, UNLIKE);
        decide(kept, LIKE);
        syncAll();
        assertStored(kept);
        assertThat(apply(a, unliked, TOGGLE).status()).isEqualTo(liked(2));
    }

    @Test
    void aJournalThatIsAppliedAndNotAcknowledgedIsAppliedAgain() {
        AccountId account = like();
        AccountId decided = Fresh.account();
        decide(decided, LIKE);
        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(() -> replay(true));
        assertThat(a.pending().records().backlog(partition))
                .as("each relation once")
                .isEqualTo(2);
        decide(decided, UNLIKE);
        decide(decided, LIKE);
        syncAll();
        assertStored(account, decided);
    }

    @Test
    void aJournalThatIsAcknowledgedAndNotFinishedIsFinishedByReconcilingAndNotTakenForTheBatchBefore() {
        AccountId account = like();
        LikeBatch claimed = claimed();
        AccountId decided = Fresh.account();
        decide(decided, LIKE);
        replay(false); // the instance dies
        assertThat(generation()).isGreaterThan(claimed.number());
        finish(claimed.number(), new StoredBatch(Map.of(character, 1L), 1, 0, List.of()));
        assertThat(buffered()).isEqualTo(2);
        reconciled(b, locked -> true);
        assertThat(buffered()).as("the pending like alone").isEqualTo(1);
        syncAll();
        assertStored(account, decided);
    }

    /** Applies the journal, and acknowledges it unless the commit fails. */
    private void replay(boolean commitFails) {
        reconciled(a, locked -> {
            List<JournalEntry> entries = locked.journal().entries(ALL);
            long number = a.pending().applyJournal(partition, locked.row().generation(), locked.token(), entries);
            locked.journal().acknowledge(number, entries);
            if (commitFails) {
                throw new DatabaseUnavailableException("The commit failed", null);
            }
            locked.moveTo(PartitionState.REPLAYING);
            locked.moveTo(PartitionState.WARMING_UP);
            return number;
        });
    }

    @Test
    void aRejectedChangeIsUndoneInTheNextRound() {
        AccountId rejectedUnlike = like();
        syncAll();
        AccountId rejectedLike = Fresh.account();
        Set<RelationKey> rejected = Set.of(relation(rejectedLike), relation(rejectedUnlike));
        database.reject(rejected::contains);
        apply(a, rejectedLike, LIKE);
        AccountId stored = like();
        apply(b, rejectedUnlike, UNLIKE);
        SyncLikes.Report report = sync(a, ALL, 10).sync(partition);
        assertThat(report.rejected()).containsExactlyInAnyOrderElementsOf(rejected);
        assertThat(report.more()).isTrue();
        assertThat(sync(b, ALL, 10).sync(partition).rejected()).isEmpty();
        assertThat(status(rejectedLike)).isEqualTo(notLiked(2));
        assertThat(status(rejectedUnlike)).isEqualTo(liked(2));
        syncAll();
        assertStored(rejectedUnlike, stored);
        database.reject(relation -> false);
        assertThat(apply(a, rejectedLike, TOGGLE).status()).isEqualTo(liked(3));
        syncAll();
        assertStored(rejectedUnlike, stored, rejectedLike);
    }

    @Test
    void aRejectedChangeIsUndoneByTheNextInstanceWhereTheFirstDied() {
        AccountId rejected = like();
        AccountId stored = like();
        database.reject(relation(rejected)::equals);
        store(claimed()); // the instance dies
        apply(b, rejected, UNLIKE);
        apply(b, rejected, LIKE);
        syncAll();
        assertThat(status(rejected)).isEqualTo(notLiked(1));
        assertStored(stored);
    }

    // The warm-up.

    @Test
    void storedRelationsAreCopiedPageByPage() {
        List<AccountId> accounts = like(25);
        syncAll();
        empty();
        assertWarmUpCursor(LikeLedger.START);
        apply(a, accounts.get(0), UNLIKE);
        syncAll();
        assertWarmUpCursor();
        database.setAvailable(false); // from here on the store answers alone
        accounts.forEach(account -> assertThat(status(account).liked()).isEqualTo(!account.equals(accounts.get(0))));
    }

    @Test
    void aPageThatDoesNotStartAtTheCursorIsIgnored() {
        AccountId stray = Fresh.account();
        RelationPage strayPage = new RelationPage(List.of(relation(stray)), "9", true);
        RelationPage emptyPage = new RelationPage(List.of(), "4", false);
        assertWarmUpCursor(LikeLedger.START);
        a.pending().warmUp(partition, 0, "7", strayPage);
        assertWarmUpCursor(LikeLedger.START);
        a.pending().warmUp(partition, 0, LikeLedger.START, emptyPage);
        assertWarmUpCursor("4");
        a.pending().warmUp(partition, 0, LikeLedger.START, strayPage);
        assertWarmUpCursor("4");
        a.pending().warmUp(partition, 0, "4", new RelationPage(List.of(), "9", true));
        assertWarmUpCursor();
        assertThat(status(stray)).isEqualTo(NOT_LIKED);
    }

    @Test
    void anUnlikedRelationIsNotCopied() {
        AccountId claimed = like();
        AccountId pending = like();
        store(claimed());
        empty();
        apply(a, claimed, UNLIKE);
        claimed();
        apply(a, pending, UNLIKE);
        RelationPage page = new RelationPage(List.of(relation(claimed), relation(pending)), "9", true);
        a.pending().warmUp(partition, 1, LikeLedger.START, page);
        assertThat(status(claimed)).isEqualTo(NOT_LIKED);
        assertThat(status(pending)).isEqualTo(NOT_LIKED);
    }

    @Test
    void theLikesOfAnAccountAreFoundPageByPageAndNoOthers() {
        String id = Fresh.account().value() + "*[a-z]?\\:^";
        AccountId account = new AccountId(id);
        Set<RelationKey> liked = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            character = Fresh.characterIn(partition, PARTITIONS);
            database.register(character);
            for (AccountId liker : List.of(account, new AccountId(id + ":1"), Fresh.account())) {
                apply(a, liker, LIKE);
            }
            liked.add(relation(account));
            if (i == 10) {
                syncAll();
            }
        }
        apply(a, account, UNLIKE);
        liked.remove(relation(account));
        Set<RelationKey> found = new HashSet<>();
        Optional<String> cursor = Optional.of(LikeLedger.START);
        while (cursor.isPresent()) {
            LikesPage page = b.pending().records().likesOf(account, partition, cursor.get(), 3);
            found.addAll(page.relations());
            cursor = page.next();
        }
        assertThat(found).isEqualTo(liked);
    }

    // Concurrency.

    @Test
    void manyThreadsOnTwoInstancesEndWhereAnIndependentCountSays() {
        int threads = 8;
        List<GameCharacter> characters =
                Stream.generate(Fresh::character).limit(5).toList();
        characters.forEach(database::register);
        Map<RelationKey, Boolean> expected = new ConcurrentHashMap<>();
        Workers.together(threads + 2, thread -> {
            if (thread >= threads) {
                SyncLikes sync = sync(thread % 2 == 0 ? a : b, 7, 3);
                IntStream.range(0, 40).forEach(i -> PARTITIONS.all().forEach(sync::sync));
            } else {
                changeAtRandom(new Random(thread), characters, expected);
            }
        });
        syncAll();
        Set<RelationKey> liked = RelationChanges.of(expected).likes();
        assertThat(database.rows()).isEqualTo(liked);
        for (GameCharacter any : characters) {
            LikeCount count = new LikeCount(liked.stream()
                    .filter(relation -> relation.target().equals(any.ocid()))
                    .count());
            assertThat(a.likes().count(any)).contains(count);
            assertThat(database.count(any.ocid()).orElseThrow().likeCount()).isEqualTo(count);
        }
    }

    /** Changes relations of its own accounts. */
    private void changeAtRandom(Random random, List<GameCharacter> characters, Map<RelationKey, Boolean> expected) {
        List<AccountId> accounts = Stream.generate(Fresh::account).limit(2).toList();
        for (int i = 0; i < 150; i++) {
            AccountId account = accounts.get(random.nextInt(2));
            GameCharacter any = characters.get(random.nextInt(characters.size()));
            LikeIntent intent = LikeIntent.values()[random.nextInt(3)];
            RelationKey relation = new RelationKey(account, any.ocid());
            boolean wanted = intent.appliedTo(expected.getOrDefault(relation, false));
            assertThat((random.nextBoolean() ? a : b).likes().apply(account, any, intent))
                    .hasValueSatisfying(
                            outcome -> assertThat(outcome.status().liked()).isEqualTo(wanted));
            expected.put(relation, wanted);
        }
    }

    private KeptAnswer toggleOnce(AccountId account) {
        KeyUse use = Fresh.key();
        return KeptAnswer.of(relation(account), toggle(a, account, use).status().liked(), use);
    }

    @Test
    void anAnswerGoesWithTheBatchThatHasItsChange() {
        AccountId account = Fresh.account();
        KeptAnswer first = toggleOnce(account);
        LikeBatch batch = claimed();
        assertThat(batch.answers()).containsExactly(first);
        KeptAnswer second = toggleOnce(account);
        KeptAnswer third = toggleOnce(account);
        assertThat(claimed()).as("given again").isEqualTo(batch);
        store(batch);
        assertThat(claimed().answers()).containsExactlyInAnyOrder(second, third);
        syncAll();
        assertThat(List.of(first, second, third))
                .allSatisfy(answer -> assertThat(database.answers()).contains(answer));
    }

    @Test
    void answersOfAStoreThatIsBehindStayWithTheirPendingChanges() {
        KeptAnswer claimed = toggleOnce(Fresh.account());
        claimed();
        KeptAnswer pending = toggleOnce(Fresh.account());
        storeUnclaimed(new LikeBatch(generation() + 1, RelationChanges.NONE));
        assertThat(claimed().answers()).containsExactlyInAnyOrder(claimed, pending);
    }

    @Test
    void pendingChangesAreReadWithTheirAnswers() {
        KeptAnswer claimed = toggleOnce(Fresh.account());
        claimed();
        KeptAnswer pending = toggleOnce(Fresh.account());
        Set<KeptAnswer> answers = new HashSet<>();
        Optional<String> cursor = Optional.of(LikeLedger.START);
        while (cursor.isPresent()) {
            PendingPage page = a.pending().records().pendingAfter(partition, cursor.get(), 1);
            answers.addAll(page.answers());
            cursor = page.next();
        }
        assertThat(answers).containsExactlyInAnyOrder(claimed, pending);
        cursor = Optional.of(LikeLedger.START);
        while (cursor.isPresent()) {
            PrimaryInspection.Page page = a.inspection().page(partition, cursor.get(), ALL);
            assertThat(page.unreadable()).isEmpty();
            cursor = page.next();
        }
    }

    @Test
    void theAnswersOfAnAccountAreForgottenAndNoOthers() {
        AccountId account = new AccountId("a*[" + Fresh.account().value());
        AccountId another = new AccountId(account.value() + ":" + account.value());
        KeyUse use = Fresh.key();
        toggle(a, account, use);
        toggle(a, another, use);
        PARTITIONS.all().forEach(number -> a.pending().records().forgetAnswers(number, account));
        assertThat(toggle(b, another, use).repeated()).isTrue();
        assertThat(toggle(b, account, use).repeated()).isFalse();
        PARTITIONS.all().forEach(number -> a.pending().records().forgetAnswers(number, account));
        assertThat(claimed().answers()).extracting(KeptAnswer::account).containsExactly(another);
    }
}
