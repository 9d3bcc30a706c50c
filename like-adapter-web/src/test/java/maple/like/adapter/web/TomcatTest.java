package maple.like.adapter.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static maple.like.adapter.web.Api.badRequest;
import static maple.like.adapter.web.Api.counted;
import static maple.like.adapter.web.Api.like;
import static maple.like.adapter.web.Api.liked;
import static maple.like.adapter.web.Api.methodNotAllowed;
import static maple.like.adapter.web.Api.noToken;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.stream.Stream;
import org.apache.coyote.http11.Http11Processor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What only a real server shows: requests that are not even HTTP, and what it does itself before any filter. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ExtendWith(OutputCaptureExtension.class)
class TomcatTest {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final String ANY = "GET /api/v2/characters/a/like/count HTTP/1.1";

    @LocalServerPort
    int port;

    final String name = InMemoryLikes.freshName();
    final String headers = "Host: likes.example\r\nConnection: close\r\nAuthorization: Bearer "
            + Token.of(Api.freshAccount()) + "\r\n";

    /** Sends characters as they are, one byte each, and returns everything up to the end of the connection. */
    String send(String request) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            socket.getInputStream().transferTo(answer);
        } catch (SocketException e) {
            // A server that has answered before it has read everything may reset the connection.
            if (answer.size() == 0) {
                throw e;
            }
        }
        return answer.toString(UTF_8);
    }

    String get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\n" + headers + "\r\n");
    }

    static int statusOf(String answer) {
        return Integer.parseInt(answer.substring(9, 12));
    }

    static String bodyOf(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    static void isProblem(String answer, int status) {
        assertThat(answer)
                .startsWith("HTTP/1.1 " + status)
                .contains("Content-Type: application/problem+json")
                .contains("Cache-Control: no-store")
                .containsOnlyOnce("\r\nX-Request-Id: ")
                .doesNotContain("<html", "Tomcat", "Exception", "\tat ");
        assertThat(bodyOf(answer))
                .startsWith("{\"type\":\"about:blank\",\"title\":\"")
                .endsWith("}");
    }

    @Test
    void koreanNamesTravelThroughARealServer() throws Exception {
        String answer = send("POST " + like(name) + " HTTP/1.1\r\n" + headers + "\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200").contains("Content-Type: application/json\r\n");
        assertThat(bodyOf(answer)).isEqualTo(liked(1));
        assertThat(bodyOf(get(Api.count(name)))).isEqualTo(counted(1));
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
    void pathThatIsNoNameIsABadRequest(String encoded) throws Exception {
        isProblem(get("/api/v2/characters/" + encoded + "/like/count"), 400);
    }

    static Stream<Arguments> requestsThatAreNotHttp() {
        return Stream.of(
                Arguments.of("no HTTP at all", "NONSENSE\r\n\r\n"),
                Arguments.of("unheard-of version", "GET /api HTTP/9.9\r\n%s\r\n"),
                Arguments.of("no host", ANY + "\r\nConnection: close\r\n\r\n"),
                Arguments.of("two hosts", ANY + "\r\n%sHost: other\r\n\r\n"),
                Arguments.of("impossible host", ANY + "\r\nHost: a/b\r\nConnection: close\r\n\r\n"),
                Arguments.of("header without a colon", ANY + "\r\n%sNonsense\r\n\r\n"),
                Arguments.of("header name with a space", ANY + "\r\n%sBad Header: x\r\n\r\n"),
                Arguments.of("control character in a header", ANY + "\r\n%sX-Odd: a\u0001b\r\n\r\n"),
                Arguments.of("header too large", ANY + "\r\n%sX-Large: " + "x".repeat(9_000) + "\r\n\r\n"),
                Arguments.of("path too long", "GET /" + "x".repeat(9_000) + " HTTP/1.1\r\n%s\r\n"),
                Arguments.of("length is no number", "POST /api HTTP/1.1\r\n%sContent-Length: x\r\n\r\n"),
                Arguments.of("length is negative", "POST /api HTTP/1.1\r\n%sContent-Length: -1\r\n\r\n"),
                Arguments.of("two lengths", "POST /api HTTP/1.1\r\n%sContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
                Arguments.of("expects the unheard-of", "POST /api HTTP/1.1\r\n%sExpect: nonsense\r\n\r\n"),
                Arguments.of("method with odd characters", "G(T /api HTTP/1.1\r\n%s\r\n"),
                Arguments.of("method of a proxy", "CONNECT likes.example:443 HTTP/1.1\r\n%s\r\n"),
                Arguments.of("impossible absolute address", "GET http://[::z/ HTTP/1.1\r\n%s\r\n"),
                Arguments.of("above the root", "GET /../../etc/passwd HTTP/1.1\r\n%s\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requestsThatAreNotHttp")
    void requestThatIsNotHttpIsABadRequestWithoutHtml(String why, String request) throws Exception {
        isProblem(send(request.replace("%s", headers)), 400);
    }

    @Test
    void traceIsNotAllowedAndEchoesNothing() throws Exception {
        String answer = send("TRACE " + like(name) + " HTTP/1.1\r\n" + headers + "X-Secret: s3cret\r\n\r\n");
        isProblem(answer, 405);
        assertThat(answer).contains("\r\nAllow: ").doesNotContain("s3cret");
        assertThat(bodyOf(answer)).isEqualTo(methodNotAllowed(like(name)));
    }

    static Stream<Arguments> bodies() {
        return Stream.of("POST", "PUT")
                .flatMap(method -> Stream.of(
                        Arguments.of(method, "Content-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\nabc"),
                        Arguments.of(
                                method,
                                "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 3\r\n\r\nabc"),
                        Arguments.of(
                                method,
                                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\na=%zz"),
                        Arguments.of(method, "Content-Type: nonsense\r\nContent-Length: 5\r\n\r\n{\"a\":"),
                        Arguments.of(
                                method,
                                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n\r\n"),
                        Arguments.of(method, "Content-Length: 1000000\r\n\r\n" + "x".repeat(1_000_000))));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void bodyIsNotReadWhateverItIs(String method, String headersAndBody) throws Exception {
        String answer = send(method + " " + like(name) + " HTTP/1.1\r\n" + headers + headersAndBody);
        assertThat(statusOf(answer)).isEqualTo(200);
        assertThat(bodyOf(answer)).isEqualTo(liked(1));
    }

    @Test
    void malformedQueryIsNotRead() throws Exception {
        assertThat(bodyOf(get(Api.count(name) + "?a=%zz&=&%"))).isEqualTo(counted(0));
    }

    @Test
    void headHasTheHeadersAlone() throws Exception {
        String answer = send("HEAD " + Api.count(name) + " HTTP/1.1\r\n" + headers + "\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200").contains("Content-Length: ");
        assertThat(bodyOf(answer)).isEmpty();
    }

    @Test
    void unauthenticatedIsAProblemToo() throws Exception {
        String answer = send("POST " + like(name) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        isProblem(answer, 401);
        assertThat(answer).contains("WWW-Authenticate: Bearer\r\n").doesNotContain("Set-Cookie");
        assertThat(bodyOf(answer)).isEqualTo(noToken(like(name)));
    }

    @Test
    void requestIdIsGivenOnceAndNotTakenFromABadHeader() throws Exception {
        String answer = send(ANY + "\r\n" + headers + "X-Request-Id: my-id\r\n\r\n");
        assertThat(answer).containsOnlyOnce("X-Request-Id: my-id\r\n");
        assertThat(send(ANY + "\r\n" + headers + "X-Request-Id: my id\r\n\r\n"))
                .containsOnlyOnce("X-Request-Id: ")
                .doesNotContain("my id");
    }

    @Test
    void requestThatNoFilterSeesKeepsItsIdToo() throws Exception {
        String path = "/api/v2/characters/a%2Fb/like/count";
        String answer = send("GET " + path + " HTTP/1.1\r\n" + headers + "X-Request-Id: my-id\r\n\r\n");
        isProblem(answer, 400);
        assertThat(answer).contains("\r\nX-Request-Id: my-id\r\n");
        assertThat(bodyOf(answer)).isEqualTo(badRequest(path));
        assertThat(send("GET " + path + " HTTP/1.1\r\n" + headers + "X-Request-Id: my id\r\n\r\n"))
                .containsPattern("\r\nX-Request-Id: [0-9a-f]{16}\r\n");
    }

    @Test
    void malformedParameterOfAPathIsNoDefect(CapturedOutput output) throws Exception {
        isProblem(get("/;a=%zz"), 400);
        assertThat(output).doesNotContain("ERROR", "WARN");
    }

    @Test
    void errorPageItselfIsClosed() throws Exception {
        isProblem(get("/error"), 403);
    }

    @Test
    void defectIsToldWithoutItsInternals() throws Exception {
        String answer = get(Api.count(InMemoryLikes.DEFECT));
        isProblem(answer, 500);
        assertThat(answer).doesNotContain(InMemoryLikes.SECRET_OF_DEFECT);
    }

    @Test
    void answerThatBreaksOffCannotBeTakenForAWholeOne() throws Exception {
        String answer = get("/api/test/broken-off");
        assertThat(answer).startsWith("HTTP/1.1 200").contains("half a li").doesNotContain("\r\n0\r\n");
    }

    @Test
    void tokenInAMalformedHeaderIsNotLogged(CapturedOutput output) throws Exception {
        isProblem(send(ANY + "\r\nHost: x\r\nConnection: close\r\nAuthorization Bearer s3cret.token\r\n\r\n"), 400);
        assertThat(output).doesNotContain("s3cret");
        // Tomcat quotes such a line at INFO, but only the first of a day: look at the level, too.
        assertThat(LoggerFactory.getLogger(Http11Processor.class).isInfoEnabled())
                .isFalse();
    }

    @Test
    void rejectionInTheChainIsABadRequest() throws Exception {
        assertThat(bodyOf(get("/api/%2e%2e/x"))).isEqualTo(badRequest("/api/%2e%2e/x"));
    }
}
