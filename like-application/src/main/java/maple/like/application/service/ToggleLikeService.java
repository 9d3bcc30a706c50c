package maple.like.application.service;

import java.time.InstantSource;
import java.util.Optional;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.port.out.CharacterResolver;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.LikeToggle.Outcome;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;

record ToggleLikeService(CharacterResolver characters, LikeToggle likes, LikeEventBus events, InstantSource clock)
        implements ToggleLike {
    @Override
    public Result change(Liker liker, CharacterName name, LikeIntent intent) {
        Optional<GameCharacter> found = characters.resolve(name, liker.account());
        if (found.isEmpty()) {
            return new Result.NoSuchCharacter();
        }
        GameCharacter character = found.get();
        if (!liker.mayLike(character.ocid())) {
            return new Result.SelfLike();
        }
        Optional<Outcome> changed = likes.apply(liker.account(), character, intent);
        if (changed.isEmpty()) {
            return new Result.NoSuchCharacter();
        }
        Outcome outcome = changed.get();
        LikeStatus status = outcome.status();
        if (outcome.changed()) {
            events.publish(
                    LikeEvent.of(status.liked(), character, outcome.newDelta(), status.likeCount(), clock.instant()));
        }
        return new Result.Done(status, outcome.changed(), outcome.decidedBy());
    }
}
