package maple.like.application.port.out;

import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.Ocid;

/**
 * Caches totals in the memory of an instance (L1).
 *
 * <ul>
 *   <li>Bounded in size and age.
 *   <li>One load at a time for each character.
 *   <li>A total whose load began before an invalidation of its character is not returned to a call after it.
 *   <li>A missing character and a failed load are not cached.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface LikeCountCache {
    /**
     * Returns cached totals, and loads those that are missing together.
     *
     * @param loader leaves characters out that do not exist
     */
    Map<GameCharacter, LikeCount> get(
            Collection<GameCharacter> characters,
            Function<Collection<GameCharacter>, Map<GameCharacter, LikeCount>> loader);

    /** Drops the total of one character. */
    void invalidate(Ocid ocid);

    /** Drops all totals. */
    void invalidateAll();
}
