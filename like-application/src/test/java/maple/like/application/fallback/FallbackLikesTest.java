package maple.like.application.fallback;

import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static maple.like.domain.LikeIntent.UNLIKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Optional;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.StoreUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.memory.InMemoryLedger;
import maple.like.application.memory.ModelLikes;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FallbackLikesTest {
    private final InMemoryLedger store = new InMemoryLedger();
    private final ModelLikes buffer = new ModelLikes(new LikePartitions(1), store);
    private final FallbackLikes one = instance();
    private final FallbackLikes other = instance();
    private final SyncLikes sync = LikeUseCases.syncLikes(store, buffer, store, 100, 100);
    private final GameCharacter character = Fresh.character();
    private final RelationKey relation = Fresh.relationTo(character);

    private FallbackLikes instance() {
        FallbackLikes.Buffer both = new FallbackLikes.Buffer(buffer, buffer);
        return new FallbackLikes(both, both, buffer, store, store, new LikePartitions(1));
    }

    @BeforeEach
    void register() {
        store.register(character);
    }

    private static LikeStatus status(boolean liked, long count) {
        return new LikeStatus(liked, new LikeCount(count));
    }

    private LikeStatus apply(FallbackLikes instance, RelationKey of, LikeIntent intent) {
        return instance.apply(of, character.name(), intent).orElseThrow().status();
    }

    private void syncAll() {
        SyncLikes.Report report;
        do {
            report = sync.sync(0);
            assertThat(report.drift()).isEmpty();
        } while (report.more() || report.outcome() == SyncLikes.Outcome.STORED);
    }

    @Test
    void theStoreDecidesAndAnswersWhileTheBufferIsAway() {
        buffer.goAway();
        assertThat(apply(one, relation, TOGGLE)).isEqualTo(status(true, 1));
        assertThat(other.status(relation, character.name())).contains(status(true, 1));
        assertThat(other.count(character)).contains(new LikeCount(1));
        assertThat(apply(other, relation, TOGGLE)).isEqualTo(status(false, 0));
        assertThat(apply(one, relation, TOGGLE)).isEqualTo(status(true, 1));
        assertThat(store.rows()).containsExactly(relation);
    }

    @Test
    void theBufferIsLeftAloneUntilItWasToldWhatWasDecidedWithoutIt() {
        buffer.goAway();
        apply(one, relation, LIKE);
        other.doubtBuffer();
        buffer.comeBack();
        assertThat(apply(one, relation, TOGGLE)).isEqualTo(status(false, 0));
        assertThat(apply(other, relation, TOGGLE)).isEqualTo(status(true, 1));
        assertThat(other.status(relation, character.name())).contains(status(true, 1));
        assertThat(buffer.backlog(0)).isZero();

        syncAll();
        assertThat(apply(one, Fresh.relationTo(character), LIKE)).isEqualTo(status(true, 2));
        assertThat(buffer.backlog(0)).as("decided by the buffer again").isEqualTo(1);
        assertThat(apply(other, relation, TOGGLE)).isEqualTo(status(false, 1));
        syncAll();
        assertThat(store.rows()).hasSize(1).doesNotContain(relation);
    }

    @Test
    void whatTheBufferStillHeldIsStoredWithWhatWasDecidedWithoutIt() {
        RelationKey waiting = Fresh.relationTo(character);
        apply(one, waiting, LIKE);
        buffer.goAway();
        assertThat(apply(one, relation, LIKE))
                .as("the store does not know the other yet")
                .isEqualTo(status(true, 1));
        buffer.comeBack();
        syncAll();
        assertThat(store.rows()).containsExactlyInAnyOrder(waiting, relation);
        assertThat(one.status(relation, character.name())).contains(status(true, 2));
    }

    @Test
    void aBufferThatForgotEverythingMeanwhileIsToldToo() {
        apply(one, relation, LIKE);
        syncAll();
        buffer.goAway();
        apply(one, Fresh.relationTo(character), LIKE);
        buffer.lose();
        buffer.comeBack();
        syncAll();
        assertThat(apply(one, relation, TOGGLE)).isEqualTo(status(false, 1));
        assertThat(apply(other, relation, TOGGLE)).isEqualTo(status(true, 2));
    }

    @Test
    void withoutBufferAndStoreNobodyCanTell() {
        buffer.goAway();
        store.goAway();
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> apply(one, relation, LIKE));
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> one.status(relation, character.name()));
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> one.count(character));
    }

    @Test
    void aCharacterThatDoesNotExistIsNotDecidedAbout() {
        GameCharacter nobody = Fresh.character();
        buffer.goAway();
        assertThat(one.apply(Fresh.relationTo(nobody), nobody.name(), LIKE)).isEmpty();
        assertThat(one.status(Fresh.relationTo(nobody), nobody.name())).isEmpty();
        assertThat(one.count(nobody)).isEmpty();
    }

    /** Carries the call out, and lets nobody know. */
    private final class Mute implements LikeToggle {
        boolean mute = true;

        @Override
        public Optional<Toggled> apply(RelationKey of, CharacterName name, LikeIntent intent) {
            Optional<Toggled> toggled = buffer.apply(of, name, intent);
            if (mute) {
                mute = false;
                throw new BufferUnavailableException("The answer got lost", null);
            }
            return toggled;
        }
    }

    private FallbackLikes losingOneAnswer() {
        FallbackLikes.Buffer mute = new FallbackLikes.Buffer(new Mute(), buffer);
        return new FallbackLikes(mute, mute, buffer, store, store, new LikePartitions(1));
    }

    @Test
    void aToggleWhoseAnswerGotLostIsNotSentAgain() {
        FallbackLikes likes = losingOneAnswer();
        assertThatExceptionOfType(BufferUnavailableException.class).isThrownBy(() -> apply(likes, relation, TOGGLE));
        assertThat(likes.status(relation, character.name())).contains(status(true, 1));
    }

    @Test
    void anOutcomeWhoseAnswerGotLostIsStatedAgain() {
        assertThat(apply(losingOneAnswer(), relation, LIKE)).isEqualTo(status(true, 1));
    }

    /** Answers late: something happens between the change and the answer. */
    private FallbackLikes stalling(Runnable meanwhile) {
        FallbackLikes[] stalled = new FallbackLikes[1];
        boolean[] first = {true};
        LikeToggle slow = (of, name, intent) -> {
            Optional<LikeToggle.Toggled> toggled = buffer.apply(of, name, intent);
            if (first[0]) {
                first[0] = false;
                meanwhile.run();
                stalled[0].doubtBuffer();
            }
            return toggled;
        };
        FallbackLikes.Buffer both = new FallbackLikes.Buffer(slow, buffer);
        stalled[0] = new FallbackLikes(both, both, buffer, store, store, new LikePartitions(1));
        return stalled[0];
    }

    @Test
    void anAnswerThatCameAfterDoubtsStandsWhereNobodyDecidedWithoutTheBuffer() {
        FallbackLikes likes = stalling(() -> apply(other, relation, TOGGLE));
        assertThat(apply(likes, relation, TOGGLE)).isEqualTo(status(true, 1));
        assertThat(other.status(relation, character.name())).contains(status(false, 0));
    }

    @Test
    void anAnswerThatCameAfterDoubtsIsNotAskedForAgainWhereAnotherCallHasRegainedTrust() {
        FallbackLikes[] likes = new FallbackLikes[1];
        int[] calls = {0};
        LikeToggle slow = (of, name, intent) -> {
            Optional<LikeToggle.Toggled> toggled = buffer.apply(of, name, intent);
            if (of.equals(relation)) {
                calls[0]++;
                likes[0].doubtBuffer();
                apply(likes[0], Fresh.relationTo(character), LIKE);
            }
            return toggled;
        };
        FallbackLikes.Buffer both = new FallbackLikes.Buffer(slow, buffer);
        likes[0] = new FallbackLikes(both, both, buffer, store, store, new LikePartitions(1));
        assertThat(apply(likes[0], relation, TOGGLE)).isEqualTo(status(true, 1));
        assertThat(calls[0]).isEqualTo(1);
    }

    @Test
    void theStoreDecidesInPlaceOfAnAnswerThatCameTooLate() {
        FallbackLikes likes = stalling(() -> {
            buffer.goAway();
            apply(other, relation, LIKE); // decided by the store, which does not know of the change above
            apply(other, relation, UNLIKE);
            apply(other, Fresh.relationTo(character), LIKE);
            buffer.comeBack();
        });
        assertThat(apply(likes, relation, TOGGLE)).isEqualTo(status(true, 2));
        syncAll();
        assertThat(store.rows()).contains(relation).hasSize(2);
        assertThat(apply(one, relation, TOGGLE)).isEqualTo(status(false, 1));
    }

    @Test
    void nobodyKnowsWhatATogglesLateAnswerIsWorthAfterAnOutage() {
        Runnable outage = () -> {
            buffer.goAway();
            apply(other, relation, UNLIKE);
            buffer.comeBack();
            syncAll();
        };
        assertThatExceptionOfType(BufferUnavailableException.class)
                .isThrownBy(() -> apply(stalling(outage), relation, TOGGLE));
        assertThat(apply(stalling(outage), relation, LIKE)).isEqualTo(status(true, 1));
        syncAll();
        assertThat(store.rows()).containsExactly(relation);
    }
}
