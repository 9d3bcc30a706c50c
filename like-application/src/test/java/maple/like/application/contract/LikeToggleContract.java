package maple.like.application.contract;

import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static maple.like.domain.LikeIntent.UNLIKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.Decider;
import maple.like.application.IdempotencyKeyReusedException;
import maple.like.application.KeyUse;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.PrimaryFixture.Instance;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.LikeToggle.Outcome;
import maple.like.application.port.out.LikeToggle.Relation;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import org.junit.jupiter.api.Test;

/** What the {@link LikeToggle} of every primary store guarantees. */
public abstract class LikeToggleContract extends PrimaryContract {
    private static final int THREADS = 8;

    private final AccountId account = Fresh.account();

    private static Outcome outcome(LikeStatus status, boolean changed, long newDelta) {
        return new Outcome(status, changed, newDelta, Decider.PRIMARY);
    }

    @Test
    void aChangeAppliesItsIntentAndSaysWhetherThatChangedTheRelation() {
        assertThat(apply(a, account, UNLIKE)).isEqualTo(outcome(NOT_LIKED, false, 0));
        assertThat(apply(a, account, TOGGLE)).isEqualTo(outcome(liked(1), true, 1));
        assertThat(apply(b, account, LIKE)).isEqualTo(outcome(liked(1), false, 1));
        assertThat(apply(b, account, TOGGLE)).isEqualTo(outcome(NOT_LIKED, true, 0));
    }

    @Test
    void concurrentCallsForOneRelationBehaveAsIfTheyRanOneAfterAnother() {
        int rounds = 51;
        Queue<Boolean> answers = new ConcurrentLinkedQueue<>();
        Workers.together(THREADS, thread -> {
            for (int i = 0; i < rounds; i++) {
                LikeStatus status =
                        apply(thread % 2 == 0 ? a : b, account, TOGGLE).status();
                assertThat(status.likeCount().value()).isEqualTo(status.liked() ? 1 : 0);
                answers.add(status.liked());
            }
        });
        // One after another, likes and unlikes alternate; an even number of toggles ends where it began.
        assertThat(answers.stream().filter(liked -> liked)).hasSize(THREADS * rounds / 2);
        assertThat(status(account)).isEqualTo(NOT_LIKED);
    }

