package maple.like.adapter.web;

import static maple.like.adapter.web.Api.badRequest;
import static maple.like.adapter.web.Api.call;
import static maple.like.adapter.web.Api.count;
import static maple.like.adapter.web.Api.counted;
import static maple.like.adapter.web.Api.encode;
import static maple.like.adapter.web.Api.freshAccount;
import static maple.like.adapter.web.Api.like;
import static maple.like.adapter.web.Api.likeEncoded;
import static maple.like.adapter.web.Api.liked;
import static maple.like.adapter.web.Api.methodNotAllowed;
import static maple.like.adapter.web.Api.noToken;
import static maple.like.adapter.web.Api.notFound;
import static maple.like.adapter.web.Api.notLiked;
import static maple.like.adapter.web.Api.problem;
import static maple.like.adapter.web.Api.status;
import static maple.like.adapter.web.Api.unavailable;
import static maple.like.adapter.web.InMemoryLikes.freshName;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
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
import org.springframework.test.web.servlet.assertj.MvcTestResultAssert;

@SpringBootTest
@AutoConfigureMockMvc
@ExtendWith(OutputCaptureExtension.class)
class LikeControllerTest {
    @Autowired
    MockMvcTester mvc;

    @Autowired
    InMemoryLikes likes;

    final String account = freshAccount();
    final String name = freshName();
    final Token token = Token.of(account);

    MvcTestResultAssert answerTo(String method, String path) {
        return assertThat(call(mvc, method, path, token).exchange());
    }

    @Test
    void firstToggleLikesAndTheSecondUndoesIt() {
        answerTo("POST", like(name)).hasStatus(200).bodyText().isEqualTo(liked(1));
        answerTo("POST", like(name)).hasStatus(200).bodyText().isEqualTo(notLiked(0));
    }

    @Test
    void putLikesHoweverOftenItIsRepeated() {
        answerTo("PUT", like(name)).hasStatus(200).bodyText().isEqualTo(liked(1));
        answerTo("PUT", like(name)).hasStatus(200).bodyText().isEqualTo(liked(1));
    }

    @Test
    void deleteUnlikesHoweverOftenItIsRepeated() {
        answerTo("PUT", like(name)).hasStatus(200);
        answerTo("DELETE", like(name)).hasStatus(200).bodyText().isEqualTo(notLiked(0));
        answerTo("DELETE", like(name)).hasStatus(200).bodyText().isEqualTo(notLiked(0));
    }

    @Test
    void likeCountHoldsTheLikesOfAllAccounts() {
        assertThat(call(mvc, "POST", like(name), Token.of(freshAccount())).exchange())
                .hasStatus(200);
        answerTo("POST", like(name)).bodyText().isEqualTo(liked(2));
        answerTo("GET", count(name)).bodyText().isEqualTo(counted(2));
    }

    @Test
    void statusIsTheCallersOwn() {
        assertThat(call(mvc, "POST", like(name), Token.of(freshAccount())).exchange())
                .hasStatus(200);
        answerTo("GET", status(name)).hasStatus(200).bodyText().isEqualTo(notLiked(1));
        answerTo("POST", like(name)).hasStatus(200);
        answerTo("GET", status(name)).hasStatus(200).bodyText().isEqualTo(liked(2));
    }

    @Test
    void countNeedsNoToken() {
        answerTo("POST", like(name)).hasStatus(200);
        assertThat(call(mvc, "GET", count(name)).exchange())
                .hasStatus(200)
                .bodyText()
                .isEqualTo(counted(1));
        assertThat(call(mvc, "HEAD", count(name)).exchange()).hasStatus(200);
    }

