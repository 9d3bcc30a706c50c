package maple.like.adapter.web;

import static maple.like.adapter.web.Api.badRequest;
import static maple.like.adapter.web.Api.call;
import static maple.like.adapter.web.Api.count;
import static maple.like.adapter.web.Api.freshAccount;
import static maple.like.adapter.web.Api.like;
import static maple.like.adapter.web.Api.problem;
import static maple.like.adapter.web.InMemoryLikes.freshName;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@SpringBootTest
@AutoConfigureMockMvc
class ProblemsTest {
    @Autowired
    MockMvcTester mvc;

    final Token token = Token.of(freshAccount());

    static String internalError(String path, String requestId) {
        String plain = problem(
                500,
                "Internal Server Error",
                "Something went wrong here. The requestId helps to find out what.",
                path,
                "INTERNAL_ERROR");
        return plain.replace("}", ",\"requestId\":\"" + requestId + "\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /api/v2/characters/%EA%B3%A0%EC%9E%A5/like/count", "GET /api/test/stack-overflow"})
    void defectIsLoggedOnceUnderTheIdThatTheClientIsTold(String call) {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        root.addAppender(log);
        String path = call.substring(4);
        try {
            assertThat(call(mvc, "GET", path, token)
                            .header("X-Request-Id", "given-by.the_caller-7")
                            .exchange())
                    .hasStatus(500)
                    .hasHeader("Content-Type", "application/problem+json")
                    .hasHeader("X-Request-Id", "given-by.the_caller-7")
                    .bodyText()
                    .isEqualTo(internalError(path, "given-by.the_caller-7"));
        } finally {
            root.detachAppender(log);
        }
        assertThat(log.list)
                .filteredOn(event -> event.getLevel() == Level.ERROR)
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getFormattedMessage()).isEqualTo("Request given-by.the_caller-7 failed");
                    assertThat(event.getMDCPropertyMap()).containsEntry("requestId", "given-by.the_caller-7");
                    assertThat(event.getThrowableProxy()).isNotNull();
                });
    }

    @Test
    void halfAnAnswerIsReplacedByTheProblem() {
        assertThat(call(mvc, "GET", "/api/test/half", token)
                        .header("X-Request-Id", "half")
                        .exchange())
                .hasStatus(500)
                .hasHeader("Content-Type", "application/problem+json")
                .bodyText()
                .isEqualTo(internalError("/api/test/half", "half"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"text\":", "[]", "\"x\"", ""})
    void bodyThatCannotBeReadIsABadRequest(String body) {
        assertThat(call(mvc, "POST", "/api/test/json", token)
                        .header("Content-Type", "application/json")
                        .content(body)
                        .exchange())
                .hasStatus(400)
                .hasHeader("Content-Type", "application/problem+json")
                .bodyText()
                .isEqualTo(badRequest("/api/test/json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/xml", "application/x-www-form-urlencoded", "nonsense"})
    void bodyOfAnotherTypeIsUnsupported(String contentType) {
        assertThat(call(mvc, "POST", "/api/test/json", token)
                        .header("Content-Type", contentType)
                        .content("x")
                        .exchange())
                .hasStatus(415)
                .bodyText()
                .isEqualTo(problem(
                        415,
                        "Unsupported Media Type",
                        "This path does not read bodies of this type.",
                        "/api/test/json",
                        "UNSUPPORTED_MEDIA_TYPE"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?value=x", "?value=99999999999"})
    void parameterMissingOrMalformedIsABadRequest(String query) {
        assertThat(call(mvc, "GET", "/api/test/number" + query, token).exchange())
                .hasStatus(400)
                .bodyText()
                .isEqualTo(badRequest("/api/test/number"));
    }

    @Test
    void uploadThatIsTooLargeIsSaidToBe() {
        assertThat(call(mvc, "GET", "/api/test/large", token).exchange())
                .hasStatus(413)
                .bodyText()
                .isEqualTo(problem(
                        413,
                        "Content Too Large",
                        "The request body is too large.",
                        "/api/test/large",
                        "CONTENT_TOO_LARGE"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "TRACK", "CONNECT", "FOO", "get"})
    void methodThatNobodyUsesIsABadRequest(String method) {
        String path = like(freshName());
        assertThat(call(mvc, method, path, token).exchange())
                .hasStatus(400)
                .bodyText()
                .isEqualTo(badRequest(path));
    }

    @Test
    void headerThatHoldsControlCharactersIsABadRequest() {
        String path = count(freshName());
        assertThat(call(mvc, "GET", path).header("Accept", "a\u0007b").exchange())
                .hasStatus(400)
                .bodyText()
                .isEqualTo(badRequest(path));
    }

    @Test
    void everyAnswerCarriesARequestId() {
        assertThat(call(mvc, "GET", count(freshName())).exchange().getResponse().getHeader("X-Request-Id"))
                .matches("[0-9a-f]{16}");
        assertThat(call(mvc, "GET", "/nowhere").exchange().getResponse().getHeader("X-Request-Id"))
                .matches("[0-9a-f]{16}");
        assertThat(call(mvc, "GET", "/api/v2/%2e%2e").exchange().getResponse().getHeader("X-Request-Id"))
                .matches("[0-9a-f]{16}");
    }
}
