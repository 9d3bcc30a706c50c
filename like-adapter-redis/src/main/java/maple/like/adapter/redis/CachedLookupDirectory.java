package maple.like.adapter.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.LikesUnavailableException;
import maple.like.application.port.in.LikeEventListener;
import maple.like.application.port.out.CallerDirectory;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeEvent;

/**
 * Puts the characters that are known here in front of a directory that is slow and costs something. Names that even that
 * one does not know are remembered here, apart from names that are merely unknown to {@link CachedCharacterDirectory}.
 * Each name is looked up once at a time, and no lookup keeps another name waiting. Safe for use by any number of threads.
 */
public final class CachedLookupDirectory implements CallerDirectory, LikeEventListener {
    private final CachedCharacterDirectory known;
    private final CharacterDirectory directory;
    private final Predicate<AccountId> allowance;
    private final Cache<CharacterName, Boolean> unknown;

    /** Not inside an entry of a cache, whose locks are shared by names: a lookup can take seconds. */
    private final ConcurrentMap<CharacterName, Lookup> underWay = new ConcurrentHashMap<>();

    /**
     * Puts caches in front of a directory.
     *
     * @param known the characters that are known already; learns those that are found
     * @param directory asked for all others
     * @param allowance whether an account may cause one more lookup
     * @param settings the bounds of the names that nobody has
     * @param ticker the time that entries expire by
     * @param meters where the cache's own figures go, under the name {@code like.characters.nowhere}
     */
    public CachedLookupDirectory(
            CachedCharacterDirectory known,
            CharacterDirectory directory,
            Predicate<AccountId> allowance,
            CacheSettings settings,
            Ticker ticker,
            MeterRegistry meters) {
        this.known = known;
        this.directory = directory;
        this.allowance = allowance;
        this.unknown = CachedCharacterDirectory.cache(settings, ticker);
        CaffeineCacheMetrics.monitor(meters, unknown, "like.characters.nowhere");
    }

    @Override
    public Optional<GameCharacter> find(CharacterName name, AccountId caller) {
        Optional<GameCharacter> character = known.find(name);
        if (character.isPresent() || unknown.getIfPresent(name) != null) {
            return character;
        }
        if (!allowance.test(caller)) {
            throw new CharacterLookupUnavailableException("The caller has had too many names looked up");
        }
        Lookup mine = new Lookup();
        Lookup other = underWay.putIfAbsent(name, mine);
        return other == null ? lookUp(name, mine) : other.await();
    }

    private Optional<GameCharacter> lookUp(CharacterName name, Lookup mine) {
        try {
            // Another lookup may have ended between the look at the caches and the beginning of this one.
            Optional<GameCharacter> found = known.recall(name);
            if (found.isEmpty() && unknown.getIfPresent(name) == null) {
                found = directory.find(name);
                found.ifPresentOrElse(character -> known.learn(name, character), () -> forget(name, mine));
            }
            mine.answer.complete(found);
            return found;
        } catch (Throwable failure) {
            mine.answer.completeExceptionally(failure);
            throw failure;
        } finally {
            underWay.remove(name, mine);
        }
    }

    /** What an event said meanwhile is newer than the answer. */
    private void forget(CharacterName name, Lookup mine) {
        unknown.put(name, true);
        if (mine.overtaken) {
            unknown.invalidate(name);
        }
    }

    /** A character that is liked elsewhere exists. */
    @Override
    public void onLikeEvent(LikeEvent event) {
        Lookup lookup = underWay.get(event.character());
        if (lookup != null) {
            lookup.overtaken = true;
        }
        unknown.invalidate(event.character());
    }

    @Override
    public void onEventsMissed() {
        underWay.values().forEach(lookup -> lookup.overtaken = true);
        unknown.invalidateAll();
    }

    /** One call of the directory, and everybody who waits for it. */
    private static final class Lookup {
        final CompletableFuture<Optional<GameCharacter>> answer = new CompletableFuture<>();
        volatile boolean overtaken;

        Optional<GameCharacter> await() {
            try {
                return answer.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof LikesUnavailableException unavailable) {
                    throw unavailable;
                }
                throw e;
            }
        }
    }
}
