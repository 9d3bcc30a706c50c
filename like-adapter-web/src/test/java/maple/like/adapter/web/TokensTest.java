package maple.like.adapter.web;

import static maple.like.adapter.web.Api.call;
import static maple.like.adapter.web.Api.count;
import static maple.like.adapter.web.Api.freshAccount;
import static maple.like.adapter.web.Api.like;
import static maple.like.adapter.web.Api.liked;
import static maple.like.adapter.web.Api.noToken;
import static maple.like.adapter.web.Api.problem;
import static maple.like.adapter.web.Api.unauthenticated;
import static maple.like.adapter.web.InMemoryLikes.freshName;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.mock.web.MockCookie;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@SpringBootTest
@AutoConfigureMockMvc
@ExtendWith(OutputCaptureExtension.class)
class TokensTest {
    private static final String INVALID = "The bearer token is not valid, or not valid now.";
    private static final String NOT_OCIDS = "The claim \\\"ocids\\\" is not an array of OCIDs.";
    private static final String NOT_AN_ACCOUNT = "The claim \\\"sub\\\" is not an account id.";
    private static final String NO_ACCOUNT = "The claim \\\"sub\\\" is missing.";

    @Autowired
    MockMvcTester mvc;

    @Autowired
    InMemoryLikes likes;

    final String name = freshName();
    final String account = freshAccount();

    static Token token() {
        return Token.of("account-of-someone");
    }

    static Arguments refused(String why, Object token, String detail) {
        return Arguments.of(why, token.toString(), detail);
    }

    static Stream<Arguments> refusedTokens() {
        Duration justTooMuch = Token.SKEW.plusSeconds(1);
        return Stream.of(
                refused("no signature", token().withHeader("alg", "none").unsigned(), INVALID),
                refused(
                        "no signature, spelt otherwise",
                        token().withHeader("alg", "NONE").unsigned(),
                        INVALID),
                refused("signature cut off", token().unsigned(), INVALID),
                refused(
                        "signed with another secret",
                        token().signedWith("another secret of thirty-two bytes"),
                        INVALID),
                refused("signed with nothing", token().signedWith("\0"), INVALID),
                refused("claims changed", withOtherClaims(token(), token().with("sub", "someone-else")), INVALID),
                refused("another algorithm", token().withHeader("alg", "RS256").rsa(), INVALID),
                refused("another algorithm in name", token().withHeader("alg", "RS256"), INVALID),
                refused("a longer hash", token().withHeader("alg", "HS512").hmac("HmacSHA512"), INVALID),
                refused("a longer hash in name", token().withHeader("alg", "HS512"), INVALID),
                refused("no algorithm", new Token(Map.of("typ", "JWT"), token().claims(), Token.SECRET), INVALID),
                refused("critical header unknown here", token().withHeader("crit", List.of("unheard-of")), INVALID),
                refused("another type of token", token().withHeader("typ", "logout+jwt"), INVALID),
                refused("not a token", "nonsense", INVALID),
                refused("two words", "two words", INVALID),
                refused("dots alone", "..", INVALID),
                refused("text that is not ASCII", "단풍.단풍.단풍", INVALID),
                refused("expired", token().with("exp", Token.NOW.minus(justTooMuch)), INVALID),
                refused("not yet valid", token().with("nbf", Token.NOW.plus(justTooMuch)), INVALID),
                refused("never expires", token().without("exp"), INVALID),
                refused("expiry is no time", token().with("exp", "tomorrow"), INVALID),
                refused("another audience", token().with("aud", List.of("others")), INVALID),
                refused("no audience", token().without("aud"), INVALID),
                refused("another issuer", token().with("iss", "https://login.example.org"), INVALID),
                refused("no issuer", token().without("iss"), INVALID),
                refused("no account", token().without("sub"), NO_ACCOUNT),
                refused("empty account", token().with("sub", ""), NOT_AN_ACCOUNT),
                refused("account with a space", token().with("sub", "a b"), NOT_AN_ACCOUNT),
                refused("account with a line break", token().with("sub", "a\nb"), NOT_AN_ACCOUNT),
                refused("account too long", token().with("sub", "a".repeat(256)), NOT_AN_ACCOUNT),
                refused("characters as text", token().with("ocids", "abc"), NOT_OCIDS),
                refused("characters as object", token().with("ocids", Map.of("abc", true)), NOT_OCIDS),
                refused("characters as number", token().with("ocids", 7), NOT_OCIDS),
                refused("characters with a number", token().with("ocids", List.of("abc", 7)), NOT_OCIDS),
                refused("characters with null", token().with("ocids", Arrays.asList("abc", null)), NOT_OCIDS),
                refused("characters with an array", token().with("ocids", List.of(List.of("abc"))), NOT_OCIDS),
                refused("characters with no OCID", token().with("ocids", List.of("a:b")), NOT_OCIDS),
                refused("characters with an empty OCID", token().with("ocids", List.of("")), NOT_OCIDS),
                refused(
                        "bound to a key",
                        token().with("cnf", Map.of("jkt", "thumbprint")),
                        "The claim \\\"cnf\\\" binds the token to a key: it is no bearer token."),
                refused("empty", "", "The bearer token is empty."));
    }

