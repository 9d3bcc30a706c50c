package maple.like.application.likes;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import maple.like.application.KeyUse;
import maple.like.application.port.out.LikeCountCache;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import org.jspecify.annotations.Nullable;

/**
 * Reads totals through the L1 and invalidates them on changes, also those of other instances.
 *
 * @param likes changes and reads likes
 * @param cache the L1
 */
record CachedLikeToggle(LikeToggle likes, LikeCountCache cache) implements LikeToggle, LikeEventBus.Listener {
    @Override
    public Optional<Outcome> apply(
            AccountId account, GameCharacter character, LikeIntent intent, @Nullable KeyUse use) {
        try {
            return likes.apply(account, character, intent, use);
        } finally {
            cache.invalidate(character.ocid()); // not replaced: the total of a concurrent call may be newer
        }
    }

    @Override
    public Map<Relation, LikeStatus> statuses(Collection<Relation> relations) {
        return likes.statuses(relations);
    }

    @Override
    public Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters) {
        return cache.get(characters, likes::counts);
    }

    @Override
    public void onLikeEvent(LikeEvent event) {
        cache.invalidate(event.character().ocid());
    }

    @Override
    public void onEventsLost() {
        cache.invalidateAll();
    }
}
