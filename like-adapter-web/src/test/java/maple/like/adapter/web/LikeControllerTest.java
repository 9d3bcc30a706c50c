package maple.like.adapter.web;

import static maple.like.adapter.web.Api.assertOk;
import static maple.like.adapter.web.Api.assertProblem;
import static maple.like.adapter.web.Api.call;
import static maple.like.adapter.web.Api.count;
import static maple.like.adapter.web.Api.counted;
import static maple.like.adapter.web.Api.freshAccount;
import static maple.like.adapter.web.Api.like;
import static maple.like.adapter.web.Api.likeEncoded;
import static maple.like.adapter.web.Api.liked;
import static maple.like.adapter.web.Api.status;
import static maple.like.adapter.web.StubLikes.freshName;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeStatus;
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
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@SpringBootTest
@AutoConfigureMockMvc
@ExtendWith(OutputCaptureExtension.class)
class LikeControllerTest {
    @Autowired
    MockMvcTester mvc;

    @Autowired
    StubLikes likes;

    final String account = freshAccount();
    final String name = freshName();
    final Token token = Token.of(account);

    MvcTestResult send(String method, String path) {
        return call(mvc, method, path, token).exchange();
    }

    MvcTestResult sendAsAnother(String method, String path) {
        return call(mvc, method, path, Token.of(freshAccount())).exchange();
    }

    @Test
    void secondToggleUndoesTheFirst() {
        assertOk(send("POST", like(name)), liked(true, 1));
        assertOk(send("POST", like(name)), liked(false, 0));
    }

    private MvcTestResult post(String character, String... keys) {
        return call(mvc, "POST", like(character), token)
                .header("Idempotency-Key", (Object[]) keys)
                .exchange();
    }

