package maple.like.adapter.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MockMvcTester.MockMvcRequestBuilder;

/** The calls as clients make them. */
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

    static String liked(long count) {
        return "{\"success\":true,\"data\":{\"liked\":true,\"likeCount\":" + count + "}}";
    }

    static String notLiked(long count) {
        return "{\"success\":true,\"data\":{\"liked\":false,\"likeCount\":" + count + "}}";
    }

    static String counted(long count) {
        return "{\"success\":true,\"data\":{\"likeCount\":" + count + "}}";
    }

    static String problem(int status, String title, String detail, String instance, String code) {
        return "{\"type\":\"about:blank\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\"" + detail
                + "\",\"instance\":\"" + instance + "\",\"code\":\"" + code + "\"}";
    }

    static String badRequest(String instance) {
        return problem(400, "Bad Request", "The request cannot be understood.", instance, "BAD_REQUEST");
    }

    static String unauthenticated(String detail, String instance) {
        return problem(401, "Unauthorized", detail, instance, "UNAUTHENTICATED");
    }

    static String noToken(String instance) {
        return unauthenticated("A bearer token is required.", instance);
    }

    static String notFound(String instance) {
        return problem(404, "Not Found", "There is nothing at this path.", instance, "NOT_FOUND");
    }

    static String methodNotAllowed(String instance) {
        return problem(
                405, "Method Not Allowed", "This path does not take this method.", instance, "METHOD_NOT_ALLOWED");
    }

    static String unavailable(String instance) {
        return problem(503, "Service Unavailable", "Likes are unavailable right now.", instance, "LIKES_UNAVAILABLE");
    }
}
