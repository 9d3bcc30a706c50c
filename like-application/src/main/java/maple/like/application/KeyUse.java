package maple.like.application;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import maple.like.domain.IdempotencyKey;

/**
 * An idempotency key in a request.
 *
 * @param key marks the request and its repetitions
 * @param usedAt when the request arrived, in milliseconds
 * @param expiresAt until when its answer is kept, in milliseconds
 */
public record KeyUse(IdempotencyKey key, Instant usedAt, Instant expiresAt) {
    /** Truncates both instants to milliseconds. */
    public KeyUse {
        usedAt = usedAt.truncatedTo(ChronoUnit.MILLIS);
        expiresAt = expiresAt.truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * A key that is used now.
     *
     * @param ttl how long the answer is kept, 1 ms or more
     */
    public KeyUse(IdempotencyKey key, Instant now, Duration ttl) {
        this(key, now, now.plus(ttl));
    }
}