    private static String withOtherClaims(Token signed, Token other) {
        String[] parts = signed.toString().split("\\.");
        return parts[0] + "." + other.toString().split("\\.")[1] + "." + parts[2];
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedTokens")
    void tokenIsRefusedAndNotLogged(String why, String token, String detail, CapturedOutput output) {
        assertThat(call(mvc, "POST", like(name), token).exchange())
                .hasStatus(401)
                .hasHeader("Content-Type", "application/problem+json")
                .hasHeader("Cache-Control", "no-store")
                .hasHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"")
                .bodyText()
                .isEqualTo(unauthenticated(detail, like(name)));
        assertThat(likes.count(new CharacterName(name))).contains(LikeCount.ZERO);
        if (token.contains(".") && token.length() > 9) {
            assertThat(output).doesNotContain(token).doesNotContain(token.split("\\.")[1]);
        }
    }

    @Test
    void refusedTokenIsNotExcusedWhereNoneIsNeeded() {
        assertThat(call(mvc, "GET", count(name), "nonsense").exchange())
                .hasStatus(401)
                .bodyText()
                .isEqualTo(unauthenticated(INVALID, count(name)));
    }

    static Stream<Arguments> goodTokens() {
        return Stream.of(
                Arguments.of("all claims", token()),
                Arguments.of("expired by less than the skew", token().with("exp", Token.NOW.minusSeconds(59))),
                Arguments.of("valid within the skew", token().with("nbf", Token.NOW.plusSeconds(59))),
                Arguments.of("valid already", token().with("nbf", Token.NOW.minusSeconds(59))),
                Arguments.of("no type", new Token(Map.of("alg", "HS256"), token().claims(), Token.SECRET)),
                Arguments.of("one audience as text", token().with("aud", Token.AUDIENCE)),
                Arguments.of("several audiences", token().with("aud", List.of("others", Token.AUDIENCE))),
                Arguments.of("no characters", token().with("ocids", List.of())),
                Arguments.of("a character twice", token().with("ocids", List.of("abc", "abc"))),
                Arguments.of("scope of an unknown form", token().with("scope", List.of(7))),
                Arguments.of("account as a number", token().with("sub", 42)),
                Arguments.of("account not ASCII", token().with("sub", "계정")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goodTokens")
    void tokenIsAccepted(String why, Token token) {
        assertThat(call(mvc, "POST", like(name), token).exchange())
                .hasStatus(200)
                .bodyText()
                .isEqualTo(liked(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bearer ", "BEARER ", "Bearer   "})
    void schemeIsReadAsTheStandardSays(String scheme) {
        assertThat(call(mvc, "POST", like(name))
                        .header("Authorization", scheme + Token.of(account))
                        .exchange())
                .hasStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic dXNlcjpwYXNz", "Bearerx y", "DPoP abc", "Digest", ""})
    void anotherSchemeCountsAsNoToken(String header) {
        assertThat(call(mvc, "POST", like(name)).header("Authorization", header).exchange())
                .hasStatus(401)
                .hasHeader("WWW-Authenticate", "Bearer")
                .bodyText()
                .isEqualTo(noToken(like(name)));
    }

    @Test
    void tokenInAQueryOrFormOrCookieCountsAsNone() {
        String token = Token.of(account).toString();
        assertThat(call(mvc, "POST", like(name) + "?access_token=" + token).exchange())
                .hasStatus(401)
                .hasHeader("WWW-Authenticate", "Bearer")
                .bodyText()
                .isEqualTo(noToken(like(name)));
        assertThat(call(mvc, "POST", like(name))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .content("access_token=" + token)
                        .exchange())
                .hasStatus(401);
        assertThat(call(mvc, "POST", like(name))
                        .cookie(new MockCookie("access_token", token))
                        .exchange())
                .hasStatus(401);
    }

    @Test
    void noTokenIsUnauthenticatedWithoutASession() {
        var answer = call(mvc, "POST", like(name)).exchange();
        assertThat(answer)
                .hasStatus(401)
                .hasHeader("WWW-Authenticate", "Bearer")
                .doesNotContainHeader("Set-Cookie")
                .bodyText()
                .isEqualTo(noToken(like(name)));
        assertThat(answer.getRequest().getSession(false)).isNull();
    }

    @Test
    void tokenIsNotRememberedForTheNextRequest() {
        var answer = call(mvc, "POST", like(name), Token.of(account)).exchange();
        assertThat(answer).hasStatus(200).doesNotContainHeader("Set-Cookie");
        assertThat(answer.getRequest().getSession(false)).isNull();
        assertThat(call(mvc, "POST", like(name)).exchange()).hasStatus(401);
    }

    @Test
    void keysOutOfReachAreAnOutageAndNoFaultOfTheCaller() {
        assertThat(call(mvc, "POST", like(name), TestApplication.KEYS_AWAY).exchange())
                .hasStatus(503)
                .hasHeader("Retry-After", "3")
                .bodyText()
                .isEqualTo(problem(
                        503,
                        "Service Unavailable",
                        "Tokens cannot be checked right now.",
                        like(name),
                        "LIKES_UNAVAILABLE"));
    }

    @Test
    void chainOfTheImporterOpensToAScopeAndRefusesOthersTheSameWay() {
        Token token = Token.of(account);
        String path = "/operators/tools";
        assertThat(call(mvc, "GET", path, token.with("scope", "read operator")).exchange())
                .hasStatus(200)
                .bodyText()
                .isEqualTo("tools");
        String forbidden = problem(403, "Forbidden", "The token does not allow this.", path, "FORBIDDEN");
        for (String scope : List.of("", "read", "operators", "OPERATOR", "SCOPE_operator")) {
            assertThat(call(mvc, "GET", path, token.with("scope", scope)).exchange())
                    .hasStatus(403)
                    .hasHeader("Content-Type", "application/problem+json")
                    .bodyText()
                    .isEqualTo(forbidden);
        }
        assertThat(call(mvc, "GET", path, token).exchange()).hasStatus(403);
        assertThat(call(mvc, "GET", path).exchange()).hasStatus(401).bodyText().isEqualTo(noToken(path));
    }

    @Test
    void controllerThatDeniesIsAnsweredAsTheFiltersWould() {
        assertThat(call(mvc, "GET", "/api/test/denied", Token.of(account)).exchange())
                .hasStatus(403)
                .bodyText()
                .isEqualTo(
                        problem(403, "Forbidden", "The token does not allow this.", "/api/test/denied", "FORBIDDEN"));
    }
}
