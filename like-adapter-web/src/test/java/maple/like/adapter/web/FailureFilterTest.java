package maple.like.adapter.web;

import static maple.like.adapter.web.Api.badRequest;
import static maple.like.adapter.web.Api.unavailable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import maple.like.application.StoreUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.mock.http.MockHttpInputMessage;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

@ExtendWith(OutputCaptureExtension.class)
class FailureFilterTest {
    final RequestIds ids = new RequestIds(() -> 1);
    final FailureFilter filter = new FailureFilter(new Failures(new ProblemWriter(Duration.ofSeconds(3), ids)));
    final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/api/x");
    final MockHttpServletResponse response = new MockHttpServletResponse();

    void pass(FilterChain chain) throws ServletException, IOException {
        new RequestIdFilter(ids).doFilter(request, response, (req, res) -> filter.doFilter(req, res, chain));
    }

    @Test
    void defectInAFilterIsAnInternalErrorLoggedOnce(CapturedOutput output) throws Exception {
        pass((req, res) -> {
            throw new IllegalStateException("internals");
        });
        assertThat(response.getStatus()).isEqualTo(500);
        assertThat(response.getContentAsString()).isEqualTo(ProblemsTest.internalError("/api/x", "0000000000000001"));
        assertThat(output.toString().split("Request 0000000000000001 failed", -1))
                .hasSize(2);
    }

    @Test
    void filterThatCannotReadTheBodyMakesABadRequest(CapturedOutput output) throws Exception {
        pass((req, res) -> {
            throw new HttpMessageNotReadableException("internals", new MockHttpInputMessage(new byte[0]));
        });
        assertThat(response.getStatus()).isEqualTo(400);
        assertThat(response.getContentAsString()).isEqualTo(badRequest("/api/x"));
        assertThat(output).doesNotContain("ERROR", "WARN");
    }

    @Test
    void illegalArgumentIsTheCallersWhereTheRequestIsMalformedAndADefectElsewhere() throws Exception {
        request.setRequestURI("/api/x;y=%zz");
        FilterChain chain = (req, res) -> {
            throw new IllegalArgumentException("internals");
        };
        pass(chain);
        assertThat(response.getStatus()).isEqualTo(400);
        request.setRequestURI("/api/x;y=%20");
        request.setContentType("*/*");
        pass(chain);
        assertThat(response.getStatus()).isEqualTo(415);
        request.setContentType("text/plain");
        pass(chain);
        assertThat(response.getStatus()).isEqualTo(500);
    }

    @Test
    void causeIsWhatCountsWhereTheServletHasWrappedIt() throws Exception {
        pass((req, res) -> {
            throw new ServletException(new StoreUnavailableException("x", new IllegalStateException()));
        });
        assertThat(response.getStatus()).isEqualTo(503);
        assertThat(response.getContentAsString()).isEqualTo(unavailable("/api/x"));
    }

    @Test
    void brokenConnectionToTheDatabaseIsNoCallerWhoIsGone() throws Exception {
        for (String message : List.of("Broken pipe", "Connection reset by peer")) {
            response.reset();
            pass((req, res) -> {
                throw new StoreUnavailableException("x", new SQLException("y", new SocketException(message)));
            });
            assertThat(response.getStatus()).isEqualTo(503);
        }
    }

    @Test
    void nobodyIsAnsweredWhoIsGone(CapturedOutput output) throws Exception {
        pass((req, res) -> {
            throw new EOFException();
        });
        assertThat(response.getContentAsString()).isEmpty();
        assertThat(output).doesNotContain("ERROR", "WARN");
    }

    @Test
    void halfAnAnswerThatHasNotLeftIsReplaced() throws Exception {
        pass((req, res) -> {
            res.getOutputStream().print("half");
            throw new IllegalStateException("internals");
        });
        assertThat(response.getContentAsString()).isEqualTo(ProblemsTest.internalError("/api/x", "0000000000000001"));
    }

    @Test
    void halfAnAnswerOnItsWayReachesTheContainerAsAFailure() {
        IOException failure = new IOException("internals");
        assertThatThrownBy(() -> pass((req, res) -> {
                    res.getOutputStream().print("half");
                    res.flushBuffer();
                    throw failure;
                }))
                .isSameAs(failure);
    }
}
