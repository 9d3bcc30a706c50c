package maple.like.adapter.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import maple.like.application.port.in.LikeEventListener;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeEvent;
import org.jspecify.annotations.Nullable;

/**
 * Remembers in memory which characters exist, and, apart from them so that invented names cannot push them out, which
 * names were unknown. Each name is looked up once at a time. Safe for use by any number of threads.
 */
public final class CachedCharacterDirectory implements CharacterDirectory, LikeEventListener {
    private final CharacterDirectory directory;
    private final Cache<CharacterName, GameCharacter> known;
    private final Cache<CharacterName, Boolean> unknown;

    /**
     * Puts both caches in front of a directory.
     *
     * @param settings the bounds of the characters
     * @param unknownSettings the bounds of the unknown names
     * @param ticker the time that entries expire by
     * @param meters where the caches' own figures go, under the names {@code like.characters} and
     *     {@code like.characters.unknown}
     */
    public CachedCharacterDirectory(
            CharacterDirectory directory,
            CacheSettings settings,
            CacheSettings unknownSettings,
            Ticker ticker,
            MeterRegistry meters) {
        this.directory = directory;
        this.known = cache(settings, ticker);
        this.unknown = cache(unknownSettings, ticker);
        CaffeineCacheMetrics.monitor(meters, known, "like.characters");
        CaffeineCacheMetrics.monitor(meters, unknown, "like.characters.unknown");
    }

    static <V> Cache<CharacterName, V> cache(CacheSettings settings, Ticker ticker) {
        return Caffeine.newBuilder()
                .expireAfterWrite(settings.ttl())
                .maximumSize(settings.maxSize())
                .ticker(ticker)
                .recordStats()
                .build();
    }

    @Override
    public Optional<GameCharacter> find(CharacterName name) {
        GameCharacter character = known.getIfPresent(name);
        return character != null ? Optional.of(character) : findOrLearn(name);
    }

    /** Loaded inside the entry of the unknown, so that an event cannot be overtaken by an older "no such character". */
    private Optional<GameCharacter> findOrLearn(CharacterName name) {
        AtomicReference<@Nullable GameCharacter> found = new AtomicReference<>();
        Boolean isUnknown = unknown.get(name, n -> {
            found.set(known.get(n, this::load));
            return found.get() == null ? true : null;
        });
        return isUnknown == null ? Optional.ofNullable(found.get()) : Optional.empty();
    }

    private @Nullable GameCharacter load(CharacterName name) {
        return directory.find(name).orElse(null);
    }

    /** The character, if it is remembered; nothing is looked up. */
    Optional<GameCharacter> recall(CharacterName name) {
        return Optional.ofNullable(known.getIfPresent(name));
    }

    /** Remembers a character that was found in another way. */
    void learn(CharacterName name, GameCharacter character) {
        known.put(name, character);
        unknown.invalidate(name);
    }

    /** A character that is liked elsewhere exists. */
    @Override
    public void onLikeEvent(LikeEvent event) {
        unknown.invalidate(event.character());
    }

    @Override
    public void onEventsMissed() {
        unknown.invalidateAll();
    }
}
