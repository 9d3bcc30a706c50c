package maple.like.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.AuthenticationServiceException;

@ExtendWith(OutputCaptureExtension.class)
class ProblemEntryPointTest {
    final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    final ProblemEntryPoint entryPoint =
            new ProblemEntryPoint(new ProblemWriter(new RequestIdFilter(() -> 1)), nanos::get);

    int statusDuringOutage() throws Exception {
        MockHttpServletResponse response = new MockHttpServletResponse();
        entryPoint.commence(
                new MockHttpServletRequest(), response, new AuthenticationServiceException("connection refused"));
        return response.getStatus();
    }

    @Test
    void outageOfTheIssuerIsLoggedAtOnceAndThenAtIntervals(CapturedOutput output) throws Exception {
        assertThat(statusDuringOutage()).isEqualTo(503);
        nanos.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
        statusDuringOutage();
        String warning = "Tokens cannot be verified, answering 503 until the issuer's keys are available:"
                + " connection refused";
        assertThat(output).containsOnlyOnce(warning);
        nanos.incrementAndGet();
        statusDuringOutage();
        statusDuringOutage();
        assertThat(output.toString().split(warning, -1)).hasSize(3);
    }
}
