package maple.like.adapter.web.nexon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import maple.like.adapter.web.nexon.ScriptedServer.Exchange;
import maple.like.adapter.web.nexon.ScriptedServer.Script;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.contract.CharacterLookupContract;
import maple.like.application.port.out.CharacterLookup;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Against a server that sends every documented response of Nexon, and much that is none. */
class NexonCharacterLookupTest extends CharacterLookupContract {
    private static final String KEY = "live_0123456789abcdef-Sesame";
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final CharacterName NAME = new CharacterName("아델");
    private static final String OCID = "0123456789abcdef0123456789abcdef";
    private static final String FOUND = "{\"ocid\":\"" + OCID + "\"}";

    private final List<ScriptedServer> servers = new ArrayList<>();

    @AfterEach
    void close() {
        servers.forEach(ScriptedServer::close);
    }

    private ScriptedServer server(Script script) {
        ScriptedServer server = new ScriptedServer(script);
        servers.add(server);
        return server;
    }

    private static CharacterLookup lookup(String url) {
        return new NexonCharacterLookup(new NexonSettings(url, KEY, Duration.ofMillis(500), TIMEOUT), Map::of);
    }

    private CharacterLookup answering(Script script) {
        return lookup(server(script).url());
    }

    private static String error(String code) {
        return "{\"error\":{\"name\":\"" + code + "\",\"message\":\"Please input valid parameter\"}}";
    }

    @Override
    protected CharacterLookup operatorOf(GameCharacter... characters) {
        Map<String, String> ocids = new HashMap<>();
        for (GameCharacter character : characters) {
            ocids.put(character.name().value(), character.ocid().value());
        }
        String path = "/maplestory/v1/id?character_name=";
        return answering(exchange -> {
            String target = exchange.target();
            // Servers disagree on whether a plus is a space, so the lookup must not send one.
            String name = target.startsWith(path) && !target.contains("+")
                    ? URLDecoder.decode(target.substring(path.length()), StandardCharsets.UTF_8)
                    : "";
            if (ocids.containsKey(name)) {
                exchange.respond(200, "{\"ocid\":\"" + ocids.get(name) + "\"}");
            } else {
                exchange.respond(400, error("OPENAPI00004"));
            }
        });
    }

    @Override
    protected CharacterLookup unresponsiveOperator() {
        return answering(Exchange::stall);
    }

    @Override
    protected Duration longest() {
        return TIMEOUT.plusSeconds(4);
    }

