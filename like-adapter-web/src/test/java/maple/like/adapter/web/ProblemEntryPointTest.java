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
            new ProblemEntryPoint(new ProblemWriter(Duration.ofSeconds(3), new RequestIds(() -> 1)), nanos::get);

    void keysAreOutOfReach() throws Exception {
        MockHttpServletResponse response = new MockHttpServletResponse();
        entryPoint.commence(
                new MockHttpServletRequest(), response, new AuthenticationServiceException("connection refused"));
        assertThat(response.getStatus()).isEqualTo(503);
    }

    @Test
    void outageOfTheIssuerIsWarnedAboutAtOnceAndThenNowAndThen(CapturedOutput output) throws Exception {
        keysAreOutOfReach();
        assertThat(warnings(output)).isEqualTo(1);
        nanos.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
        keysAreOutOfReach();
        assertThat(warnings(output)).isEqualTo(1);
        nanos.incrementAndGet();
        keysAreOutOfReach();
        keysAreOutOfReach();
        assertThat(warnings(output)).isEqualTo(2);
    }

    private static int warnings(CapturedOutput output) {
        return output.toString()
                        .split("Tokens cannot be checked, requests are answered 503: connection refused", -1)
                        .length
                - 1;
    }
}
