package maple.like.adapter.web;

import static maple.like.adapter.web.Api.assertOk;
import static maple.like.adapter.web.Api.assertProblem;
import static maple.like.adapter.web.Api.call;
import static maple.like.adapter.web.Api.count;
import static maple.like.adapter.web.Api.freshAccount;
import static maple.like.adapter.web.Api.like;
import static maple.like.adapter.web.Api.liked;
import static maple.like.adapter.web.StubLikes.freshName;
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
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@SpringBootTest
@AutoConfigureMockMvc
@ExtendWith(OutputCaptureExtension.class)
class TokensTest {
    private static final String INVALID = "The bearer token is invalid or expired.";
    private static final String EXPIRES_TOO_EARLY = "The claim \\\"exp\\\" is not after \\\"iat\\\".";
    private static final String NOT_OCIDS = "The claim \\\"ocids\\\" is not an array of OCIDs.";
    private static final String NOT_AN_ACCOUNT = "The claim \\\"sub\\\" is not an account id.";
    private static final String BOUND = "The claim \\\"cnf\\\" binds the token to a key, so it is no bearer token.";

    @Autowired
    MockMvcTester mvc;

    @Autowired
    StubLikes likes;

    final String name = freshName();
    final String account = freshAccount();

    static Token token() {
        return Token.of("account");
    }

    static Arguments invalid(String why, Object token) {
        return refused(why, token, INVALID);
    }

    static Arguments refused(String why, Object token, String detail) {
        return Arguments.of(why, token.toString(), detail);
    }

    static Stream<Arguments> refusedTokens() {
        Duration tooMuch = Token.SKEW.plusSeconds(1);
        return Stream.of(
                invalid("no signature", token().withHeader("alg", "none").unsigned()),
                invalid(
                        "no signature in capitals",
                        token().withHeader("alg", "NONE").unsigned()),
                invalid("signature cut off", token().unsigned()),
                invalid("another secret", token().signedWith("another secret of thirty-two bytes")),
                invalid("empty secret", token().signedWith("\0")),
                invalid("claims changed", withOtherClaims(token(), token().with("sub", "other"))),
                invalid("another algorithm", token().withHeader("alg", "RS256").rsa()),
                invalid("another algorithm in name", token().withHeader("alg", "RS256")),
                invalid("a longer hash", token().withHeader("alg", "HS512").hmac("HmacSHA512")),
                invalid("a longer hash in name", token().withHeader("alg", "HS512")),
                invalid("no algorithm", new Token(Map.of("typ", "JWT"), token().claims(), Token.SECRET)),
                invalid("unknown critical header", token().withHeader("crit", List.of("unheard-of"))),
                invalid("another type of token", token().withHeader("typ", "logout+jwt")),
                invalid("a type of another media type", token().withHeader("typ", "text/jwt")),
                invalid("encrypted", token().withHeader("alg", "dir").withHeader("enc", "A128GCM")),
                invalid("no token", "nonsense"),
                invalid("two words", "two words"),
                invalid("not ASCII", "단풍.단풍.단풍"),
                invalid("expired", token().with("exp", Token.NOW.minus(tooMuch))),
                invalid("not yet valid", token().with("nbf", Token.NOW.plus(tooMuch))),
                refused("never expires", token().without("exp"), "The claim \\\"exp\\\" is missing."),
                refused(
                        "issued at its expiry",
                        token().with("iat", Token.NOW).with("exp", Token.NOW),
                        EXPIRES_TOO_EARLY),
                refused("issued in milliseconds", token().with("iat", Token.NOW.toEpochMilli()), EXPIRES_TOO_EARLY),
                refused(
                        "expires after the end of time",
                        token().with("iat", Token.NOW).with("exp", Long.MAX_VALUE),
                        EXPIRES_TOO_EARLY),
                invalid("breaks the decoder", TestApplication.BREAKING),
                invalid("another audience", token().with("aud", List.of("others"))),
                invalid("no audience", token().without("aud")),
                invalid("another issuer", token().with("iss", "https://login.example.org")),
                invalid("no issuer", token().without("iss")),
                refused("no account", token().without("sub"), "The claim \\\"sub\\\" is missing."),
                refused("account with a space", token().with("sub", "a b"), NOT_AN_ACCOUNT),
                refused("account too long", token().with("sub", "a".repeat(256)), NOT_AN_ACCOUNT),
                refused("characters as a number", token().with("ocids", 7), NOT_OCIDS),
                refused("characters as a text with commas", token().with("ocids", "abc,def"), NOT_OCIDS),
                invalid("account as a list", token().with("sub", List.of("a"))),
                refused("a number as character", token().with("ocids", List.of("abc", 7)), NOT_OCIDS),
                refused("null as character", token().with("ocids", Arrays.asList("abc", null)), NOT_OCIDS),
                refused("no OCID", token().with("ocids", List.of("a:b")), NOT_OCIDS),
                refused("bound to a key", token().with("cnf", Map.of("jkt", "thumbprint")), BOUND),
                invalid("empty", ""));
    }

