package maple.like.application.service;

import java.util.Collection;
import java.util.Map;
import maple.like.application.port.in.WatchLikes;
import maple.like.application.port.out.CharacterResolver;
import maple.like.application.port.out.LikeCountCache;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeEvent;

record WatchLikesService(CharacterResolver characters, LikeToggle likes, LikeCountCache cache, LikeEventBus events)
        implements WatchLikes {
    @Override
    public Map<CharacterName, GameCharacter> find(Collection<CharacterName> names) {
        return characters.find(names);
    }

    @Override
    public Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> watched) {
        if (!notifies()) {
            watched.forEach(character -> cache.invalidate(character.ocid()));
        }
        return likes.counts(watched);
    }

    @Override
    public boolean notifies() {
        return events.isConnected();
    }

    @Override
    public void watch(Watcher watcher) {
        events.subscribe(new LikeEventBus.Listener() {
            @Override
            public void onLikeEvent(LikeEvent event) {
                watcher.onChange(event.character().ocid());
            }

            @Override
            public void onOwnEvent(LikeEvent event) {
                watcher.onChange(event.character().ocid());
            }

            @Override
            public void onEventsLost() {
                watcher.onAnyChange();
            }
        });
    }
}