    @Test
    void theCountInTheAnswerIncludesThisChangeAndEveryChangeAcknowledgedBeforeTheCall() {
        int each = 40;
        Queue<Long> answers = new ConcurrentLinkedQueue<>();
        Workers.together(THREADS, thread -> {
            Instance instance = thread % 2 == 0 ? a : b;
            for (int i = 0; i < each; i++) {
                LikeStatus status = apply(instance, Fresh.account(), LIKE).status();
                answers.add(status.likeCount().value());
            }
        });
        assertThat(answers)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, THREADS * each).boxed().toList());
    }

    /** More than go in one call, in every partition; some totals and relations have to be read from the database first. */
    @Test
    void manyAreReadTogetherAndEachIsExact() {
        Map<Relation, LikeStatus> expected = new HashMap<>();
        Map<GameCharacter, LikeCount> counts = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            GameCharacter each = Fresh.character();
            database.register(each);
            Relation relation = new Relation(account, each);
            boolean liked = i % 3 == 0;
            if (i % 2 == 0) {
                a.likes().apply(Fresh.account(), each, LIKE);
            }
            if (liked) {
                a.likes().apply(account, each, LIKE);
            }
            expected.put(relation, new LikeStatus(liked, new LikeCount((i % 2 == 0 ? 1 : 0) + (liked ? 1 : 0))));
            counts.put(each, expected.get(relation).likeCount());
            if (i == 50) {
                syncAll();
                empty();
            }
        }
        List<Relation> relations = new ArrayList<>(expected.keySet());
        relations.add(new Relation(account, Fresh.character()));
        assertThat(b.likes().statuses(relations)).isEqualTo(expected);
        assertThat(b.likes().counts(relations.stream().map(Relation::character).toList()))
                .isEqualTo(counts);
        assertThat(b.likes().statuses(List.of())).isEmpty();
        primary().expireTotals();
        assertThat(b.likes().counts(counts.keySet())).isEqualTo(counts);
    }

    @Test
    void aCharacterThatTheDatabaseDoesNotHaveHasNoLikes() {
        GameCharacter unknown = Fresh.character();
        assertThat(a.likes().apply(account, unknown, LIKE)).isEmpty();
        assertThat(a.likes().status(account, unknown)).isEmpty();
        assertThat(a.likes().count(unknown)).isEmpty();
    }

    @Test
    void aCallThatCannotReadTheDatabaseChangesNothing() {
        database.setAvailable(false);
        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(() -> apply(a, account, LIKE));
        database.setAvailable(true);
        assertThat(status(account)).isEqualTo(NOT_LIKED);
    }

    @Test
    void theDatabaseIsNotReadForACharacterWhoseTotalIsKnown() {
        syncAll();
        like();
        database.setAvailable(false);
        assertThat(apply(b, account, LIKE).status()).isEqualTo(liked(2));
        assertThat(status(account)).isEqualTo(liked(2));
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void anAnswerIncludesEveryChangeAcknowledgedBeforeTheCall() {
        for (LikeIntent intent : List.of(LIKE, UNLIKE, TOGGLE, TOGGLE, LIKE)) {
            LikeStatus status = apply(a, account, intent).status();
            assertThat(status(account)).isEqualTo(status);
            assertThat(b.likes().count(character)).contains(status.likeCount());
            primary().expireTotals();
            assertThat(status(account)).isEqualTo(status);
        }
    }

    @Test
    void storedRelationsOutliveTheLossOfTheStore() {
        apply(a, account, LIKE);
        syncAll();
        empty();
        assertThat(status(account)).isEqualTo(liked(1));
        assertThat(apply(a, account, LIKE)).isEqualTo(outcome(liked(1), false, 0));
        assertThat(apply(b, account, TOGGLE).status()).isEqualTo(NOT_LIKED);
    }

    @Test
    void theDatabaseIsNotReadWhileItDecides() {
        decide(account, LIKE);
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(() -> apply(a, account, LIKE))
                .matches(unavailable -> !unavailable.wasSent());
        syncAll();
        assertThat(apply(a, account, LIKE)).isEqualTo(outcome(liked(1), false, 0));
    }

    private static Outcome repeated(LikeStatus status) {
        return Outcome.repeated(status.liked(), status.likeCount(), 0, Decider.PRIMARY);
    }

    private void assertRepeated(Instance instance, KeyUse use, LikeStatus status) {
        assertThat(toggle(instance, account, use))
                .usingRecursiveComparison()
                .ignoringFields("newDelta")
                .isEqualTo(repeated(status));
    }

    @Test
    void aRepeatedChangeIsAnsweredAsTheFirstWasWithTheTotalOfNow() {
        KeyUse use = Fresh.key();
        assertThat(toggle(a, account, use)).isEqualTo(outcome(liked(1), true, 1));
        assertRepeated(a, use, liked(1));
        like();
        assertRepeated(b, use, liked(2));
        apply(a, account, UNLIKE);
        assertRepeated(b, use, liked(1));
        syncAll();
        primary().expireTotals();
        assertRepeated(a, use, liked(1));
        assertThat(status(account)).isEqualTo(notLiked(1));
        assertThat(toggle(b, Fresh.account(), use)).as("another account").isEqualTo(outcome(liked(2), true, 1));
        assertThat(toggle(b, account, Fresh.key())).as("another key").isEqualTo(outcome(liked(3), true, 2));
    }

    @Test
    void concurrentCallsWithOneKeyMakeOneChange() {
        KeyUse use = Fresh.key();
        Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
        Workers.together(THREADS, thread -> outcomes.add(toggle(thread % 2 == 0 ? a : b, account, use)));
        assertThat(outcomes).allMatch(outcome -> outcome.status().equals(liked(1)));
        assertThat(outcomes).filteredOn(Outcome::changed).hasSize(1);
    }

    @Test
    void aKeyIsRefusedForAnotherCharacter() {
        KeyUse use = Fresh.key();
        toggle(a, account, use);
        PrimaryFixture.PARTITIONS.all().forEach(number -> {
            GameCharacter other = Fresh.characterIn(number, PrimaryFixture.PARTITIONS);
            database.register(other);
            assertThatExceptionOfType(IdempotencyKeyReusedException.class)
                    .isThrownBy(() -> b.likes().apply(account, other, TOGGLE, use));
            assertThat(b.likes().count(other)).contains(LikeCount.ZERO);
            assertThat(b.likes().apply(Fresh.account(), other, TOGGLE, use)).isPresent();
        });
        assertRepeated(b, use, liked(1));
    }

    @Test
    void anAnswerIsKeptUntilItExpires() {
        IdempotencyKey key = Fresh.key().key();
        await().pollInterval(Duration.ofMillis(5)).untilAsserted(() -> {
            Outcome outcome = toggle(a, account, new KeyUse(key, Instant.now(), Duration.ofMillis(50)));
            assertThat(outcome.status()).isEqualTo(NOT_LIKED);
            assertThat(outcome.repeated()).isFalse();
        });
    }

    @Test
    void theDatabaseAnswersForAStoreThatLostTheAnswer() {
        KeyUse use = Fresh.key();
        toggle(a, account, use);
        syncAll();
        empty();
        GameCharacter other = Fresh.character();
        database.register(other);
        assertThatExceptionOfType(IdempotencyKeyReusedException.class)
                .isThrownBy(() -> a.likes().apply(account, other, TOGGLE, use));
        assertRepeated(a, use, liked(1));
        syncAll();
        assertRepeated(b, use, liked(1));
        assertThat(status(account)).isEqualTo(liked(1));
    }

    @Test
    void theDatabaseIsNotReadForAKeyOnceNoAnswerCanBeLost() {
        syncAll();
        like();
        toggle(a, account, Fresh.key());
        database.setAvailable(false);
        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(() -> toggle(a, account, Fresh.key()));
        KeyUse later =
                new KeyUse(Fresh.key().key(), Instant.now().plus(Duration.ofMinutes(10)), Duration.ofMinutes(10));
        assertThat(toggle(a, account, later).status()).isEqualTo(notLiked(1));
        assertThat(toggle(b, account, Fresh.key()).status()).isEqualTo(liked(2));
    }

    @Test
    void whatTheDatabaseAnsweredIsRepeatedAfterwards() {
        KeyUse use = Fresh.key();
        decide(account, LIKE, use);
        decide(account, UNLIKE);
        syncAll();
        assertRepeated(a, use, liked(0));
    }

    /** The journal displaces the change, so its key is as good as new, save where the database has used it meanwhile. */
    @Test
    void anAnswerIsDroppedWithAPendingChangeThatTheDatabaseDecidedOtherwise() {
        KeyUse displaced = Fresh.key();
        KeyUse claimed = Fresh.key();
        KeyUse decided = Fresh.key();
        apply(a, account, LIKE);
        toggle(a, account, claimed);
        claim(a, ALL);
        toggle(a, account, displaced);
        toggle(a, account, decided);
        decide(account, LIKE, decided);
        syncAll();
        assertRepeated(a, decided, liked(1));
        assertThat(toggle(a, account, displaced)).isEqualTo(outcome(NOT_LIKED, true, -1));
        assertThat(toggle(b, account, claimed)).isEqualTo(outcome(liked(1), true, 0));
    }
}
