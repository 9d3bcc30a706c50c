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
 * Asks for no more names than the limits allow, and for none while the operator has just kept others waiting. Observes the
 * lookups as {@code like.nexon.lookup} by their result.
 */
final class GuardedCharacterLookup implements CharacterLookup {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedCharacterLookup.class);
    private static final String NAME = "like.nexon.lookup";

    private final CharacterLookup lookup;
    private final CircuitBreaker breaker;
    private final List<RateLimiter> limits;
    private final Operations operations;
    private final Map<Result, Ending> endings = new EnumMap<>(Result.class);

    /** Why there was no answer the last time; empty if there was one. */
    private final AtomicReference<String> trouble = new AtomicReference<>("");

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
     * @param limits all of which must allow a lookup; the first one that does not is said in the log
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
                            .description("Names looked up at Nexon, by what became of them")
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
            trouble.set("");
            return found;
        } catch (CallNotPermittedException open) {
            throw new CharacterLookupUnavailableException("Nexon is not asked for now, because it did not answer");
        } catch (RequestNotPermitted exhausted) {
            throw said(new CharacterLookupUnavailableException(
                    "More names are to be looked up than " + exhausted.getCausingRateLimiterName() + " allows"));
        } catch (CharacterLookupUnavailableException e) {
            throw said(e);
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

    /** Once, until something else is wrong or nothing is. */
    private CharacterLookupUnavailableException said(CharacterLookupUnavailableException failure) {
        String reason = String.valueOf(failure.getMessage());
        if (!trouble.getAndSet(reason).equals(reason)) {
            LOG.warn("Unknown names cannot be looked up: {}. Known characters are not affected", reason);
        }
        return failure;
    }
}
