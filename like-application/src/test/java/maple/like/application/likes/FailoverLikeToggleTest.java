package maple.like.application.likes;

import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static maple.like.domain.LikeIntent.UNLIKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.Decider;
import maple.like.application.KeyUse;
import maple.like.application.PartitionState;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FailoverLikeToggleTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(1);

    private final InMemoryLedger database = new InMemoryLedger(PARTITIONS);
    private final ModelLikes primary = new ModelLikes(PARTITIONS, database);
    private final SlowPrimary slow = new SlowPrimary();
    private final FailoverLikeToggle one = instance(slow, database);
    private final FailoverLikeToggle other = instance(primary, database);
    private final GameCharacter character = Fresh.character();
    private final AccountId account = Fresh.account();

    private static final Runnable LOST = () -> {
        throw new PrimaryUnavailableException("no reply", null);
    };
    private static final Runnable NOT_SENT = () -> {
        throw PrimaryUnavailableException.notSent("not connected", null);
    };

    /** The primary store, with something that happens once before a call, or between it and its answer. */
    private final class SlowPrimary implements LikeToggle {
        final Queue<Runnable> before = new ArrayDeque<>();
        final Queue<Runnable> meanwhile = new ArrayDeque<>();
        int calls;

        private <R> R call(Supplier<R> call) {
            runNext(before);
            calls++;
            R answer = call.get();
            runNext(meanwhile);
            return answer;
        }

        private static void runNext(Queue<Runnable> hooks) {
            if (!hooks.isEmpty()) {
                hooks.remove().run();
            }
        }

        @Override
        public Optional<Outcome> apply(AccountId by, GameCharacter of, LikeIntent intent, KeyUse use) {
            return call(() -> primary.apply(by, of, intent, use));
        }

        @Override
        public Map<Relation, LikeStatus> statuses(Collection<Relation> relations) {
            return call(() -> primary.statuses(relations));
        }

        @Override
        public Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters) {
            return call(() -> primary.counts(characters));
        }
    }

    private FailoverLikeToggle instance(LikeToggle likes, LikeLedger ledger) {
        return new FailoverLikeToggle(likes, primary, ledger, database, PARTITIONS, System::nanoTime);
    }

    FailoverLikeToggleTest() {
        database.register(character);
    }

    private static LikeStatus liked(long count) {
        return new LikeStatus(true, new LikeCount(count));
    }

    private static LikeStatus notLiked(long count) {
        return new LikeStatus(false, new LikeCount(count));
    }

    private LikeStatus apply(FailoverLikeToggle instance, LikeIntent intent) {
        return instance.apply(account, character, intent).orElseThrow().status();
    }

    private LikeStatus likeByAnother(FailoverLikeToggle instance) {
        return instance.apply(Fresh.account(), character, LIKE).orElseThrow().status();
    }

    private LikeStatus status(FailoverLikeToggle instance) {
        return instance.status(account, character).orElseThrow();
    }

    private RelationKey relation() {
        return new RelationKey(account, character.ocid());
    }

    private void syncAll() {
        database.syncAll(primary);
    }

    /** Runs while the primary store is unavailable. */
    private void duringOutage(Runnable work) {
        primary.setAvailable(false);
        work.run();
        primary.setAvailable(true);
    }

    private static void assertDatabaseUnavailable(ThrowingCallable call) {
        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(call);
    }

    private static void assertPrimaryUnavailable(ThrowingCallable call) {
        assertThatExceptionOfType(PrimaryUnavailableException.class).isThrownBy(call);
    }

    @Test
    void theDatabaseDecidesAndAnswersWhileThePrimaryIsUnavailable() {
        primary.setAvailable(false);
        LikeToggle.Outcome outcome = one.apply(account, character, TOGGLE).orElseThrow();
        assertThat(outcome).isEqualTo(new LikeToggle.Outcome(liked(1), true, 0, Decider.DATABASE));
        assertThat(status(other)).isEqualTo(liked(1));
        assertThat(other.count(character)).contains(new LikeCount(1));
        assertThat(apply(other, TOGGLE)).isEqualTo(notLiked(0));
        assertThat(apply(one, TOGGLE)).isEqualTo(liked(1));
        assertThat(database.rows()).containsExactly(relation());
    }

    @Test
    void thePrimaryIsNotUsedUntilItWasGivenTheJournal() {
        duringOutage(() -> apply(one, LIKE));
        other.revoke(0);
        assertThat(apply(one, TOGGLE)).isEqualTo(notLiked(0));
        assertThat(apply(other, TOGGLE)).isEqualTo(liked(1));
        assertThat(status(other)).isEqualTo(liked(1));
        assertThat(primary.backlog(0)).isZero();
        syncAll();
        assertThat(likeByAnother(one)).isEqualTo(liked(2));
        assertThat(primary.backlog(0)).as("the primary store decides again").isEqualTo(1);
        assertThat(apply(other, TOGGLE)).isEqualTo(notLiked(1));
        syncAll();
        assertThat(database.rows()).hasSize(1).doesNotContain(relation());
    }

    @Test
    void withoutThePrimaryNothingIsKnownOfACharacterThatDoesNotExistAndWithoutTheDatabaseNothingAtAll() {
        GameCharacter unknown = Fresh.character();
        primary.setAvailable(false);
        assertThat(one.apply(account, unknown, LIKE)).isEmpty();
        assertThat(one.status(account, unknown)).isEmpty();
        database.setAvailable(false);
        assertDatabaseUnavailable(() -> apply(one, LIKE));
        assertDatabaseUnavailable(() -> status(one));
    }

    @Test
    void aFullPrimaryDecidesUntilNoChangeIsPendingThenTheDatabaseUntilThereIsMemory() {
        apply(one, LIKE);
        status(other);
        primary.setFull(true);
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(() -> likeByAnother(other))
                .matches(PrimaryUnavailableException::isFull);
        assertThat(status(other)).as("not stored yet").isEqualTo(liked(1));
        syncAll();
        assertThat(likeByAnother(other)).isEqualTo(liked(2));
        assertThat(status(one)).isEqualTo(liked(2));
        syncAll();
        assertThat(database.state(0)).as("the primary has no memory").isEqualTo(PartitionState.FAILED_OVER);
        primary.setFull(false);
        syncAll();
        assertThat(likeByAnother(one)).isEqualTo(liked(3));
        assertThat(database.rows()).as("the primary decides").hasSize(2);
    }

    // Reads.

    @Test
    void aReadIsAnsweredByThePrimaryWhileItDecides() {
        apply(other, LIKE); // not stored
        assertThat(one.count(character)).as("not verified yet").contains(new LikeCount(1));
        assertThat(status(one)).isEqualTo(liked(1));
        one.revoke(0);
        assertThat(status(one)).isEqualTo(liked(1));
        assertThat(database.state(0).databaseDecides()).isFalse();
    }

    @Test
    void aReadFailsAnUnavailablePrimaryOverBeforeTheDatabaseAnswers() {
        apply(one, LIKE);
        syncAll();
        likeByAnother(one); // not stored
        primary.setAvailable(false);
        assertThat(one.count(character)).contains(new LikeCount(1));
        assertThat(database.state(0)).isEqualTo(PartitionState.FAILED_OVER);
        assertThat(status(other)).isEqualTo(liked(1));
    }

    /** Reads rows, and cannot lock them. */
    private record Unlockable() implements LikeLedger {
        @Override
        public <R> Optional<R> tryPartition(int partition, Function<LockedPartition, R> work) {
            return Optional.empty();
        }

        @Override
        public <R> R awaitPartition(int partition, Function<LockedPartition, R> work) {
            throw new DatabaseUnavailableException("The lock was not released in time", null);
        }
    }

    @Test
    void aReadThatCannotFailThePrimaryOverIsNotAnswered() {
        apply(other, LIKE);
        FailoverLikeToggle unable = instance(primary, new Unlockable());
        primary.setAvailable(false);
        assertDatabaseUnavailable(() -> status(unable));
        assertDatabaseUnavailable(() -> unable.count(character));
    }

    @Test
    void aLateReadIsReplacedByOneOfTheStoreThatDecides() {
        apply(one, UNLIKE);
        slow.meanwhile.add(() -> {
            duringOutage(() -> apply(other, LIKE));
            one.revoke(0);
        });
        assertThat(status(one)).isEqualTo(liked(1));
    }

    @Test
    void manyAreReadFromTheStoreThatDecidesInEachPartition() {
        LikePartitions two = new LikePartitions(2);
        InMemoryLedger ledger = new InMemoryLedger(two);
        ModelLikes both = new ModelLikes(two, ledger);
        FailoverLikeToggle likes = new FailoverLikeToggle(both, both, ledger, ledger, two, System::nanoTime);
        GameCharacter failedOver = Fresh.characterIn(0, two);
        GameCharacter active = Fresh.characterIn(1, two);
        List<LikeToggle.Relation> relations = Stream.of(failedOver, active, Fresh.characterIn(0, two))
                .map(each -> new LikeToggle.Relation(account, each))
                .toList();
        for (GameCharacter each : List.of(failedOver, active)) {
            ledger.register(each);
            likes.apply(account, each, LIKE);
        }
        ledger.syncAll(both);
        likes.apply(Fresh.account(), failedOver, LIKE); // not stored
        likes.apply(Fresh.account(), active, LIKE);
        assertThat(likes.statuses(relations)).isEqualTo(Map.of(relations.get(0), liked(2), relations.get(1), liked(2)));
        ledger.awaitPartition(0, locked -> {
            locked.moveTo(PartitionState.FAILED_OVER); // by another instance
            return true;
        });
        likes.revoke(0);
        assertThat(likes.statuses(relations)).isEqualTo(Map.of(relations.get(0), liked(1), relations.get(1), liked(2)));
        both.setAvailable(false);
        assertThat(likes.statuses(relations)).isEqualTo(Map.of(relations.get(0), liked(1), relations.get(1), liked(1)));
        assertThat(ledger.state(1)).isEqualTo(PartitionState.FAILED_OVER);
        assertThat(likes.counts(List.of(failedOver, active)))
                .isEqualTo(Map.of(failedOver, new LikeCount(1), active, new LikeCount(1)));
        ledger.setAvailable(false);
        assertDatabaseUnavailable(() -> likes.statuses(relations));
    }

    // Changes whose answer is lost or late.

    @Test
    void aToggleWhoseAnswerIsLostIsNotSentAgainAndAnOutcomeOrWhatWasNotSentIs() {
        slow.meanwhile.add(LOST);
        assertPrimaryUnavailable(() -> apply(one, TOGGLE));
        assertThat(status(one)).isEqualTo(liked(1));
        slow.meanwhile.add(LOST);
        assertThat(apply(one, UNLIKE)).isEqualTo(notLiked(0));
        slow.before.add(NOT_SENT);
        assertThat(apply(one, TOGGLE)).isEqualTo(liked(1));
    }

    @Test
    void aPrimaryThatIsReconciledAndRefusesEveryCallIsGivenUp() {
        slow.before.addAll(Collections.nCopies(10, NOT_SENT));
        assertPrimaryUnavailable(() -> apply(one, LIKE));
        assertPrimaryUnavailable(() -> status(one));
    }

    @Test
    void aLateAnswerStandsWhereNoFailoverBegan() {
        slow.meanwhile.add(() -> {
            apply(other, TOGGLE);
            one.revoke(0);
        });
        assertThat(apply(one, TOGGLE)).isEqualTo(liked(1));
        assertThat(status(other)).isEqualTo(notLiked(0));
    }

    @Test
    void aLateAnswerStandsWhereAnotherCallHasVerifiedThePrimarySince() {
        slow.meanwhile.add(() -> {
            one.revoke(0);
            likeByAnother(one);
        });
        assertThat(apply(one, TOGGLE)).isEqualTo(liked(1));
        assertThat(slow.calls).isEqualTo(2);
    }

    @Test
    void theDatabaseDecidesInPlaceOfAnAnswerThatCameTooLate() {
        slow.meanwhile.add(() -> {
            primary.setAvailable(false);
            apply(other, LIKE); // decided by the database, which lacks the change above
            apply(other, UNLIKE);
            likeByAnother(other);
            primary.setAvailable(true);
            one.revoke(0);
        });
        assertThat(apply(one, LIKE)).isEqualTo(liked(2));
        syncAll();
        assertThat(database.rows()).contains(relation()).hasSize(2);
        assertThat(apply(one, TOGGLE)).isEqualTo(notLiked(1));
    }

    @Test
    void aToggleThatWasStoredBeforeAFailoverIsNotMadeAgain() {
        slow.meanwhile.add(() -> {
            syncAll(); // stores what the primary has just made of the toggle
            primary.setAvailable(false);
            one.revoke(0);
        });
        assertThatExceptionOfType(PrimaryUnavailableException.class).isThrownBy(() -> apply(one, TOGGLE));
        assertThat(status(one)).isEqualTo(liked(1));
    }

    @Test
    void theOutcomeOfAToggleIsUnknownWhereAFailoverBeganAndEnded() {
        Runnable outage = () -> {
            duringOutage(() -> apply(other, UNLIKE));
            syncAll();
            one.revoke(0);
        };
        slow.meanwhile.add(outage);
        assertPrimaryUnavailable(() -> apply(one, TOGGLE));
        slow.meanwhile.add(outage);
        assertThat(apply(one, LIKE)).isEqualTo(liked(1));
        syncAll();
        assertThat(database.rows()).containsExactly(relation());
    }

    /** The first reply is lost, and then the primary store is unavailable until the database has decided. */
    @Test
    void aToggleWithAKeyIsRepeatedWhereItsOutcomeIsUnknown() {
        KeyUse use = Fresh.key();
        likeByAnother(one);
        slow.meanwhile.add(LOST);
        LikeToggle.Outcome outcome = one.apply(account, character, TOGGLE, use).orElseThrow();
        assertThat(outcome.status()).isEqualTo(liked(2));
        assertThat(outcome.repeated()).isTrue();
        syncAll();
        slow.meanwhile.add(() -> {
            primary.setAvailable(false);
            LOST.run();
        });
        KeyUse another = Fresh.key();
        assertThat(one.apply(account, character, TOGGLE, another).orElseThrow().decidedBy())
                .isEqualTo(Decider.DATABASE);
        assertThat(other.apply(account, character, TOGGLE, use).orElseThrow())
                .isEqualTo(LikeToggle.Outcome.repeated(true, new LikeCount(1), 0, Decider.DATABASE));
        primary.setAvailable(true);
        syncAll();
        assertThat(other.apply(account, character, TOGGLE, another).orElseThrow())
                .isEqualTo(LikeToggle.Outcome.repeated(false, new LikeCount(1), 0, Decider.PRIMARY));
    }
}
