package maple.like.adapter.redis;

import java.time.Duration;

/**
 * The bounds of a cache in memory.
 *
 * @param ttl how long an entry is kept after it was loaded; positive
 * @param maxSize how many entries are kept; 1 or more
 */
public record CacheSettings(Duration ttl, long maxSize) {
    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if one of them is not positive
     */
    public CacheSettings {
        if (ttl.isNegative() || ttl.isZero() || maxSize < 1) {
            throw new IllegalArgumentException("A cache needs a positive ttl and size: " + ttl + ", " + maxSize);
        }
    }
}
