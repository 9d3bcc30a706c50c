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
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.domain.CharacterName;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class GuardedCharacterLookupTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final CircuitBreaker breaker = NexonWiring.circuitBreaker(meters);
    private int calls;
    private boolean down;

    private Optional<Ocid> lookUp(CharacterName name) {
        calls++;
        if (down) {
            throw new CharacterLookupUnavailableException("Nexon answered 503 OPENAPI00011");
        }
        return Optional.empty();
    }

    private GuardedCharacterLookup limitedTo(int lookups) {
        return new GuardedCharacterLookup(
                this::lookUp,
                breaker,
                List.of(NexonWiring.limit("like.nexon.lookups-per-day", lookups, Duration.ofDays(1))),
                new Operations(Clock.SYSTEM, ObservationRegistry.NOOP),
                meters);
    }

    private static void assertUnavailable(GuardedCharacterLookup lookup, int times) {
        for (int i = 0; i < times; i++) {
            assertThatExceptionOfType(CharacterLookupUnavailableException.class)
                    .isThrownBy(() -> lookup.lookUp(Fresh.name()));
        }
    }

    private long timed(String result) {
        return meters.get("like.nexon.lookup").tag("result", result).timer().count();
    }

    @Test
    void aLookupBeyondTheLimitIsNotSentAndIsNoFailureOfNexon(CapturedOutput output) {
        GuardedCharacterLookup lookup = limitedTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(lookup.lookUp(Fresh.name())).isEmpty();
        }
        assertUnavailable(lookup, 50);
        assertThat(calls).isEqualTo(3);
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(output).containsOnlyOnce("The limit like.nexon.lookups-per-day is reached");
    }

    @Test
    void lookupsPauseWhileNexonFailsAndUseUpNoLimit(CapturedOutput output) {
        GuardedCharacterLookup lookup = limitedTo(6);
        down = true;
        assertUnavailable(lookup, 50);
        assertThat(calls).isEqualTo(5);
        assertThat(output).containsOnlyOnce("Unknown names cannot be looked up: Nexon answered 503 OPENAPI00011");

        down = false;
        breaker.transitionToHalfOpenState();
        assertThat(lookup.lookUp(Fresh.name())).isEmpty();
        assertThat(calls).isEqualTo(6);
        assertThat(timed("failed")).isEqualTo(5);
        assertThat(timed("not_asked")).isEqualTo(45);
        assertThat(timed("unknown")).isEqualTo(1);
    }
}
