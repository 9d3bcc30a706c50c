package maple.like.adapter.redis;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterResolver;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeEvent;
import org.jspecify.annotations.Nullable;

/**
 * Caches characters by name, and apart from them, so that invented names cannot push them out, the names that are unknown.
 * A name is looked up once at a time, and no lookup delays a name that it was not begun for. Safe for use by any number of threads.
 */
public final class CachedCharacterResolver implements CharacterResolver, LikeEventBus.Listener {
    private final CharacterDirectory stored;
    private final @Nullable Function<CharacterName, Optional<GameCharacter>> external;
    private final Predicate<AccountId> allowance;
    private final Cache<CharacterName, GameCharacter> known;

    /** Negative entries, and the lookups under way. An invalidation drops both. */
    private final AsyncCache<Lookup, Result> unknown;

    /**
     * Starts empty.
     *
     * @param external looks up names that the database does not know, and adds what it finds; null for none
     * @param allowance whether an account may cause one more external lookup
     * @param knownSettings the bounds of the characters
     * @param unknownSettings the bounds of the unknown names
     * @param ticker the time that entries expire by
     * @param meters where the caches' metrics go, under the names {@code like.characters} and
     *     {@code like.characters.unknown}
     */
    public CachedCharacterResolver(
            CharacterDirectory stored,
            @Nullable Function<CharacterName, Optional<GameCharacter>> external,
            Predicate<AccountId> allowance,
            CacheSettings knownSettings,
            CacheSettings unknownSettings,
            Ticker ticker,
            MeterRegistry meters) {
        this.stored = stored;
        this.external = external;
        this.allowance = allowance;
        this.known = Caffeine.newBuilder()
                .expireAfterWrite(knownSettings.ttl())
                .maximumSize(knownSettings.maxSize())
                .ticker(ticker)
                .recordStats()
                .build();
        this.unknown = Caffeine.newBuilder()
                .expireAfter(Expiry.<Lookup, Result>writing(
                        (lookup, result) -> result.isUnknown() ? unknownSettings.ttl() : Duration.ZERO))
                .maximumSize(unknownSettings.maxSize())
                .ticker(ticker)
                .recordStats()
                .buildAsync();
        CaffeineCacheMetrics.monitor(meters, known, "like.characters");
        CaffeineCacheMetrics.monitor(meters, unknown, "like.characters.unknown");
    }

    @Override
    public Optional<GameCharacter> find(CharacterName name) {
        return requireNonNull(findStored(List.of(name)).get(name)).get();
    }

    @Override
    public Map<CharacterName, GameCharacter> find(Collection<CharacterName> names) {
        Map<CharacterName, GameCharacter> found = new HashMap<>();
        findStored(names).forEach((name, result) -> result.get().ifPresent(character -> found.put(name, character)));
        return found;
    }

    private Map<CharacterName, Result> findStored(Collection<CharacterName> names) {
        Map<CharacterName, Result> results = new HashMap<>();
        Set<CharacterName> missing = new LinkedHashSet<>();
        for (CharacterName name : names) {
            GameCharacter character = known.getIfPresent(name);
            if (character == null) {
                missing.add(name);
            } else {
                results.put(name, new Result(character, null, false));
            }
        }
        results.putAll(lookUp(missing, false, stored::find));
        return results;
    }

    @Override
    public Optional<GameCharacter> resolve(CharacterName name, AccountId caller) {
        Result inDatabase = requireNonNull(findStored(List.of(name)).get(name));
        if (external == null || !inDatabase.isUnknown()) {
            return inDatabase.get();
        }
        Lookup lookup = new Lookup(name, true);
        CompletableFuture<Result> underWay = unknown.getIfPresent(lookup);
        if (underWay != null) {
            return underWay.join().get();
        }
        if (!allowance.test(caller)) {
            throw new CharacterLookupUnavailableException("The account has caused too many external lookups");
        }
        Function<CharacterName, Optional<GameCharacter>> askExternally = external;
        Map<CharacterName, Result> results = lookUp(Set.of(name), true, names -> {
            // Another lookup may have ended since, and a cached "unknown" may be out of date.
            Optional<GameCharacter> found = Optional.ofNullable(known.getIfPresent(name));
            found = found.isEmpty() && inDatabase.cached() ? stored.find(name) : found;
            found = found.isPresent() ? found : askExternally.apply(name);
            return found.map(character -> Map.of(name, character)).orElse(Map.of());
        });
        return requireNonNull(results.get(name)).get();
    }

    /** Looks up on this thread, together, what no other thread is looking up and what is not cached. */
    private Map<CharacterName, Result> lookUp(
            Set<CharacterName> names,
            boolean externally,
            Function<Collection<CharacterName>, Map<CharacterName, GameCharacter>> source) {
        Map<CharacterName, CompletableFuture<Result>> mine = new HashMap<>();
        Map<CharacterName, CompletableFuture<Result>> others = new HashMap<>();
        for (CharacterName name : names) {
            CompletableFuture<Result> lookup = new CompletableFuture<>();
            CompletableFuture<Result> first = unknown.get(new Lookup(name, externally), (key, executor) -> lookup);
            (first == lookup ? mine : others).put(name, first);
        }
        Map<CharacterName, Result> results = new HashMap<>();
        if (!mine.isEmpty()) {
            results.putAll(load(mine, source));
        }
        others.forEach((name, first) -> results.put(name, first.join().fromCache()));
        return results;
    }

    /** Every lookup is completed, whatever happens. */
    private Map<CharacterName, Result> load(
            Map<CharacterName, CompletableFuture<Result>> lookups,
            Function<Collection<CharacterName>, Map<CharacterName, GameCharacter>> source) {
        Map<CharacterName, GameCharacter> found = Map.of();
        RuntimeException failure = null;
        try {
            found = source.apply(lookups.keySet());
        } catch (RuntimeException e) {
            failure = e; // as a value, because Caffeine logs a failed future
        } catch (Throwable e) {
            lookups.values().forEach(lookup -> lookup.completeExceptionally(e));
            throw e;
        }
        Map<CharacterName, Result> results = new HashMap<>();
        for (Map.Entry<CharacterName, CompletableFuture<Result>> lookup : lookups.entrySet()) {
            CharacterName name = lookup.getKey();
            Result result = new Result(found.get(name), failure, false);
            if (result.character() != null) {
                known.put(name, result.character());
                unknown.synchronous().invalidate(new Lookup(name, false));
            }
            lookup.getValue().complete(result);
            results.put(name, result);
        }
        return results;
    }

    /** A character that is liked on another instance exists. */
    @Override
    public void onLikeEvent(LikeEvent event) {
        CharacterName name = event.character().name();
        unknown.synchronous().invalidate(new Lookup(name, false));
        unknown.synchronous().invalidate(new Lookup(name, true));
    }

    @Override
    public void onEventsLost() {
        unknown.synchronous().invalidateAll();
    }

    private record Lookup(CharacterName name, boolean externally) {}

    /**
     * What a lookup found.
     *
     * @param cached whether it did not begin for this call
     */
    private record Result(
            @Nullable GameCharacter character, @Nullable RuntimeException failure, boolean cached) {
        boolean isUnknown() {
            return character == null && failure == null;
        }

        Result fromCache() {
            return new Result(character, failure, true);
        }

        Optional<GameCharacter> get() {
            if (failure != null) {
                throw failure;
            }
            return Optional.ofNullable(character);
        }
    }
}
