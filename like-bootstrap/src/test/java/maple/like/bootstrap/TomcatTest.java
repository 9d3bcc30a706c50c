package maple.like.bootstrap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.stream.Stream;
import maple.like.application.contract.Fresh;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Sends what no HTTP client would. Tests what Tomcat answers itself, before any filter. */
@ExtendWith(OutputCaptureExtension.class)
class TomcatTest {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final String ANY = "GET /api/v2/characters/a/like/count HTTP/1.1";

    @AutoClose
    private static Servers servers;

    private static Service service;

    final String name = servers.character(Fresh.name().value());
    final String headers = "Host: likes.example\r\nConnection: close\r\nAuthorization: Bearer "
            + Service.token(Fresh.account().value()) + "\r\n";

    @BeforeAll
    static void start() {
        servers = new Servers();
        service = servers.startWith(Failing.class);
    }

    @Test
    void requestsHaveVirtualThreadsWhereALockOfALibraryCannotPinThem() {
        assertThat(service.property("spring.threads.virtual.enabled"))
                .isEqualTo(Boolean.toString(Runtime.version().feature() >= 24));
    }

    @RestController
    static final class Failing {
        @GetMapping("/failing")
        void fail() {
            throw new IllegalStateException("s3cret");
        }

        @GetMapping("/failing-halfway")
        void failHalfway(HttpServletResponse response) throws IOException {
            response.getOutputStream().write("half a li".getBytes(UTF_8));
            response.flushBuffer();
            throw new IllegalStateException("s3cret");
        }
    }

