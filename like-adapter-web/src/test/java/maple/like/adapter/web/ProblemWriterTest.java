package maple.like.adapter.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static maple.like.adapter.web.Api.problem;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class ProblemWriterTest {
    final ProblemWriter problems = new ProblemWriter(new RequestIdFilter(() -> 1), new CrossOriginFilter(List.of()));
    final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/api/x");
    final MockHttpServletResponse response = new MockHttpServletResponse();

    @ParameterizedTest
    @CsvSource({
        "INVALID_CHARACTER_NAME,400,Bad Request",
        "INVALID_REQUEST,400,Bad Request",
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
        "IDEMPOTENCY_KEY_REUSED,422,Unprocessable Content",
        "TOO_MANY_CHANGES,429,Too Many Requests",
        "TOO_MANY_READS,429,Too Many Requests",
        "REQUEST_HEADERS_TOO_LARGE,431,Request Header Fields Too Large",
        "INTERNAL_ERROR,500,Internal Server Error",
        "LIKES_UNAVAILABLE,503,Service Unavailable",
        "ERASURE_UNDER_WAY,503,Service Unavailable",
        "CHARACTER_LOOKUP_UNAVAILABLE,503,Service Unavailable"
    })
    void codesAndTheirStatusesAreAPromiseAndInTheDocument(String code, int status, String title) throws Exception {
        Problem problem = Problem.valueOf(code);
        problems.write(request, response, problem.document());
        assertThat(response.getStatus()).isEqualTo(status);
        assertThat(response.getContentType()).isEqualTo("application/problem+json");
        assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
        assertThat(response.getHeader("Retry-After")).isEqualTo(status == 503 ? "3" : null);
        assertThat(response.getHeader("WWW-Authenticate")).isEqualTo(status == 401 ? "Bearer" : null);
        assertThat(response.getContentAsString())
                .isEqualTo(problem(problem, "/api/x"))
                .startsWith(
                        "{\"type\":\"about:blank\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\"")
                .endsWith("\"instance\":\"/api/x\",\"code\":\"" + code + "\"}");
        assertThat(Problem.values()).hasSize(20);
        assertThat(new ClassPathResource("openapi.yaml", DocumentController.class).getContentAsString(UTF_8))
                .containsPattern("- `" + code + "`: (?:(?! status: )[\\s\\S])* status: " + status + "\n");
    }

    @ParameterizedTest
    @CsvSource({
        "400,BAD_REQUEST", "401,UNAUTHENTICATED", "403,FORBIDDEN",
        "404,NOT_FOUND", "405,METHOD_NOT_ALLOWED", "406,NOT_ACCEPTABLE",
        "408,BAD_REQUEST", "413,CONTENT_TOO_LARGE", "414,BAD_REQUEST",
        "415,UNSUPPORTED_MEDIA_TYPE", "417,BAD_REQUEST", "431,REQUEST_HEADERS_TOO_LARGE",
        "500,INTERNAL_ERROR", "501,BAD_REQUEST", "503,LIKES_UNAVAILABLE",
        "505,BAD_REQUEST", "599,INTERNAL_ERROR", "302,INTERNAL_ERROR"
    })
    void statusOfTheContainerBecomesTheClosestProblem(int status, Problem expected) throws Exception {
        response.setStatus(status);
        problems.write(request, response);
        assertThat(response.getStatus()).isEqualTo(expected.status.value());
        assertThat(response.getHeader("X-Request-Id")).isEqualTo("0000000000000001");
        assertThat(response.getContentAsString()).contains("\"code\":\"" + expected + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%zz", "/a b", "//evil.example/a", "", "*", "/a\"b", "/a?b", "/a#b", "http://x/"})
    void instanceIsOmittedIfThePathIsNoUri(String path) throws Exception {
        request.setRequestURI(path);
        problems.write(request, response, Problem.BAD_REQUEST.document());
        assertThat(response.getContentAsString())
                .isEqualTo(problem(Problem.BAD_REQUEST, "-").replace("\"instance\":\"-\",", ""));
    }

    @Test
    void detailIsEscaped() throws Exception {
        problems.write(request, response, Problem.BAD_REQUEST.document("a \"b\" \u0001 </script>"));
        assertThat(response.getContentAsString()).contains("\"detail\":\"a \\\"b\\\" \\u0001 </script>\"");
    }

    @Test
    void moreSpecificHeaderIsKept() throws Exception {
        response.setHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"");
        problems.write(request, response, Problem.UNAUTHENTICATED.document());
        assertThat(response.getHeaders("WWW-Authenticate")).containsExactly("Bearer error=\"invalid_token\"");
    }

    @Test
    void committedResponseIsLeftAlone() throws Exception {
        response.getOutputStream().print("half");
        response.flushBuffer();
        problems.write(request, response, Problem.INTERNAL_ERROR.document());
        assertThat(response.getStatus()).isEqualTo(200);
        assertThat(response.getContentAsString()).isEqualTo("half");
    }
}
