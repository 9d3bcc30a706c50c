package maple.like.adapter.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import maple.like.application.port.out.LikeCountCache;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.Ocid;
import org.jspecify.annotations.Nullable;

/** Totals in memory. Invalidating a total waits for the load of it that is under way. */
public final class CaffeineLikeCounts implements LikeCountCache {
    private final Cache<Ocid, Entry> counts;

    /** Entries of an earlier epoch are void, also those that were being loaded when it ended. */
    private final AtomicLong epoch = new AtomicLong();

    /**
     * Starts empty.
     *
     * @param ticker the time that entries expire by
     * @param meters where the cache's metrics go, under the name {@code like.counts}
     */
    public CaffeineLikeCounts(CacheSettings settings, Ticker ticker, MeterRegistry meters) {
        this.counts = Caffeine.newBuilder()
                .expireAfterWrite(settings.ttl())
                .maximumSize(settings.maxSize())
                .ticker(ticker)
                .recordStats()
                .build();
        CaffeineCacheMetrics.monitor(meters, counts, "like.counts");
    }

    @Override
    public Optional<LikeCount> get(GameCharacter character, Function<GameCharacter, Optional<LikeCount>> loader) {
        Entry entry = counts.get(character.ocid(), ocid -> load(character, loader));
        while (entry != null && entry.epoch() != epoch.get()) {
            counts.asMap().remove(character.ocid(), entry);
            entry = counts.get(character.ocid(), ocid -> load(character, loader));
        }
        return Optional.ofNullable(entry).map(Entry::count);
    }

    private @Nullable Entry load(GameCharacter character, Function<GameCharacter, Optional<LikeCount>> loader) {
        long begun = epoch.get();
        return loader.apply(character).map(count -> new Entry(begun, count)).orElse(null);
    }

    @Override
    public void invalidate(Ocid ocid) {
        counts.invalidate(ocid);
    }

    @Override
    public void invalidateAll() {
        epoch.incrementAndGet();
        counts.invalidateAll();
    }

    private record Entry(long epoch, LikeCount count) {}
}
