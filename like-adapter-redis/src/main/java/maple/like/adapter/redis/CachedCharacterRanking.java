package maple.like.adapter.redis;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.Executor;
import maple.like.application.port.out.CharacterRanking;
import org.jspecify.annotations.Nullable;

/**
 * A ranking in memory, read once for all callers. A call that finds it older than half of an interval has it read anew in
 * the background, so callers wait only after an interval without calls. Safe for use by any number of threads.
 */
public final class CachedCharacterRanking implements CharacterRanking {
    private static final String ONLY = "";

    private final CharacterRanking source;
    private final Ticker ticker;
    private final AsyncLoadingCache<String, Read> ranking;

    /**
     * Starts empty.
     *
     * @param interval the greatest age of the ranking, from before it was read
     * @param ticker the time that it ages by
     * @param readers run the reads, one at a time
     */
    public CachedCharacterRanking(CharacterRanking source, Duration interval, Ticker ticker, Executor readers) {
        this.source = source;
        this.ticker = ticker;
        this.ranking = Caffeine.newBuilder()
                .expireAfter(Expiry.<String, Read>writing((key, read) ->
                        read.failure() == null ? interval.minusNanos(ticker.read() - read.begun()) : Duration.ZERO))
                .refreshAfterWrite(interval.dividedBy(2))
                .ticker(ticker)
                .executor(readers)
                .buildAsync(new Loader());
    }

    @Override
    public Ranking read() {
        return ranking.get(ONLY).join().get();
    }

    private final class Loader implements CacheLoader<String, Read> {
        @Override
        public Read load(String key) {
            long begun = ticker.read();
            try {
                return new Read(begun, source.read(), null);
            } catch (RuntimeException e) {
                return new Read(begun, null, e); // as a value, because Caffeine logs a failed future
            }
        }

        @Override
        public Read reload(String key, Read old) {
            Read read = load(key);
            return read.failure() == null ? read : old;
        }
    }

    private record Read(
            long begun, @Nullable Ranking ranking, @Nullable RuntimeException failure) {
        Ranking get() {
            if (ranking == null) {
                throw failure == null ? new IllegalStateException("Nothing was read") : failure;
            }
            return ranking;
        }
    }
}