    @ParameterizedTest
    @CsvSource({"POST,''", "PUT,''", "DELETE,''", "GET,/status", "GET,/count"})
    void answersAreJsonThatNobodyKeeps(String method, String call) {
        answerTo(method, like(name) + call)
                .hasStatus(200)
                .hasHeader("Content-Type", "application/json")
                .hasHeader("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
                .doesNotContainHeader("Set-Cookie");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE"})
    void ownCharacterCannotBeLiked(String method) {
        List<String> owned = List.of("another", InMemoryLikes.ocidOf(name).value());
        assertThat(call(mvc, method, like(name), token.with("ocids", owned)).exchange())
                .hasStatus(403)
                .hasHeader("Content-Type", "application/problem+json")
                .bodyText()
                .isEqualTo(problem(
                        403,
                        "Forbidden",
                        "A character of one's own cannot be liked.",
                        like(name),
                        "SELF_LIKE_NOT_ALLOWED"));
        answerTo("GET", count(name)).bodyText().isEqualTo(counted(0));
    }

    @ParameterizedTest
    @CsvSource({"POST,''", "PUT,''", "DELETE,''", "GET,/status", "GET,/count"})
    void unknownCharacterIsNotFound(String method, String call) {
        String path = like(InMemoryLikes.NOBODY) + call;
        answerTo(method, path)
                .hasStatus(404)
                .hasHeader("Content-Type", "application/problem+json")
                .bodyText()
                .isEqualTo(
                        problem(404, "Not Found", "There is no character of this name.", path, "CHARACTER_NOT_FOUND"));
    }

    @ParameterizedTest
    @CsvSource({"POST,''", "PUT,''", "DELETE,''", "GET,/status", "GET,/count"})
    void outageIsSaidAndTheClientToldWhenToRetryAndTheLogStaysQuiet(String method, String call, CapturedOutput output) {
        String path = like(InMemoryLikes.OUTAGE) + call;
        answerTo(method, path)
                .hasStatus(503)
                .hasHeader("Content-Type", "application/problem+json")
                .hasHeader("Retry-After", "3")
                .bodyText()
                .isEqualTo(unavailable(path));
        assertThat(output).doesNotContain("StoreUnavailableException", "Failures");
    }

    @ParameterizedTest
    @CsvSource({"POST,''", "PUT,''", "DELETE,''", "GET,/status"})
    void anOperatorThatDoesNotSayIsAProblemOfItsOwnAndTheLogStaysQuiet(
            String method, String call, CapturedOutput output) {
        String path = like(InMemoryLikes.LOOKUP_OUTAGE) + call;
        answerTo(method, path)
                .hasStatus(503)
                .hasHeader("Content-Type", "application/problem+json")
                .hasHeader("Retry-After", "3")
                .bodyText()
                .isEqualTo(problem(
                        503,
                        "Service Unavailable",
                        "Whether there is a character of this name cannot be found out right now.",
                        path,
                        "CHARACTER_LOOKUP_UNAVAILABLE"));
        assertThat(output).doesNotContain("CharacterLookupUnavailableException", "Failures");
    }

    static Stream<Arguments> names() {
        return Stream.of(
                Arguments.of("%EC%95%84%EB%8D%B8", "아델"),
                Arguments.of(encode(Normalizer.normalize("아델", Normalizer.Form.NFD)), "아델"),
                Arguments.of("%20%EC%95%84%EB%8D%B8%09%20", "아델"),
                Arguments.of("%E3%80%80%EC%95%84%EB%8D%B8%E3%80%80", "아델"),
                Arguments.of("two%20words", "two words"),
                Arguments.of("a.b", "a.b"),
                Arguments.of("...", "..."),
                Arguments.of("a+b", "a+b"),
                Arguments.of("%C3%A9t%C3%A9", "été"),
                Arguments.of("%F0%9F%8D%81", "🍁"),
                Arguments.of("!$&'()*,:=@_~-", "!$&'()*,:=@_~-"),
                Arguments.of("%3F%23%22%3C%3E%5B%5D%7B%7C%7D%60%5E", "?#\"<>[]{|}`^"),
                Arguments.of("%F0%9F%8D%81".repeat(64), "🍁".repeat(64)),
                Arguments.of("like", "like"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void pathHoldsTheNamePercentEncodedAndWhiteSpaceAroundItIsDropped(String encoded, String expected) {
        answerTo("PUT", likeEncoded(encoded)).hasStatus(200);
        assertThat(likes.status(new AccountId(account), new CharacterName(expected)))
                .map(LikeStatus::liked)
                .contains(true);
    }

    static Stream<Arguments> impossibleNames() {
        return Stream.of(
                Arguments.of("%20", "A character name has 1 to 64 characters: \\\"\\\""),
                Arguments.of("%E3%80%80", "A character name has 1 to 64 characters: \\\"\\\""),
                Arguments.of("x".repeat(65), "A character name has 1 to 64 characters: \\\"" + "x".repeat(65) + "\\\""),
                Arguments.of("a%07b", "A character name must not hold control characters: \\\"a\\\\u0007b\\\""),
                Arguments.of("a%7Fb", "A character name must not hold control characters: \\\"a\\\\u007fb\\\""),
                Arguments.of("a%C2%85b", "A character name must not hold control characters: \\\"a\\\\u0085b\\\""));
    }

    @ParameterizedTest
    @MethodSource("impossibleNames")
    void impossibleNameIsRefusedWithTheReason(String encoded, String detail) {
        for (String call : List.of("", "/status", "/count")) {
            String path = likeEncoded(encoded) + call;
            answerTo(call.isEmpty() ? "POST" : "GET", path)
                    .hasStatus(400)
                    .hasHeader("Content-Type", "application/problem+json")
                    .bodyText()
                    .isEqualTo(problem(400, "Bad Request", detail, path, "INVALID_CHARACTER_NAME"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a%2Fb", "a%2fb", "a;b", "a%3Bb", "a%25b", "a%5Cb", "a%2Eb", "..", "%2e%2e", ".", "", "a%00b", "a%0Ab",
                "a%0Db"
            })
    void pathThatMightMeanTwoThingsIsRefusedBeforeAnythingElse(String encoded) {
        String path = likeEncoded(encoded);
        answerTo("POST", path)
                .hasStatus(400)
                .hasHeader("Content-Type", "application/problem+json")
                .hasHeader("Cache-Control", "no-store")
                .bodyText()
                .isEqualTo(badRequest(path));
    }

    static Stream<Arguments> bodies() {
        return Stream.of("POST", "PUT", "DELETE")
                .flatMap(method -> Stream.of(
                        Arguments.of(method, "application/json", "{\"liked\":"),
                        Arguments.of(method, "application/json", ""),
                        Arguments.of(method, "text/xml", "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]>"),
                        Arguments.of(method, "application/x-www-form-urlencoded", "_method=DELETE&%zz"),
                        Arguments.of(method, "multipart/form-data", "no boundary"),
                        Arguments.of(method, "application/octet-stream", "\0\1\2")));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void bodyIsNotReadWhateverItIs(String method, String contentType, String body) {
        assertThat(call(mvc, method, like(name), token)
                        .header("Content-Type", contentType)
                        .content(body.getBytes(StandardCharsets.UTF_8))
                        .exchange())
                .hasStatus(200)
                .bodyText()
                .isEqualTo(method.equals("DELETE") ? notLiked(0) : liked(1));
    }

    @Test
    void malformedContentTypeIsNotReadEither() {
        assertThat(call(mvc, "POST", like(name), token)
                        .header("Content-Type", "nonsense")
                        .content("x")
                        .exchange())
                .hasStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/xml", "nonsense"})
    void changesNothingForAClientThatDoesNotAcceptTheAnswer(String accept) {
        assertThat(call(mvc, "POST", like(name), token).header("Accept", accept).exchange())
                .hasStatus(406)
                .hasHeader("Content-Type", "application/problem+json")
                .bodyText()
                .isEqualTo(problem(
                        406,
                        "Not Acceptable",
                        "The answer is JSON, which the request does not accept.",
                        like(name),
                        "NOT_ACCEPTABLE"));
        assertThat(likes.count(new CharacterName(name))).contains(LikeCount.ZERO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/*", "application/json", "text/html, application/json;q=0.1"})
    void answersWhoeverAcceptsJson(String accept) {
        assertThat(call(mvc, "POST", like(name), token).header("Accept", accept).exchange())
                .hasStatus(200)
                .bodyText()
                .isEqualTo(liked(1));
    }

    @Test
    void problemIsSentToClientsThatDoNotAcceptItToo() {
        assertThat(call(mvc, "GET", status(InMemoryLikes.NOBODY), token)
                        .header("Accept", "application/json")
                        .exchange())
                .hasStatus(404)
                .hasHeader("Content-Type", "application/problem+json");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,'','POST,PUT,DELETE'",
        "PATCH,'','POST,PUT,DELETE'",
        "HEAD,'','POST,PUT,DELETE'",
        "POST,/status,GET",
        "DELETE,/status,GET",
        "PUT,/count,GET"
    })
    void wrongMethodIsAnsweredWithTheRightOnes(String method, String call, String allowed) {
        String path = like(name) + call;
        var answer = call(mvc, method, path, token).exchange();
        assertThat(answer).hasStatus(405);
        assertThat(answer.getResponse().getHeader("Allow").split(", ?")).containsExactlyInAnyOrder(allowed.split(","));
        assertThat(answer).bodyText().isEqualTo(methodNotAllowed(path));
    }

    @ParameterizedTest
    @CsvSource({"GET,''", "PATCH,''", "POST,/count", "OPTIONS,''"})
    void wrongMethodWithoutATokenIsUnauthenticatedFirst(String method, String call) {
        assertThat(call(mvc, method, like(name) + call).exchange())
                .hasStatus(401)
                .bodyText()
                .isEqualTo(noToken(like(name) + call));
    }

    @Test
    void optionsNameTheMethods() {
        var answer = call(mvc, "OPTIONS", like(name), token).exchange();
        assertThat(answer).hasStatus(200);
        assertThat(answer.getResponse().getHeader("Allow").split(","))
                .containsExactlyInAnyOrder("POST", "PUT", "DELETE", "OPTIONS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api",
                "/api/v2",
                "/api/v2/characters/a",
                "/api/v2/characters/a/like/",
                "/api/v2/characters/a/like/nothing",
                "/api/v2/characters/a/b/like",
                "/api/v2/characters/a/LIKE",
                "/api/v2/characters/a/like/count.json",
                "/api/v1/characters/a/like"
            })
    void unknownPathIsNotFoundForThoseWithATokenAndUnauthenticatedForOthers(String path) {
        answerTo("GET", path)
                .hasStatus(404)
                .hasHeader("Content-Type", "application/problem+json")
                .bodyText()
                .isEqualTo(notFound(path));
        assertThat(call(mvc, "GET", path).exchange()).hasStatus(401).bodyText().isEqualTo(noToken(path));
    }

    @Test
    void queryIsIgnoredAndNotRepeated() {
        answerTo("POST", like(name) + "?liked=false&_method=DELETE&format=xml")
                .hasStatus(200)
                .bodyText()
                .isEqualTo(liked(1));
        answerTo("POST", like(InMemoryLikes.OUTAGE) + "?secret=1")
                .hasStatus(503)
                .bodyText()
                .isEqualTo(unavailable(like(InMemoryLikes.OUTAGE)));
    }
}
