package maple.like.adapter.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import maple.like.domain.AccountId;
import org.springframework.http.HttpHeaders;

/**
 * A limit of the requests of each account, by a token bucket. Thread-safe. Its memory is bounded: it drops buckets that
 * are full again, and beyond {@link #MAX_ACCOUNTS} others, which then start full.
 */
final class CallerLimit {
    static final String POLICY_HEADER = "RateLimit-Policy";
    static final String HEADER = "RateLimit";

    private static final Duration PERIOD = Duration.ofMinutes(1);
    private static final int MAX_BURST = 60;
    private static final long MAX_ACCOUNTS = 100_000;

    private final String name;
    private final int perMinute;
    private final TimeMeter time;
    private final Cache<AccountId, Bucket> buckets;

    /**
     * Starts with full buckets.
     *
     * @param name as response headers and metrics show it
     * @param perMinute requests in a minute, 1 or more; up to 60 of them at once
     */
    CallerLimit(String name, int perMinute, TimeMeter time) {
        this.name = name;
        this.perMinute = perMinute;
        this.time = time;
        this.buckets = Caffeine.newBuilder()
                .maximumSize(MAX_ACCOUNTS)
                .expireAfterAccess(PERIOD) // by then a bucket is full
                .build();
    }

    String name() {
        return name;
    }

    /**
     * Takes a request from the account's bucket if there is one left, and tells the client what is left (RateLimit
     * header fields, draft 11 of the IETF's HTTPAPI working group) and, after the last one, when to retry.
     *
     * @return whether there was one left
     */
    boolean take(AccountId account, HttpServletResponse response) {
        ConsumptionProbe probe = buckets.get(account, key -> newBucket()).tryConsumeAndReturnRemaining(1);
        long left = probe.getRemainingTokens();
        long resetNanos = probe.isConsumed() ? probe.getNanosToWaitForReset() : probe.getNanosToWaitForRefill();
        long resetSeconds =
                Math.max(1, Duration.ofNanos(resetNanos).plusMillis(999).toSeconds());
        response.setHeader(POLICY_HEADER, "\"" + name + "\";q=" + perMinute + ";w=" + PERIOD.toSeconds());
        response.setHeader(HEADER, "\"" + name + "\";r=" + left + ";t=" + resetSeconds);
        if (!probe.isConsumed()) {
            response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(resetSeconds));
        }
        return probe.isConsumed();
    }

    /** The number of accounts whose requests are remembered. */
    long accounts() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }

    private Bucket newBucket() {
        return Bucket.builder()
                .addLimit(
                        limit -> limit.capacity(Math.min(perMinute, MAX_BURST)).refillGreedy(perMinute, PERIOD))
                .withCustomTimePrecision(time)
                .build();
    }
}
