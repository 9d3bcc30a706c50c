package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class GuardedCharacterLookupTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final CircuitBreaker breaker = NexonWiring.circuitBreaker(meters);
    private final AtomicInteger calls = new AtomicInteger();
    private volatile boolean away;

    private GuardedCharacterLookup guarded(int lookups) {
        return new GuardedCharacterLookup(
                name -> {
                    calls.incrementAndGet();
                    if (away) {
                        throw new CharacterLookupUnavailableException("Nexon answered 503 OPENAPI00011");
                    }
                    return Optional.<Ocid>empty();
                },
                breaker,
                List.of(NexonWiring.limit("like.nexon.lookups-per-day", lookups, Duration.ofDays(1))),
                new Operations(Clock.SYSTEM, ObservationRegistry.NOOP),
                meters);
    }

    private static void assertRefused(GuardedCharacterLookup lookup) {
        assertThatExceptionOfType(CharacterLookupUnavailableException.class)
                .isThrownBy(() -> lookup.lookUp(Fresh.name()));
    }

    @Test
    void whatALimitRefusesDoesNotReachTheOperatorAndIsNoFailureOfIt(CapturedOutput output) {
        GuardedCharacterLookup lookup = guarded(3);
        for (int i = 0; i < 3; i++) {
            assertThat(lookup.lookUp(Fresh.name())).isEmpty();
        }
        for (int i = 0; i < 50; i++) {
            assertRefused(lookup);
        }
        assertThat(calls).hasValue(3);
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(output).containsOnlyOnce("than like.nexon.lookups-per-day allows");
    }

    @Test
    void anOperatorThatFailsIsLeftAloneAndThatUsesUpNoLookups(CapturedOutput output) {
        GuardedCharacterLookup lookup = guarded(6);
        away = true;
        for (int i = 0; i < 50; i++) {
            assertRefused(lookup);
        }
        assertThat(calls).hasValue(5);
        assertThat(output).containsOnlyOnce("Unknown names cannot be looked up: Nexon answered 503 OPENAPI00011");

        away = false;
        breaker.transitionToHalfOpenState();
        assertThat(lookup.lookUp(Fresh.name())).isEmpty();
        assertThat(calls).hasValue(6);
        assertThat(meters.get("like.nexon.lookup")
                        .tag("result", "failed")
                        .timer()
                        .count())
                .isEqualTo(5);
        assertThat(meters.get("like.nexon.lookup")
                        .tag("result", "not_asked")
                        .timer()
                        .count())
                .isEqualTo(45);
        assertThat(meters.get("like.nexon.lookup")
                        .tag("result", "unknown")
                        .timer()
                        .count())
                .isEqualTo(1);
    }
}
