package maple.like.adapter.web;

import static maple.like.adapter.web.Api.badRequest;
import static maple.like.adapter.web.Api.notFound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.RequestDispatcher;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatusCode;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class ProblemWriterTest {
    final ProblemWriter problems = new ProblemWriter(Duration.ofSeconds(7), new RequestIds(() -> 1));
    final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/api/x");
    final MockHttpServletResponse response = new MockHttpServletResponse();

    @ParameterizedTest
    @CsvSource({
        "INVALID_CHARACTER_NAME,400,Bad Request",
        "BAD_REQUEST,400,Bad Request",
        "UNAUTHENTICATED,401,Unauthorized",
        "FORBIDDEN,403,Forbidden",
        "SELF_LIKE_NOT_ALLOWED,403,Forbidden",
        "CHARACTER_NOT_FOUND,404,Not Found",
        "NOT_FOUND,404,Not Found",
        "METHOD_NOT_ALLOWED,405,Method Not Allowed",
        "NOT_ACCEPTABLE,406,Not Acceptable",
        "CONTENT_TOO_LARGE,413,Content Too Large",
        "UNSUPPORTED_MEDIA_TYPE,415,Unsupported Media Type",
        "REQUEST_HEADERS_TOO_LARGE,431,Request Header Fields Too Large",
        "INTERNAL_ERROR,500,Internal Server Error",
        "LIKES_UNAVAILABLE,503,Service Unavailable",
        "CHARACTER_LOOKUP_UNAVAILABLE,503,Service Unavailable"
    })
    void codesAndTheirStatusesAreAPromise(String code, int status, String title) throws Exception {
        problems.write(request, response, Problem.valueOf(code));
        assertThat(response.getStatus()).isEqualTo(status);
        assertThat(response.getContentType()).isEqualTo("application/problem+json");
        assertThat(response.getContentAsString())
                .startsWith(
                        "{\"type\":\"about:blank\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\"")
                .endsWith("\"instance\":\"/api/x\",\"code\":\"" + code + "\"}");
        assertThat(Problem.values()).hasSize(15);
    }

    @ParameterizedTest
    @CsvSource({
        "400,BAD_REQUEST",
        "401,UNAUTHENTICATED",
        "403,FORBIDDEN",
        "404,NOT_FOUND",
        "405,METHOD_NOT_ALLOWED",
        "406,NOT_ACCEPTABLE",
        "408,BAD_REQUEST",
        "413,CONTENT_TOO_LARGE",
        "414,BAD_REQUEST",
        "415,UNSUPPORTED_MEDIA_TYPE",
        "417,BAD_REQUEST",
        "431,REQUEST_HEADERS_TOO_LARGE",
        "500,INTERNAL_ERROR",
        "501,BAD_REQUEST",
        "503,LIKES_UNAVAILABLE",
        "505,BAD_REQUEST",
        "599,INTERNAL_ERROR",
        "302,INTERNAL_ERROR"
    })
    void containersErrorIsTheClosestProblemOfTheOriginalPath(int status, Problem expected) throws Exception {
        request.setRequestURI("/error");
        request.setAttribute(RequestDispatcher.ERROR_STATUS_CODE, status);
        request.setAttribute(RequestDispatcher.ERROR_REQUEST_URI, "/api/original");
        request.setAttribute(RequestDispatcher.ERROR_MESSAGE, "internals");
        request.setAttribute(RequestDispatcher.ERROR_EXCEPTION, new IllegalStateException("internals"));
        problems.writeError(request, response);
        assertThat(Problem.of(HttpStatusCode.valueOf(status))).isEqualTo(expected);
        assertThat(response.getStatus()).isEqualTo(expected.status());
        assertThat(response.getContentAsString())
                .contains("\"instance\":\"/api/original\",\"code\":\"" + expected + "\"")
                .doesNotContain("internals");
    }

    @Test
    void errorPageItselfIsNotThere() throws Exception {
        request.setRequestURI("/error");
        problems.writeError(request, response);
        assertThat(response.getStatus()).isEqualTo(404);
        assertThat(response.getContentAsString()).isEqualTo(notFound("/error"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%zz", "/a b", "//evil.example/a", "", "*", "/a\"b", "/a?b", "/a#b", "http://x/"})
    void instanceIsLeftOutWhereThePathIsNoUri(String path) throws Exception {
        request.setRequestURI(path);
        problems.write(request, response, Problem.BAD_REQUEST);
        assertThat(response.getContentAsString()).isEqualTo(badRequest("-").replace("\"instance\":\"-\",", ""));
    }

    @Test
    void detailIsEscaped() throws Exception {
        problems.write(request, response, Problem.BAD_REQUEST, "a \"b\" \u0001 </script>");
        assertThat(response.getContentAsString()).contains("\"detail\":\"a \\\"b\\\" \\u0001 </script>\"");
    }

    @Test
    void headersThatBelongToAProblemAreSetUnlessTheyAreAlready() throws Exception {
        problems.write(request, response, Problem.LIKES_UNAVAILABLE);
        assertThat(response.getHeader("Retry-After")).isEqualTo("7");
        assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
        assertThat(response.getHeader("WWW-Authenticate")).isNull();

        MockHttpServletResponse other = new MockHttpServletResponse();
        problems.write(request, other, Problem.UNAUTHENTICATED);
        assertThat(other.getHeaders("WWW-Authenticate")).containsExactly("Bearer");
        assertThat(other.getHeader("Retry-After")).isNull();

        MockHttpServletResponse third = new MockHttpServletResponse();
        third.setHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"");
        problems.write(request, third, Problem.UNAUTHENTICATED);
        assertThat(third.getHeaders("WWW-Authenticate")).containsExactly("Bearer error=\"invalid_token\"");
    }

    @Test
    void answerThatIsOnItsWayIsLeftAlone() throws Exception {
        response.getOutputStream().print("half");
        response.flushBuffer();
        problems.write(request, response, Problem.INTERNAL_ERROR);
        assertThat(response.getStatus()).isEqualTo(200);
        assertThat(response.getContentAsString()).isEqualTo("half");
    }

    @Test
    void waitingTimeIsThreeSecondsUnlessChosenAndAtLeastOne() {
        assertThat(WebSettings.standard().retryAfter()).isEqualTo(Duration.ofSeconds(3));
        assertThatThrownBy(() -> new WebSettings(Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT0.999S");
    }
}