    /** Sends characters as they are, one byte each, and returns everything up to the end of the connection. */
    private static String send(String request) throws IOException {
        ByteArrayOutputStream response = new ByteArrayOutputStream();
        int port = URI.create(service.address()).getPort();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            socket.getInputStream().transferTo(response);
        } catch (SocketException e) {
            // A server that has answered before it has read everything may reset the connection.
            if (response.size() == 0) {
                throw e;
            }
        }
        return response.toString(UTF_8);
    }

    private String send(String method, String path) throws IOException {
        return send(method + " " + path + " HTTP/1.1\r\n" + headers + "\r\n");
    }

    private String like() {
        return Service.path(name, "/like");
    }

    private String count() {
        return Service.path(name, "/like/count");
    }

    private static String bodyOf(String response) {
        return response.substring(response.indexOf("\r\n\r\n") + 4);
    }

    private static void assertProblem(String response, int status, String code) {
        assertThat(response)
                .startsWith("HTTP/1.1 " + status)
                .contains("Content-Type: application/problem+json")
                .contains("Cache-Control: no-store")
                .containsOnlyOnce("\r\nX-Request-Id: ")
                .doesNotContain("<html", "Tomcat", "Exception", "\tat ", "s3cret", "Set-Cookie");
        assertThat(bodyOf(response))
                .startsWith("{\"type\":\"about:blank\",\"title\":\"")
                .contains("\"code\":\"" + code + "\"")
                .endsWith("}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%",
                "%z",
                "%zz",
                "%1",
                "%FF",
                "%C0%80",
                "%ED%A0%80",
                "%EC%95",
                "a%00b",
                "a%0Ab",
                "a%0db",
                "a%07b",
                "a%E2%80%A8b",
                "a%2Fb",
                "a%5Cb",
                "a%25b",
                "a;b",
                "a%3Bb",
                "a;b=%zz",
                "a;%",
                "..",
                "%2e%2e",
                "%2E%2E%2F",
                "%20",
                "",
                "a/../../b",
                "a\"b",
                "a<b",
                "a{b",
                "a|b",
                "a\\b",
                "a^b",
                "a\u0001b",
                "a\u0080b",
                "\u00ec\u0095\u0084"
            })
    void pathWithoutAValidNameIsABadRequest(String encoded) throws Exception {
        assertThat(send("GET", "/api/v2/characters/" + encoded + "/like/count"))
                .satisfies(response -> assertProblem(
                        response,
                        400,
                        response.contains("INVALID_CHARACTER_NAME") ? "INVALID_CHARACTER_NAME" : "BAD_REQUEST"));
    }

    static Stream<Arguments> malformedRequests() {
        String tooLong = "x".repeat(20_000);
        return Stream.of(
                Arguments.of("no HTTP", "NONSENSE\r\n\r\n"),
                Arguments.of("unknown version", "GET /api HTTP/9.9\r\n%s\r\n"),
                Arguments.of("no host", ANY + "\r\nConnection: close\r\n\r\n"),
                Arguments.of("two hosts", ANY + "\r\n%sHost: other\r\n\r\n"),
                Arguments.of("invalid host", ANY + "\r\nHost: a/b\r\nConnection: close\r\n\r\n"),
                Arguments.of("header without a colon", ANY + "\r\n%sNonsense\r\n\r\n"),
                Arguments.of("header name with a space", ANY + "\r\n%sBad Header: x\r\n\r\n"),
                Arguments.of("control character in a header", ANY + "\r\n%sX-Odd: a\u0001b\r\n\r\n"),
                Arguments.of("header too large", ANY + "\r\n%sX-Large: " + tooLong + "\r\n\r\n"),
                Arguments.of("path too long", "GET /" + tooLong + " HTTP/1.1\r\n%s\r\n"),
                Arguments.of("length is no number", "POST /api HTTP/1.1\r\n%sContent-Length: x\r\n\r\n"),
                Arguments.of("length is negative", "POST /api HTTP/1.1\r\n%sContent-Length: -1\r\n\r\n"),
                Arguments.of("two lengths", "POST /api HTTP/1.1\r\n%sContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
                Arguments.of("unknown expectation", "POST /api HTTP/1.1\r\n%sExpect: nonsense\r\n\r\n"),
                Arguments.of("method with odd characters", "G(T /api HTTP/1.1\r\n%s\r\n"),
                Arguments.of("method of a proxy", "CONNECT likes.example:443 HTTP/1.1\r\n%s\r\n"),
                Arguments.of("invalid absolute address", "GET http://[::z/ HTTP/1.1\r\n%s\r\n"),
                Arguments.of("malformed path parameter", "GET /;a=%zz HTTP/1.1\r\n%s\r\n"),
                Arguments.of("path with two meanings", "GET /api/%2e%2e/x HTTP/1.1\r\n%s\r\n"),
                Arguments.of("above the root", "GET /../../etc/passwd HTTP/1.1\r\n%s\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedRequests")
    void malformedRequestIsABadRequestAndNotLogged(String why, String request, CapturedOutput output) throws Exception {
        assertProblem(send(request.replace("%s", headers)), 400, "BAD_REQUEST");
        assertThat(output).doesNotContain(" ERROR ", " WARN ");
    }

    static Stream<String> bodies() {
        return Stream.of(
                "Content-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\nabc",
                "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 3\r\n\r\nabc",
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\na=%zz",
                "Content-Type: nonsense\r\nContent-Length: 5\r\n\r\n{\"a\":",
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n\r\n",
                "Content-Length: 1000000\r\n\r\n" + "x".repeat(1_000_000));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void bodyIsNotRead(String headersAndBody) throws Exception {
        for (String method : new String[] {"PUT", "POST"}) {
            assertThat(send(method + " " + like() + " HTTP/1.1\r\n" + headers + headersAndBody))
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void malformedQueryIsNotRead() throws Exception {
        assertThat(bodyOf(send("GET", count() + "?a=%zz&=&%")))
                .isEqualTo("{\"success\":true,\"data\":{\"likeCount\":0}}");
    }

    @Test
    void lineBreaksAroundANameAreTrimmed() throws Exception {
        String path = count().replace("characters/", "characters/%0D%0A").replace("/like", "%E2%80%A8%0A/like");
        assertThat(send("GET", path)).startsWith("HTTP/1.1 200");
    }

    @Test
    void headHasNoBody() throws Exception {
        String response = send("HEAD", count());
        assertThat(response).startsWith("HTTP/1.1 200").contains("Content-Length: ");
        assertThat(bodyOf(response)).isEmpty();
    }

    @Test
    void traceIsNotAllowedAndEchoesNothing() throws Exception {
        String response = send("TRACE " + like() + " HTTP/1.1\r\n" + headers + "X-Secret: s3cret\r\n\r\n");
        assertProblem(response, 405, "METHOD_NOT_ALLOWED");
        assertThat(response).contains("\r\nAllow: ");
    }

    /** No filter sees the second path. */
    @ParameterizedTest
    @ValueSource(strings = {"/api/v2/characters/a/like/count", "/api/v2/characters/a%2Fb/like/count"})
    void harmlessRequestIdIsKeptAndAnotherReplaced(String path) throws Exception {
        String request = "GET " + path + " HTTP/1.1\r\n" + headers;
        assertThat(send(request + "X-Request-Id: my-id\r\n\r\n")).containsOnlyOnce("\r\nX-Request-Id: my-id\r\n");
        assertThat(send(request + "X-Request-Id: my id\r\n\r\n"))
                .containsOnlyOnce("X-Request-Id: ")
                .containsPattern("\r\nX-Request-Id: [0-9a-f]{16}\r\n");
    }

    @ParameterizedTest
    @CsvSource({"/error,404,NOT_FOUND", "/failing,500,INTERNAL_ERROR"})
    void errorRevealsNoInternals(String path, int status, String code) throws Exception {
        assertProblem(send("GET", path), status, code);
    }

    @Test
    void truncatedResponseCannotBeTakenForAWholeOne() throws Exception {
        assertThat(send("GET", "/failing-halfway"))
                .startsWith("HTTP/1.1 200")
                .contains("half a li")
                .doesNotContain("\r\n0\r\n");
    }
}
