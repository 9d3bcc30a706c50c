package maple.like.application.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maple.like.application.Decider;
import maple.like.application.contract.Fresh;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.likes.ModelLikes;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ReadLikes.Batch;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.port.in.ToggleLike.Result;
import maple.like.application.port.out.CharacterResolver;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterLiked;
import maple.like.domain.CharacterName;
import maple.like.domain.CharacterUnliked;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;
import org.junit.jupiter.api.Test;

/** Also of {@link ReadLikesService}, which calls the same ports. */
class ToggleLikeServiceTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final GameCharacter character = Fresh.character();
    private final AccountId account = Fresh.account();
    private final Liker liker = new Liker(account, Set.of());
    private final InMemoryLedger database = new InMemoryLedger();
    private final ModelLikes likes = new ModelLikes(new LikePartitions(1), database);
    private final Ports ports = new Ports();
    private final ToggleLike toggle =
            LikeUseCases.toggleLike(ports, likes, ports, InstantSource.fixed(NOW), Duration.ofMinutes(10));
    private final ReadLikes read = LikeUseCases.readLikes(ports, likes);

    /** Knows one character, and finds it without a lookup only if it is registered. */
    private final class Ports implements CharacterResolver, LikeEventBus {
        final List<LikeEvent> events = new ArrayList<>();
        boolean registered = true;

        @Override
        public Optional<GameCharacter> find(CharacterName name) {
            return Optional.of(character)
                    .filter(known -> registered && known.name().equals(name));
        }

        @Override
        public Optional<GameCharacter> resolve(CharacterName name, AccountId caller) {
            assertThat(caller).isEqualTo(account);
            return Optional.of(character).filter(known -> known.name().equals(name));
        }

        @Override
        public void publish(LikeEvent event) {
            events.add(event);
        }

        @Override
        public void subscribe(Listener listener) {
            throw new AssertionError("A use case listens to nothing");
        }

        @Override
        public void reportLoss() {
            throw new AssertionError("A use case loses nothing");
        }
    }

    private Result change(LikeIntent intent) {
        return toggle.change(liker, character.name(), intent);
    }

    private static LikeStatus status(boolean liked, long likeCount) {
        return new LikeStatus(liked, new LikeCount(likeCount));
    }

    @Test
    void anEventCarriesTheCharacterTheDeltaAndTheTotalAndNoChangePublishesNone() {
        database.register(character);
        likes.apply(Fresh.account(), character, LikeIntent.LIKE);
        database.syncAll(likes);
        likes.apply(Fresh.account(), character, LikeIntent.LIKE);
        assertThat(change(LikeIntent.UNLIKE)).isEqualTo(new Result.Done(status(false, 2), false, Decider.PRIMARY));
        assertThat(ports.events).isEmpty();
        assertThat(change(LikeIntent.LIKE)).isEqualTo(new Result.Done(status(true, 3), true, Decider.PRIMARY));
        assertThat(change(LikeIntent.TOGGLE)).isEqualTo(new Result.Done(status(false, 2), true, Decider.PRIMARY));
        assertThat(ports.events)
                .containsExactly(
                        new CharacterLiked(character, 2, new LikeCount(3), NOW),
                        new CharacterUnliked(character, 1, new LikeCount(2), NOW));
    }

    @Test
    void theOwnerOfACharacterCannotLikeIt() {
        Liker owner = new Liker(account, Set.of(character.ocid()));
        assertThat(toggle.change(owner, character.name(), LikeIntent.TOGGLE)).isEqualTo(new Result.SelfLike());
    }

    @Test
    void aNameOrACharacterThatDoesNotExistIsNotLiked() {
        assertThat(toggle.change(liker, Fresh.name(), LikeIntent.TOGGLE)).isEqualTo(new Result.NoSuchCharacter());
        assertThat(change(LikeIntent.TOGGLE)).isEqualTo(new Result.NoSuchCharacter());
        assertThat(ports.events).isEmpty();
    }

    @Test
    void aBatchHasEachNameOnceInTheirOrderAndLooksNoneUp() {
        database.register(character);
        likes.apply(account, character, LikeIntent.LIKE);
        CharacterName unknown = Fresh.name();
        List<CharacterName> names = List.of(unknown, character.name(), unknown);
        assertThat(read.statuses(account, names))
                .isEqualTo(new Batch<>(Map.of(character.name(), status(true, 1)), List.of(unknown)));
        assertThat(read.counts(names))
                .isEqualTo(new Batch<>(Map.of(character.name(), new LikeCount(1)), List.of(unknown)));
        ports.registered = false;
        assertThat(read.counts(names)).isEqualTo(new Batch<>(Map.of(), List.of(unknown, character.name())));
    }

    @Test
    void aStatusMayNeedALookupAndACountDoesNot() {
        database.register(character);
        ports.registered = false;
        assertThat(read.status(account, character.name())).contains(status(false, 0));
        assertThat(read.count(character.name())).isEmpty();
        ports.registered = true;
        assertThat(read.count(character.name())).contains(LikeCount.ZERO);
    }
}
