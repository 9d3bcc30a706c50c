package maple.like.application.service;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import maple.like.application.IdempotencyKeyReusedException;
import maple.like.application.KeyUse;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.port.out.CharacterResolver;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.LikeToggle.Outcome;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;
import org.jspecify.annotations.Nullable;

record ToggleLikeService(
        CharacterResolver characters, LikeToggle likes, LikeEventBus events, InstantSource clock, Duration keyTtl)
        implements ToggleLike {
    @Override
    public Result change(Liker liker, CharacterName name, LikeIntent intent, @Nullable IdempotencyKey key) {
        Optional<GameCharacter> found = characters.resolve(name, liker.account());
        if (found.isEmpty()) {
            return new Result.NoSuchCharacter();
        }
        GameCharacter character = found.get();
        if (!liker.mayLike(character.ocid())) {
            return new Result.SelfLike();
        }
        KeyUse use = key == null ? null : new KeyUse(key, clock.instant(), keyTtl);
        Optional<Outcome> changed;
        try {
            changed = likes.apply(liker.account(), character, intent, use);
        } catch (IdempotencyKeyReusedException e) {
            return new Result.KeyReused();
        }
        if (changed.isEmpty()) {
            return new Result.NoSuchCharacter();
        }
        Outcome outcome = changed.get();
        LikeStatus status = outcome.status();
        if (outcome.changed()) {
            events.publish(
                    LikeEvent.of(status.liked(), character, outcome.newDelta(), status.likeCount(), clock.instant()));
        }
        return new Result.Done(status, outcome.changed(), outcome.decidedBy(), outcome.repeated());
    }
}
