package maple.like.adapter.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MockMvcTester.MockMvcRequestBuilder;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** The calls of the API and their responses, byte by byte. */
final class Api {
    private static final AtomicLong ACCOUNTS = new AtomicLong();

    private Api() {}

    static String freshAccount() {
        return "account-" + ACCOUNTS.incrementAndGet();
    }

    static String like(String name) {
        return likeEncoded(encode(name));
    }

    static String likeEncoded(String encodedName) {
        return "/api/v2/characters/" + encodedName + "/like";
    }

    static String status(String name) {
        return like(name) + "/status";
    }

    static String count(String name) {
        return like(name) + "/count";
    }

    static String encode(String name) {
        return URLEncoder.encode(name, UTF_8).replace("+", "%20");
    }

    static MockMvcRequestBuilder call(MockMvcTester mvc, String method, String path) {
        return mvc.method(HttpMethod.valueOf(method)).uri(URI.create(path));
    }

    static MockMvcRequestBuilder call(MockMvcTester mvc, String method, String path, Object token) {
        return call(mvc, method, path).header("Authorization", "Bearer " + token);
    }

    static String liked(boolean liked, long count) {
        return "{\"success\":true,\"data\":{\"liked\":" + liked + ",\"likeCount\":" + count + "}}";
    }

    static String counted(long count) {
        return "{\"success\":true,\"data\":{\"likeCount\":" + count + "}}";
    }

    static String problem(Problem problem, String detail, String instance) {
        return "{\"type\":\"about:blank\",\"title\":\"" + problem.status.getReasonPhrase() + "\",\"status\":"
                + problem.status.value() + ",\"detail\":\"" + detail + "\",\"instance\":\"" + instance
                + "\",\"code\":\"" + problem + "\"}";
    }

    static String problem(Problem problem, String instance) {
        return problem(problem, problem.detail, instance);
    }

    static String internalError(String path, String requestId) {
        return problem(Problem.INTERNAL_ERROR, path).replace("}", ",\"requestId\":\"" + requestId + "\"}");
    }

    static void assertOk(MvcTestResult response, String body) {
        assertThat(response).hasStatus(200).bodyText().isEqualTo(body);
    }

    static void assertProblem(MvcTestResult response, Problem problem, String path) {
        assertProblem(response, problem, problem.detail, path);
    }

    static void assertProblem(MvcTestResult response, Problem problem, String detail, String path) {
        assertThat(response)
                .hasStatus(problem.status)
                .hasHeader("Content-Type", "application/problem+json")
                .hasHeader("Cache-Control", "no-store")
                .doesNotContainHeader("Set-Cookie")
                .bodyText()
                .isEqualTo(problem(problem, detail, path));
        if (problem.status.value() == 503) {
            assertThat(response).hasHeader("Retry-After", "3");
        }
    }
}
