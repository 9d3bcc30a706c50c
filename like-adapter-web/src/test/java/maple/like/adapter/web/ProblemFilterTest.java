package maple.like.adapter.web;

import static maple.like.adapter.web.Api.assertProblem;
import static maple.like.adapter.web.Api.call;
import static maple.like.adapter.web.Api.freshAccount;
import static maple.like.adapter.web.Api.internalError;
import static maple.like.adapter.web.Api.like;
import static maple.like.adapter.web.Api.problem;
import static maple.like.adapter.web.StubLikes.freshName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import maple.like.application.DatabaseUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.mock.http.MockHttpInputMessage;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** As a filter, on its own, and as advice of Spring MVC, in {@link TestApplication}. */
@SpringBootTest
@AutoConfigureMockMvc
@ExtendWith(OutputCaptureExtension.class)
class ProblemFilterTest {
    @Autowired
    MockMvcTester mvc;

    final Token token = Token.of(freshAccount());
    final RequestIdFilter ids = new RequestIdFilter(() -> 1);
    final ProblemFilter filter = new ProblemFilter(new ProblemWriter(ids, new CrossOriginFilter(List.of())));
    final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/api/x");
    final MockHttpServletResponse response = new MockHttpServletResponse();

    void pass(FilterChain chain) throws ServletException, IOException {
        ids.doFilter(request, response, (req, res) -> filter.doFilter(req, res, chain));
    }

    void fail(Exception failure) throws ServletException, IOException {
        pass((req, res) -> {
            if (failure instanceof IOException io) {
                throw io;
            }
            if (failure instanceof ServletException servlet) {
                throw servlet;
            }
            throw (RuntimeException) failure;
        });
    }

    static DatabaseUnavailableException outage(String message) {
        return new DatabaseUnavailableException("x", new SQLException("y", new SocketException(message)));
    }

    /** The connection to the database is broken, not the client's. */
    static Stream<Arguments> expectedFailures() {
        var unreadable = new HttpMessageNotReadableException("internals", new MockHttpInputMessage(new byte[0]));
        return Stream.of(
                Arguments.of(unreadable, Problem.BAD_REQUEST),
                Arguments.of(new ServletException(outage("x")), Problem.LIKES_UNAVAILABLE),
                Arguments.of(outage("Broken pipe"), Problem.LIKES_UNAVAILABLE),
                Arguments.of(outage("Connection reset by peer"), Problem.LIKES_UNAVAILABLE));
    }

    @ParameterizedTest
    @MethodSource("expectedFailures")
    void failureOfAFilterIsAnsweredLikeThatOfAController(Exception failure, Problem expected, CapturedOutput output)
            throws Exception {
        fail(failure);
        assertThat(response.getStatus()).isEqualTo(expected.status.value());
        assertThat(response.getContentAsString()).isEqualTo(problem(expected, "/api/x"));
        assertThat(output).doesNotContain("ERROR", "WARN");
    }

    @Test
    void defectOfAFilterIsAnInternalErrorAndLoggedOnce(CapturedOutput output) throws Exception {
        fail(new IllegalStateException("internals"));
        assertThat(response.getStatus()).isEqualTo(500);
        assertThat(response.getContentAsString()).isEqualTo(internalError("/api/x", "0000000000000001"));
        assertThat(output).containsOnlyOnce("Request 0000000000000001 failed");
    }

    @ParameterizedTest
    @CsvSource({"/api/x;y=%zz,,400", "/api/x;y=%20,*/*,415", "/api/x;y=%20,text/plain,500"})
    void illegalArgumentIsTheClientsFaultOnlyIfTheRequestIsMalformed(String path, String type, int status)
            throws Exception {
        request.setRequestURI(path);
        request.setContentType(type);
        fail(new IllegalArgumentException("internals"));
        assertThat(response.getStatus()).isEqualTo(status);
    }

    @Test
    void disconnectedClientIsNeitherAnsweredNorLogged(CapturedOutput output) throws Exception {
        fail(new EOFException());
        assertThat(response.getContentAsString()).isEmpty();
        assertThat(output).doesNotContain("ERROR", "WARN");
    }

    @Test
    void unsentPartOfAResponseIsReplaced() throws Exception {
        pass((req, res) -> {
            res.getOutputStream().print("half");
            throw new IllegalStateException("internals");
        });
        assertThat(response.getContentAsString()).isEqualTo(internalError("/api/x", "0000000000000001"));
    }

    @Test
    void failureAfterAPartWasSentReachesTheContainer() {
        IllegalStateException failure = new IllegalStateException("internals");
        assertThatThrownBy(() -> pass((req, res) -> {
                    res.getOutputStream().print("half");
                    res.flushBuffer();
                    throw failure;
                }))
                .isSameAs(failure);
    }

    /** A part of the response exists already for {@code half}. */
    @ParameterizedTest
    @ValueSource(strings = {"/api/v2/characters/%EA%B3%A0%EC%9E%A5/like/count", "/api/test/overflow", "/api/test/half"})
    void defectIsLoggedOnceUnderTheIdInTheResponse(String path, CapturedOutput output) {
        assertThat(call(mvc, "GET", path, token)
                        .header("X-Request-Id", "given-by.the_caller-7")
                        .exchange())
                .hasStatus(500)
                .hasHeader("Content-Type", "application/problem+json")
                .hasHeader("X-Request-Id", "given-by.the_caller-7")
                .bodyText()
                .isEqualTo(internalError(path, "given-by.the_caller-7"));
        assertThat(output)
                .containsOnlyOnce(" ERROR ")
                .containsOnlyOnce("Request given-by.the_caller-7 failed")
                .contains("[given-by.the_caller-7]", "\tat ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json | {\"text\": | BAD_REQUEST",
                "application/json | [] | BAD_REQUEST",
                "application/json | \"x\" | BAD_REQUEST",
                "application/json | '' | BAD_REQUEST",
                "text/xml | x | UNSUPPORTED_MEDIA_TYPE",
                "application/x-www-form-urlencoded | x | UNSUPPORTED_MEDIA_TYPE",
                "nonsense | x | UNSUPPORTED_MEDIA_TYPE"
            })
    void unreadableBodyIsRejected(String contentType, String body, Problem expected) {
        assertProblem(
                call(mvc, "POST", "/api/test/json", token)
                        .header("Content-Type", contentType)
                        .content(body)
                        .exchange(),
                expected,
                "/api/test/json");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/test/number,'',BAD_REQUEST",
        "/api/test/number,?value=x,BAD_REQUEST",
        "/api/test/number,?value=99999999999,BAD_REQUEST",
        "/api/test/large,'',CONTENT_TOO_LARGE",
        "/api/test/denied,'',FORBIDDEN"
    })
    void exceptionBecomesAProblem(String path, String query, Problem expected) {
        assertProblem(call(mvc, "GET", path + query, token).exchange(), expected, path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "TRACK", "CONNECT", "FOO", "get"})
    void unusualMethodIsABadRequest(String method) {
        String path = like(freshName());
        assertProblem(call(mvc, method, path, token).exchange(), Problem.BAD_REQUEST, path);
    }
}