    private static String withOtherClaims(Token signed, Token other) {
        String[] parts = signed.toString().split("\\.");
        return parts[0] + "." + other.toString().split("\\.")[1] + "." + parts[2];
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedTokens")
    void tokenIsRefusedAndNotLogged(String why, String token, String detail, CapturedOutput output) {
        MvcTestResult response = call(mvc, "POST", like(name), token).exchange();
        assertProblem(response, Problem.UNAUTHENTICATED, detail, like(name));
        assertThat(response).hasHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"");
        assertThat(likes.count(new CharacterName(name))).contains(LikeCount.ZERO);
        if (token.contains(".") && token.length() > 9) {
            assertThat(output).doesNotContain(token).doesNotContain(token.split("\\.")[1]);
        }
    }

    @Test
    void invalidTokenIsRefusedEvenWhereNoneIsNeeded() {
        assertProblem(
                call(mvc, "GET", count(name), "nonsense").exchange(), Problem.UNAUTHENTICATED, INVALID, count(name));
    }

    static Stream<Arguments> goodTokens() {
        return Stream.of(
                Arguments.of("all claims", token()),
                Arguments.of("expired by less than the skew", token().with("exp", Token.NOW.minusSeconds(59))),
                Arguments.of("valid within the skew", token().with("nbf", Token.NOW.plusSeconds(59))),
                Arguments.of("valid already", token().with("nbf", Token.NOW.minusSeconds(59))),
                Arguments.of("no type", new Token(Map.of("alg", "HS256"), token().claims(), Token.SECRET)),
                Arguments.of("an access token of RFC 9068", token().withHeader("typ", "at+jwt")),
                Arguments.of("its media type", token().withHeader("typ", "application/at+JWT")),
                Arguments.of("a key id", token().withHeader("kid", "7")),
                Arguments.of("characters as text", token().with("ocids", "abc def")),
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
    void tokenIsAcceptedForThisRequestOnly(String why, Token token) {
        MvcTestResult response = call(mvc, "POST", like(name), token).exchange();
        assertOk(response, liked(true, 1));
        assertThat(response).doesNotContainHeader("Set-Cookie");
        assertThat(response.getRequest().getSession(false)).isNull();
        assertThat(call(mvc, "POST", like(name)).exchange()).hasStatus(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bearer ", "BEARER ", "Bearer   "})
    void schemeIsCaseInsensitive(String scheme) {
        assertThat(call(mvc, "POST", like(name))
                        .header("Authorization", scheme + Token.of(account))
                        .exchange())
                .hasStatus(200);
    }

    private void assertNoToken(MvcTestResult response, String path) {
        assertProblem(response, Problem.UNAUTHENTICATED, path);
        assertThat(response).hasHeader("WWW-Authenticate", "Bearer");
        assertThat(response.getRequest().getSession(false)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic dXNlcjpwYXNz", "Bearerx y", "DPoP abc", "Digest", ""})
    void anotherSchemeCountsAsNoToken(String header) {
        assertNoToken(
                call(mvc, "POST", like(name)).header("Authorization", header).exchange(), like(name));
    }

    /** The two of them differ in nothing but their speed. */
    @Test
    void aHeaderHasTheCharactersThatTheFirewallOfSpringSecurityAccepts() {
        StrictHttpFirewall theirs = new StrictHttpFirewall();
        HttpFirewall ours = new SecurityConfiguration().httpFirewall();
        for (String value : List.of("", "a b", "\t", "\u0000", "\n", "\u007f", "\u0085", "é", "\u0378", "가", "😀")) {
            assertThat(accepts(ours, value)).as(value).isEqualTo(accepts(theirs, value));
        }
    }

    private static boolean accepts(HttpFirewall firewall, String value) {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
        request.addHeader("A", value);
        try {
            return value.equals(firewall.getFirewalledRequest(request).getHeader("A"));
        } catch (RequestRejectedException rejected) {
            return false;
        }
    }

    @Test
    void onlyTheHeaderHoldsATokenAndWithoutOneTheRequestIsUnauthenticated() {
        String token = Token.of(account).toString();
        String path = like(name);
        assertNoToken(call(mvc, "POST", path).exchange(), path);
        assertNoToken(call(mvc, "POST", path + "?access_token=" + token).exchange(), path);
        assertNoToken(
                call(mvc, "POST", path)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .content("access_token=" + token)
                        .exchange(),
                path);
        assertNoToken(
                call(mvc, "POST", path)
                        .cookie(new MockCookie("access_token", token))
                        .exchange(),
                path);
    }

    @Test
    void outageOfTheIssuerIsNoFaultOfTheCaller() {
        assertProblem(
                call(mvc, "POST", like(name), TestApplication.UNVERIFIABLE).exchange(),
                Problem.LIKES_UNAVAILABLE,
                "Tokens cannot be verified right now; retry after the given time.",
                like(name));
    }

    @Test
    void chainOfTheImporterRequiresAScope() {
        Token token = Token.of(account);
        String path = "/operators/tools";
        assertOk(call(mvc, "GET", path, token.with("scope", " read  operator ")).exchange(), "tools");
        assertOk(call(mvc, "GET", path, token.with("scp", List.of("operator"))).exchange(), "tools");
        for (Object scope : List.of("", "read", "operators", "OPERATOR", "SCOPE_operator", List.of("read operator"))) {
            assertProblem(call(mvc, "GET", path, token.with("scope", scope)).exchange(), Problem.FORBIDDEN, path);
        }
        assertProblem(call(mvc, "GET", path, token).exchange(), Problem.FORBIDDEN, path);
        assertNoToken(call(mvc, "GET", path).exchange(), path);
    }
}
