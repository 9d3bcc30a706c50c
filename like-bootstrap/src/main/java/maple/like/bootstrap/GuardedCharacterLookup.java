package maple.like.bootstrap;

import static java.util.Objects.requireNonNull;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.port.out.CharacterLookup;
import maple.like.domain.CharacterName;
import maple.like.domain.Ocid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits external lookups, and pauses them while Nexon is unavailable. Observes them as {@code like.nexon.lookup} by their
 * result.
 */
final class GuardedCharacterLookup implements CharacterLookup {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedCharacterLookup.class);
    private static final String NAME = "like.nexon.lookup";

    private final CharacterLookup lookup;
    private final CircuitBreaker breaker;
    private final List<RateLimiter> limits;
    private final Operations operations;
    private final Map<Result, Ending> endings = new EnumMap<>(Result.class);

    /** The reason of the last failure; empty after a success. */
    private final AtomicReference<String> lastFailure = new AtomicReference<>("");

    private enum Result {
        FOUND,
        UNKNOWN,
        FAILED,
        NOT_ASKED
    }

    /**
     * Guards a lookup.
     *
     * @param breaker must ignore {@link RequestNotPermitted}
     * @param limits all of which must allow a lookup; the log names the first that does not
     */
    GuardedCharacterLookup(
            CharacterLookup lookup,
            CircuitBreaker breaker,
            List<RateLimiter> limits,
            Operations operations,
            MeterRegistry meters) {
        this.lookup = lookup;
        this.breaker = breaker;
        this.limits = List.copyOf(limits);
        this.operations = operations;
        for (Result result : Result.values()) {
            endings.put(
                    result,
                    Ending.of(Timer.builder(NAME)
                            .description("Names looked up at Nexon, by result")
                            .tag("result", result.name().toLowerCase(Locale.ROOT))
                            .register(meters)));
        }
    }

    @Override
    public Optional<Ocid> lookUp(CharacterName name) {
        try {
            Optional<Ocid> found = operations.observe(
                    NAME,
                    LookupContext::new,
                    () -> breaker.executeSupplier(() -> lookUpWithinLimits(name)),
                    answer -> ending(answer.isPresent() ? Result.FOUND : Result.UNKNOWN),
                    failure -> ending(isGuard(failure) ? Result.NOT_ASKED : Result.FAILED));
            lastFailure.set("");
            return found;
        } catch (CallNotPermittedException open) {
            throw new CharacterLookupUnavailableException("Nexon is unavailable; lookups are paused");
        } catch (RequestNotPermitted exhausted) {
            throw logged(new CharacterLookupUnavailableException(
                    "The limit " + exhausted.getCausingRateLimiterName() + " is reached"));
        } catch (CharacterLookupUnavailableException e) {
            throw logged(e);
        }
    }

    private static boolean isGuard(RuntimeException failure) {
        return failure instanceof CallNotPermittedException || failure instanceof RequestNotPermitted;
    }

    private Ending ending(Result result) {
        return requireNonNull(endings.get(result));
    }

    private Optional<Ocid> lookUpWithinLimits(CharacterName name) {
        for (RateLimiter limit : limits) {
            if (!limit.acquirePermission()) {
                throw RequestNotPermitted.createRequestNotPermitted(limit);
            }
        }
        return lookup.lookUp(name);
    }

    /** Logs a reason once, until another occurs or a lookup succeeds. */
    private CharacterLookupUnavailableException logged(CharacterLookupUnavailableException failure) {
        String reason = String.valueOf(failure.getMessage());
        if (!lastFailure.getAndSet(reason).equals(reason)) {
            LOG.warn("Unknown names cannot be looked up: {}. Known characters are not affected", reason);
        }
        return failure;
    }
}