    private static String assertUnavailable(CharacterLookup lookup) {
        CharacterLookupUnavailableException failure =
                catchThrowableOfType(CharacterLookupUnavailableException.class, () -> lookup.lookUp(NAME));
        assertThat(failure).isNotNull();
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString())
                .doesNotContain(KEY)
                .doesNotContain("Sesame")
                .doesNotContain(NAME.value());
        return failure.getMessage();
    }

    @Test
    void requestHasTheNameAndTheKey() {
        ScriptedServer server = server(exchange -> exchange.respond(200, FOUND));
        assertThat(lookup(server.url() + "/").lookUp(NAME)).isPresent();
        assertThat(server.requests()).singleElement().satisfies(request -> {
            assertThat(request.get(0)).isEqualTo("GET /maplestory/v1/id?character_name=%EC%95%84%EB%8D%B8 HTTP/1.1");
            assertThat(request).contains("x-nxopen-api-key: " + KEY);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "500,OPENAPI00001", "403,OPENAPI00002", "400,OPENAPI00003", "400,OPENAPI00005", "400,OPENAPI00006",
        "429,OPENAPI00007", "400,OPENAPI00009", "400,OPENAPI00010", "503,OPENAPI00011", "500,OPENAPI00004",
        "403,OPENAPI00004", "404,OPENAPI00004", "400,OPENAPI00012"
    })
    void documentedErrorMeansUnavailableAndIsInTheMessage(int status, String code) {
        assertThat(assertUnavailable(answering(exchange -> exchange.respond(status, error(code)))))
                .isEqualTo("Nexon answered " + status + " " + code);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 429, 500, 502, 503, 504})
    void errorWithoutACodeMeansUnavailable(int status) {
        for (String body : List.of("", "<html>Bad Gateway</html>", "{}", "{\"error\":\"OPENAPI00004\"}", "\"x\"")) {
            assertThat(assertUnavailable(answering(exchange -> exchange.respond(status, body))))
                    .isEqualTo("Nexon answered " + status + ", which is not among its documented errors");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>maintenance</html>",
                "{}",
                "[]",
                "null",
                "{\"ocid\":null}",
                "{\"ocid\":\"\"}",
                "{\"ocid\":42}",
                "{\"ocid\":\"a b\"}",
                "{\"ocid\":[\"" + OCID + "\"]}",
                "{\"ocid\":\"" + OCID + "\"",
                "{\"ocid\":\"" + OCID + "\"} garbage"
            })
    void successWithoutAnOcidMeansUnavailable(String body) {
        assertThat(assertUnavailable(answering(exchange -> exchange.respond(200, body))))
                .isEqualTo("Nexon answered 200 without an OCID");
    }

    @Test
    void furtherMembersAreIgnored() {
        String body = "{\"more\":[1],\"ocid\":\"" + OCID + "\",\"error\":{\"name\":\"OPENAPI00004\"}}";
        assertThat(answering(exchange -> exchange.respond(200, body)).lookUp(NAME))
                .hasValueSatisfying(ocid -> assertThat(ocid.value()).isEqualTo(OCID));
    }

    /** What a broken or hostile server may send. */
    private enum Abuse {
        ENDLESS_BODY(exchange ->
                exchange.repeat("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n", " ".repeat(10_000), 0)),
        ENDLESS_CHUNKED_BODY(exchange -> exchange.repeat(
                "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n",
                "2710\r\n" + " ".repeat(10_000) + "\r\n",
                0)),
        ENDLESS_HEADERS(exchange -> exchange.repeat("HTTP/1.1 200 OK\r\n", "X-Again: y\r\n", 50)),
        TRICKLING_BODY(exchange -> exchange.repeat("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{", " ", 50)),
        MISSING_BODY(exchange -> {
            exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: " + FOUND.length() + "\r\n\r\n");
            exchange.stall();
        }),
        TRUNCATED_BODY(exchange -> exchange.last("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + FOUND)),
        RESET(Exchange::reset),
        RESET_WITHIN_THE_HEADERS(exchange -> {
            exchange.raw("HTTP/1.1 200 OK\r\nContent-");
            exchange.reset();
        }),
        CLOSE_WITHOUT_RESPONSE(exchange -> exchange.last("")),
        NOT_HTTP(exchange -> exchange.raw("SSH-2.0-OpenSSH_9.9\r\n\r\n")),
        ECHO_OF_THE_REQUEST(exchange -> exchange.last(String.join("\r\n", exchange.request()) + "\r\n\r\n")),
        KEY_AS_STATUS_LINE(exchange -> exchange.last(KEY + "\r\n" + KEY + ": " + KEY + "\r\n\r\n" + KEY)),
        KEY_AS_ERROR(exchange -> exchange.respond(400, error(KEY))),
        KEY_AS_OCID(exchange -> exchange.respond(200, "{\"ocid\":\"" + KEY + " " + KEY + "\"}"));

        final Script script;

        Abuse(Script script) {
            this.script = script;
        }
    }

    @ParameterizedTest
    @EnumSource
    void abusiveResponseMeansUnavailableInTimeAndRevealsNoKey(Abuse abuse) {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.list = new CopyOnWriteArrayList<>(); // the client's threads may still be logging
        log.start();
        root.addAppender(log);
        root.setLevel(Level.ALL);
        try {
            long begun = System.nanoTime();
            assertUnavailable(answering(abuse.script));
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(longest());
        } finally {
            root.setLevel(before);
            root.detachAppender(log);
        }
        // The client's debug log quotes what the server sent; the application switches it off.
        assertThat(log.list)
                .filteredOn(event -> !event.getLoggerName().equals("jdk.internal.httpclient.debug"))
                .noneMatch(event -> event.getFormattedMessage().contains("Sesame"));
    }

    @Test
    void redirectIsNotFollowed() {
        ScriptedServer target = server(exchange -> exchange.respond(200, FOUND));
        for (int status : new int[] {301, 302, 303, 307, 308}) {
            assertThat(assertUnavailable(answering(
                            exchange -> exchange.raw("HTTP/1.1 " + status + " Moved\r\nLocation: " + target.url()
                                    + "/maplestory/v1/id?character_name=x\r\nContent-Length: 0\r\n\r\n"))))
                    .startsWith("Nexon answered " + status);
        }
        assertThat(target.requests()).isEmpty();
    }

    @Test
    void unreachableServerMeansUnavailable() throws IOException {
        String nowhere;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nowhere = "http://127.0.0.1:" + socket.getLocalPort();
        }
        assertThat(assertUnavailable(lookup(nowhere))).isEqualTo("Nexon could not be reached: ConnectException");
        assertUnavailable(lookup("http://nexon.invalid"));
    }

    @Test
    void interruptedCallerStaysInterrupted() {
        CharacterLookup silent = unresponsiveOperator();
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(CharacterLookupUnavailableException.class).isThrownBy(() -> silent.lookUp(NAME));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void settingsDoNotRevealTheKey() {
        NexonSettings settings = new NexonSettings("https://open.api.nexon.com", KEY, TIMEOUT, TIMEOUT);
        assertThat(settings.toString()).contains("open.api.nexon.com").doesNotContain("Sesame");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NexonSettings("https://open.api.nexon.com", KEY + "\r\nX: y", TIMEOUT, TIMEOUT))
                .withMessageNotContaining("Sesame");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "open.api.nexon.com",
                "ftp://open.api.nexon.com", "https://",
                "https://user:word@open.api.nexon.com", "https://open.api.nexon.com?a=b",
                "https://open.api.nexon.com#a", "https://open api"
            })
    void baseUrlMustBeAServer(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> new NexonSettings(url, KEY, TIMEOUT, TIMEOUT));
    }
}
