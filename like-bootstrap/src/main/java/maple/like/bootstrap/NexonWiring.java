package maple.like.bootstrap;

import static java.util.Objects.requireNonNull;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import maple.like.adapter.web.nexon.NexonCharacterLookup;
import maple.like.adapter.web.nexon.NexonSettings;
import maple.like.application.port.out.CharacterLookup;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.bootstrap.LikeProperties.Nexon;
import maple.like.domain.AccountId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The external lookup of characters: the Nexon Open API, if there is a key. */
@Configuration(proxyBeanMethods = false)
class NexonWiring {
    private static final Logger LOG = LoggerFactory.getLogger(NexonWiring.class);

    @Bean
    ExternalCharacters externalCharacters(
            CharacterRegistry registry,
            LikeProperties properties,
            Operations operations,
            ObservationRegistry observations,
            MeterRegistry meters) {
        Nexon nexon = properties.nexon();
        if (!nexon.hasKey()) {
            LOG.info("like.nexon.api-key is not set: unknown names are not looked up");
            return new ExternalCharacters(null);
        }
        CharacterLookup lookup = new GuardedCharacterLookup(
                new NexonCharacterLookup(
                        new NexonSettings(
                                nexon.baseUrl(),
                                requireNonNull(nexon.apiKey()),
                                nexon.connectTimeout(),
                                nexon.timeout()),
                        () -> LookupContext.headers(observations.getCurrentObservation())),
                circuitBreaker(meters),
                List.of(
                        limit("like.nexon.lookups-per-second", nexon.lookupsPerSecond(), Duration.ofSeconds(1)),
                        limit("like.nexon.lookups-per-day", nexon.lookupsPerDay(), Duration.ofDays(1))),
                operations,
                meters);
        return new ExternalCharacters(name -> lookup.lookUp(name).map(ocid -> registry.admit(ocid, name)));
    }

    @Bean
    Predicate<AccountId> lookupAllowance(LikeProperties properties, MeterRegistry meters) {
        Nexon nexon = properties.nexon();
        return nexon.hasKey() ? new LookupAllowance(nexon.lookupsPerAccount(), meters) : caller -> true;
    }

    /** Opens when half of the last lookups failed; half-opens after ten seconds. */
    static CircuitBreaker circuitBreaker(MeterRegistry meters) {
        CircuitBreakerRegistry registry = CircuitBreakerRegistry.of(CircuitBreakerConfig.custom()
                .ignoreExceptions(RequestNotPermitted.class)
                .slidingWindowSize(20)
                .minimumNumberOfCalls(5)
                .waitDurationInOpenState(Duration.ofSeconds(10))
                .permittedNumberOfCallsInHalfOpenState(2)
                .build());
        CircuitBreaker breaker = registry.circuitBreaker("nexon");
        TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(registry).bindTo(meters);
        breaker.getEventPublisher()
                .onStateTransition(event -> LOG.warn(
                        "Circuit breaker of Nexon: {}. While it is open, unknown names are not looked up",
                        event.getStateTransition()));
        return breaker;
    }

    static RateLimiter limit(String property, int lookups, Duration period) {
        return RateLimiter.of(
                property,
                RateLimiterConfig.custom()
                        .limitForPeriod(lookups)
                        .limitRefreshPeriod(period)
                        .timeoutDuration(Duration.ZERO)
                        .build());
    }
}
