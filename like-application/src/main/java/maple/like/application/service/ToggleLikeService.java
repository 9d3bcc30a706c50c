package maple.like.application.service;

import java.time.InstantSource;
import java.util.Optional;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.port.out.CallerDirectory;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.LikeToggle.Toggled;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikeIntent;
import maple.like.domain.Liker;

record ToggleLikeService(CallerDirectory characters, LikeToggle likes, LikeEventBus events, InstantSource clock)
        implements ToggleLike {
    @Override
    public Result apply(Liker liker, CharacterName name, LikeIntent intent) {
        Optional<GameCharacter> found = characters.find(name, liker.account());
        if (found.isEmpty()) {
            return new Result.NoSuchCharacter();
        }
        GameCharacter character = found.get();
        if (!liker.mayLike(character.ocid())) {
            return new Result.SelfLike();
        }
        Optional<Toggled> toggled = likes.apply(liker.relationTo(character.ocid()), character.name(), intent);
        if (toggled.isEmpty()) {
            return new Result.NoSuchCharacter();
        }
        Toggled answer = toggled.get();
        if (answer.changed()) {
            events.publish(LikeEvent.of(answer.status().liked(), character.name(), answer.newDelta(), clock.instant()));
        }
        return new Result.Done(answer.status());
    }
}
