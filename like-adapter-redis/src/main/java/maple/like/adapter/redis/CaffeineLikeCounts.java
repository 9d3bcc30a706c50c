package maple.like.adapter.redis;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import maple.like.application.port.out.LikeCountCache;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.Ocid;
import org.jspecify.annotations.Nullable;

/** Totals in memory. A load under way is an entry, too, so an invalidation drops it, and does not wait for it. */
public final class CaffeineLikeCounts implements LikeCountCache {
    private final AsyncCache<Ocid, Loaded> counts;

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
                .buildAsync();
        CaffeineCacheMetrics.monitor(meters, counts, "like.counts");
    }

    @Override
    public Map<GameCharacter, LikeCount> get(
            Collection<GameCharacter> characters,
            Function<Collection<GameCharacter>, Map<GameCharacter, LikeCount>> loader) {
        Map<GameCharacter, CompletableFuture<Loaded>> entries = new LinkedHashMap<>();
        Map<GameCharacter, CompletableFuture<Loaded>> missing = new LinkedHashMap<>();
        for (GameCharacter character : characters) {
            CompletableFuture<Loaded> mine = new CompletableFuture<>();
            CompletableFuture<Loaded> entry = counts.get(character.ocid(), (ocid, executor) -> mine);
            entries.put(character, entry);
            if (entry == mine) {
                missing.put(character, mine);
            }
        }
        if (!missing.isEmpty()) {
            load(missing, loader);
        }
        Map<GameCharacter, LikeCount> found = new HashMap<>();
        entries.forEach((character, entry) -> {
            LikeCount count = entry.join().get();
            if (count != null) {
                found.put(character, count);
            }
        });
        return found;
    }

    /** Every entry is completed, whatever happens. */
    private void load(
            Map<GameCharacter, CompletableFuture<Loaded>> missing,
            Function<Collection<GameCharacter>, Map<GameCharacter, LikeCount>> loader) {
        Map<GameCharacter, LikeCount> loaded = Map.of();
        RuntimeException failure = null;
        try {
            loaded = loader.apply(missing.keySet());
        } catch (RuntimeException e) {
            failure = e; // as a value, because Caffeine logs a failed future
        } finally {
            for (Map.Entry<GameCharacter, CompletableFuture<Loaded>> entry : missing.entrySet()) {
                LikeCount count = loaded.get(entry.getKey());
                if (count == null) {
                    counts.asMap().remove(entry.getKey().ocid(), entry.getValue());
                }
                entry.getValue().complete(new Loaded(count, failure));
            }
        }
    }

    @Override
    public void invalidate(Ocid ocid) {
        counts.synchronous().invalidate(ocid);
    }

    @Override
    public void invalidateAll() {
        counts.synchronous().invalidateAll();
    }

    /** What a load brought: a count, a failure, or neither where there is no such character. */
    private record Loaded(
            @Nullable LikeCount count, @Nullable RuntimeException failure) {
        @Nullable
        LikeCount get() {
            if (failure != null) {
                throw failure;
            }
            return count;
        }
    }
}
