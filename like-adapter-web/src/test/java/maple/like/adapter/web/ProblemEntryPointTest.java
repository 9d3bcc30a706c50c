package maple.like.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

@ExtendWith(OutputCaptureExtension.class)
class ProblemEntryPointTest {
    final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    final Map<TokenRefusal, Integer> counts = new EnumMap<>(TokenRefusal.class);
    final ProblemEntryPoint entryPoint = new ProblemEntryPoint(
            new ProblemWriter(new RequestIdFilter(() -> 1), new CrossOriginFilter(List.of())),
            new WebMonitor() {
                @Override
                public void tokenRefused(TokenRefusal reason) {
                    counts.merge(reason, 1, Integer::sum);
                }

                @Override
                public void overLimit(String limit) {}
            },
            nanos::get);

    void refuse(TokenRefusal reason, String message) throws Exception {
        MockHttpServletResponse response = new MockHttpServletResponse();
        entryPoint.commence(new MockHttpServletRequest(), response, new TokenRefusedException(reason, message));
        assertThat(response.getStatus()).isEqualTo(401);
    }

    @Test
    void reasonIsLoggedAtOnceAndThenAtIntervalsAndAlwaysCounted(CapturedOutput output) throws Exception {
        refuse(TokenRefusal.EXPIRED, "It expired.");
        nanos.addAndGet(Duration.ofMinutes(1).toNanos() - 1);
        refuse(TokenRefusal.EXPIRED, "It expired.");
        refuse(TokenRefusal.AUDIENCE, "It is for others.");
        String line =
                "A token was refused: It expired. Others refused within a minute are only counted; reason=expired";
        assertThat(output).containsOnlyOnce(line).containsOnlyOnce("reason=audience");
        nanos.incrementAndGet();
        refuse(TokenRefusal.EXPIRED, "It expired.");
        refuse(TokenRefusal.EXPIRED, "It expired.");
        assertThat(output.toString().split(line, -1)).hasSize(3);
        assertThat(counts).isEqualTo(Map.of(TokenRefusal.EXPIRED, 4, TokenRefusal.AUDIENCE, 1));
    }
}