    @Test
    void toggleWithTheSameKeyIsAnsweredOnce() {
        assertOk(post(name, "key-1"), liked(true, 1));
        assertOk(post(name, "key-1"), liked(true, 1));
        assertOk(post(name, " \"key-1\""), liked(true, 1));
        assertOk(post(name, "\"a\\\"\\\\\""), liked(false, 0));
        assertOk(post(name, "a\"\\"), liked(false, 0));
        String other = freshName();
        assertProblem(post(other, "key-1"), Problem.IDEMPOTENCY_KEY_REUSED, like(other));
        assertThat(post(other, "key-1")).hasStatus(422);
        assertOk(
                call(mvc, "PUT", like(name), token)
                        .header("Idempotency-Key", "a b")
                        .exchange(),
                liked(true, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "\"", "\"a", "\"a b\"", "\"\"", "\"a\\b\"", "\"a\";b=1", "키"})
    void invalidIdempotencyKeyIsRefused(String key) {
        assertProblem(
                post(name, key),
                Problem.INVALID_REQUEST,
                "The header Idempotency-Key is sent once and has 1 to 255 visible ASCII characters, plain or in double"
                        + " quotes.",
                like(name));
        assertThat(post(name, "one", "two")).hasStatus(400);
        assertOk(send("GET", status(name)), liked(false, 0));
    }

    @Test
    void putAndDeleteAreIdempotent() {
        assertOk(send("PUT", like(name)), liked(true, 1));
        assertOk(send("PUT", like(name)), liked(true, 1));
        assertOk(send("DELETE", like(name)), liked(false, 0));
        assertOk(send("DELETE", like(name)), liked(false, 0));
    }

    @Test
    void countIncludesAllAccountsAndStatusIsTheCallersOwn() {
        assertOk(sendAsAnother("POST", like(name)), liked(true, 1));
        assertOk(send("GET", status(name)), liked(false, 1));
        assertOk(send("POST", like(name)), liked(true, 2));
        assertOk(send("GET", status(name)), liked(true, 2));
        assertOk(call(mvc, "GET", count(name)).exchange(), counted(2));
    }

    @ParameterizedTest
    @CsvSource({"POST,''", "PUT,''", "DELETE,''", "GET,/status", "GET,/count"})
    void responseIsJsonThatMustNotBeCached(String method, String call) {
        assertThat(send(method, like(name) + call))
                .hasStatus(200)
                .hasHeader("Content-Type", "application/json")
                .hasHeader("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
                .doesNotContainHeader("Set-Cookie");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE"})
    void ownCharacterCannotBeLiked(String method) {
        List<String> owned = List.of("another", StubLikes.ocidOf(name).value());
        assertProblem(
                call(mvc, method, like(name), token.with("ocids", owned)).exchange(),
                Problem.SELF_LIKE_NOT_ALLOWED,
                like(name));
        assertOk(send("GET", count(name)), counted(0));
    }

    static Stream<Arguments> failures() {
        return Stream.of("POST ", "PUT ", "DELETE ", "GET /status", "GET /count")
                .flatMap(call -> Stream.of(
                        Arguments.of(call, StubLikes.UNKNOWN, Problem.CHARACTER_NOT_FOUND),
                        Arguments.of(call, StubLikes.OUTAGE, Problem.LIKES_UNAVAILABLE),
                        Arguments.of(call, StubLikes.LOOKUP_OUTAGE, Problem.CHARACTER_LOOKUP_UNAVAILABLE)));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failureIsAProblemAndNotLogged(String call, String name, Problem expected, CapturedOutput output) {
        String[] methodAndSuffix = call.split(" ", -1);
        String path = like(name) + methodAndSuffix[1];
        assertProblem(send(methodAndSuffix[0], path), expected, path);
        assertThat(output).doesNotContain("UnavailableException", "ProblemFilter");
    }

    /** The first is in Unicode form D. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "%E1%84%8B%E1%85%A1%E1%84%83%E1%85%A6%E1%86%AF 아델", "%20%EC%95%84%EB%8D%B8%09%20 아델",
                "%E3%80%80%EC%95%84%EB%8D%B8%E3%80%80 아델", "two%20words 'two words'",
                "%0A%C2%85%EC%95%84%EB%8D%B8%E3%85%A4%0D%0A 아델", "%E2%80%A8%EC%95%84%EB%8D%B8%E2%80%A9 아델",
                "a.b a.b", "... ...",
                "a+b a+b", "%C3%A9t%C3%A9 été",
                "%F0%9F%8D%81 🍁", "!$&()*,:=@_~- !$&()*,:=@_~-",
                "%3F%23%22%3C%3E%5B%5D%7B%7C%7D%60%5E ?#\"<>[]{|}`^", "like like"
            })
    void nameIsDecodedAndSurroundingWhiteSpaceDropped(String encoded, String expected) {
        assertThat(send("PUT", likeEncoded(encoded))).hasStatus(200);
        assertThat(likes.status(new AccountId(account), new CharacterName(expected)))
                .map(LikeStatus::liked)
                .contains(true);
    }

    @ParameterizedTest
    @CsvSource({
        "%20, has 1 to 64 characters, ''",
        "%E3%80%80, has 1 to 64 characters, ''",
        "%0A%E3%85%A4, has 1 to 64 characters, ''",
        "a%0Ab, must not hold control characters, a\\\\u000ab",
        "a%0d%0Ab, must not hold control characters, a\\\\u000d\\\\u000ab",
        "a%E2%80%A8b, must not hold control characters, a\\\\u2028b",
        "a%E2%80%A9b, must not hold control characters, a\\\\u2029b",
        "a%07b, must not hold control characters, a\\\\u0007b",
        "a%7Fb, must not hold control characters, a\\\\u007fb",
        "a%C2%85b, must not hold control characters, a\\\\u0085b"
    })
    void invalidNameIsRefusedWithTheReason(String encoded, String reason, String quoted) {
        String detail = "A character name " + reason + ": \\\"" + quoted + "\\\"";
        for (String call : List.of("", "/status", "/count")) {
            String path = likeEncoded(encoded) + call;
            assertProblem(send(call.isEmpty() ? "POST" : "GET", path), Problem.INVALID_CHARACTER_NAME, detail, path);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a%2Fb", "a%2fb", "a;b", "a%3Bb", "a%25b", "a%5Cb", "a%2Eb", "..", "%2e%2e", ".", "", "a%00b"})
    void ambiguousPathIsRefusedFirst(String encoded) {
        assertProblem(send("POST", likeEncoded(encoded)), Problem.BAD_REQUEST, likeEncoded(encoded));
    }

    /** A line break is decoded before a handler is found and the caller is known. */
    @ParameterizedTest
    @ValueSource(strings = {"%0A", "%0D%0A", "%E2%80%A8", "%E2%80%A9"})
    void lineBreakInAPathBreaksNoLineAndOpensNoPath(String lineBreak, CapturedOutput output) {
        String forged = "a" + lineBreak + "X-Forged:%20b";
        assertProblem(send("GET", "/api/v2/" + forged), Problem.NOT_FOUND, "/api/v2/" + forged);
        assertProblem(send("PATCH", likeEncoded(forged)), Problem.METHOD_NOT_ALLOWED, likeEncoded(forged));
        MvcTestResult refused = call(mvc, "PUT", likeEncoded(forged)).exchange();
        assertProblem(refused, Problem.UNAUTHENTICATED, likeEncoded(forged));
        for (MvcTestResult response : List.of(refused, send("PUT", likeEncoded(forged)))) {
            assertThat(response.getResponse().getHeaderNames())
                    .allSatisfy(header -> assertThat(response.getResponse().getHeaders(header))
                            .noneMatch(value -> value.contains("Forged")));
        }
        assertThat(output).doesNotContain("Forged");
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, '{\"liked\":'",
        "application/json, ''",
        "text/xml, <!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]>",
        "application/x-www-form-urlencoded, _method=DELETE&%zz",
        "multipart/form-data, no boundary",
        "nonsense, x"
    })
    void neitherBodyNorQueryIsRead(String contentType, String body) {
        for (String method : List.of("POST", "DELETE", "PUT", "DELETE")) {
            assertOk(
                    call(mvc, method, like(name) + "?liked=false&_method=DELETE&format=xml", token)
                            .header("Content-Type", contentType)
                            .content(body.getBytes(StandardCharsets.UTF_8))
                            .exchange(),
                    method.equals("DELETE") ? liked(false, 0) : liked(true, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/xml", "nonsense"})
    void clientThatDoesNotAcceptJsonChangesNothing(String accept) {
        assertProblem(
                call(mvc, "POST", like(name), token).header("Accept", accept).exchange(),
                Problem.NOT_ACCEPTABLE,
                like(name));
        assertThat(likes.count(new CharacterName(name))).contains(LikeCount.ZERO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/*", "application/json", "text/html, application/json;q=0.1"})
    void clientThatAcceptsJsonGetsIt(String accept) {
        assertOk(call(mvc, "POST", like(name), token).header("Accept", accept).exchange(), liked(true, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,'','POST,PUT,DELETE'",
        "PATCH,'','POST,PUT,DELETE'",
        "HEAD,'','POST,PUT,DELETE'",
        "POST,/status,'GET,HEAD'",
        "DELETE,/status,'GET,HEAD'",
        "PUT,/count,'GET,HEAD'"
    })
    void unsupportedMethodNeedsATokenAndIsAnsweredWithTheSupportedOnes(String method, String call, String allowed) {
        String path = like(name) + call;
        MvcTestResult response = send(method, path);
        assertProblem(response, Problem.METHOD_NOT_ALLOWED, path);
        assertThat(response.getResponse().getHeader("Allow").split(", ?"))
                .containsExactlyInAnyOrder(allowed.split(","));
        assertProblem(call(mvc, method, path).exchange(), Problem.UNAUTHENTICATED, path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/v2",
                "/v2/characters/a",
                "/v2/characters/a/like/",
                "/v2/characters/a/like/status/",
                "/v2/characters/a/like/count/",
                "/v2/characters/a/like/nothing",
                "/v2/characters/a/b/like",
                "/v2/characters/a/LIKE",
                "/v2/characters/a/like/count.json",
                "/v1/characters/a/like"
            })
    void unknownPathIsNotFoundWithATokenAndUnauthenticatedWithout(String rest) {
        String path = "/api" + rest;
        assertProblem(send("GET", path), Problem.NOT_FOUND, path);
        assertProblem(call(mvc, "GET", path).exchange(), Problem.UNAUTHENTICATED, path);
    }
}
