package maple.like.adapter.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import maple.like.application.port.in.LikeEventListener;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the counts of characters in memory (L1), until they change here, an event says that they changed
 * elsewhere, events were missed, or they expire. Safe for use by any number of threads.
 */
public final class CachedLikes implements LikeToggle, LikeReader, LikeEventListener {
    private final LikeToggle toggle;
    private final LikeReader reader;
    private final Cache<CharacterName, Entry> counts;

    /** Entries of an earlier epoch are as good as evicted, also those that were being loaded when it ended. */
    private final AtomicLong epoch = new AtomicLong();

    /**
     * Puts a cache in front of both ports.
     *
     * @param ticker the time that entries expire by
     * @param meters where the cache's own figures go, under the name {@code like.counts}
     */
    public CachedLikes(
            LikeToggle toggle, LikeReader reader, CacheSettings settings, Ticker ticker, MeterRegistry meters) {
        this.toggle = toggle;
        this.reader = reader;
        this.counts = Caffeine.newBuilder()
                .expireAfterWrite(settings.ttl())
                .maximumSize(settings.maxSize())
                .ticker(ticker)
                .recordStats()
                .build();
        CaffeineCacheMetrics.monitor(meters, counts, "like.counts");
    }

    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        try {
            return toggle.apply(relation, name, intent);
        } finally {
            counts.invalidate(name); // not replaced: the total of a concurrent call may be newer
        }
    }

    @Override
    public Optional<LikeStatus> status(RelationKey relation, CharacterName name) {
        return reader.status(relation, name);
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        Entry entry = counts.get(character.name(), name -> load(character));
        while (entry != null && entry.epoch() != epoch.get()) {
            counts.asMap().remove(character.name(), entry);
            entry = counts.get(character.name(), name -> load(character));
        }
        return Optional.ofNullable(entry).map(Entry::count);
    }

    @Override
    public void onLikeEvent(LikeEvent event) {
        counts.invalidate(event.character());
    }

    @Override
    public void onEventsMissed() {
        epoch.incrementAndGet();
        counts.invalidateAll();
    }

    private @Nullable Entry load(GameCharacter character) {
        long begun = epoch.get();
        return reader.count(character).map(count -> new Entry(begun, count)).orElse(null);
    }

    private record Entry(long epoch, LikeCount count) {}
}
