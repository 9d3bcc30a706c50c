package maple.like.bootstrap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.Predicate;
import maple.like.domain.AccountId;

/** Limits the external lookups of an account, so that invented names of one leave some for the others. */
final class LookupAllowance implements Predicate<AccountId> {
    private static final Duration PERIOD = Duration.ofMinutes(1);

    /** Far more accounts than all lookups of a minute could come from. */
    private static final long MOST_ACCOUNTS = 100_000;

    private final Cache<AccountId, RateLimiter> limits = Caffeine.newBuilder()
            .expireAfterAccess(PERIOD.multipliedBy(2))
            .maximumSize(MOST_ACCOUNTS)
            .build();

    private final RateLimiterConfig config;
    private final Counter refused;

    /**
     * Starts with full limits.
     *
     * @param lookups names for an account in a minute
     */
    LookupAllowance(int lookups, MeterRegistry meters) {
        this.config = RateLimiterConfig.custom()
                .limitForPeriod(lookups)
                .limitRefreshPeriod(PERIOD)
                .timeoutDuration(Duration.ZERO)
                .build();
        this.refused = Counter.builder("like.nexon.refused")
                .description("Unknown names that were not looked up because the caller reached its limit")
                .register(meters);
    }

    @Override
    public boolean test(AccountId caller) {
        boolean allowed = limits.get(caller, account -> RateLimiter.of("like.nexon.lookups-per-account", config))
                .acquirePermission();
        if (!allowed) {
            refused.increment();
        }
        return allowed;
    }
}
