package maple.like.adapter.redis;

import io.lettuce.core.RedisURI;
import java.time.Duration;

/**
 * How Redis is reached.
 *
 * @param uri where it is
 * @param commandTimeout how long an answer is waited for; positive
 * @param countTtl how long a total is kept after its last change (L2); 1 s or more
 */
public record RedisSettings(RedisURI uri, Duration commandTimeout, Duration countTtl) {
    /**
     * Checks the durations.
     *
     * @throws IllegalArgumentException if one of them is too short
     */
    public RedisSettings {
        if (commandTimeout.isNegative() || commandTimeout.isZero()) {
            throw new IllegalArgumentException("The command timeout must be positive: " + commandTimeout);
        }
        if (countTtl.toSeconds() < 1) {
            throw new IllegalArgumentException("The time to live of a total must be 1 s or more: " + countTtl);
        }
    }
}
