package maple.like.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import maple.like.domain.AccountId;
import maple.like.domain.Liker;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;

/** Tests what {@link TokensTest} cannot show over HTTP. */
class LikerConverterTest {
    final LikerConverter converter = new LikerConverter(WebSettings.defaults().claims());
    final Jwt.Builder token = Jwt.withTokenValue("the.token.itself")
            .header("alg", "RS256")
            .subject("account-1234")
            .expiresAt(Token.NOW);

    @Test
    void tokenOfAnyDecoderIsRefusedWithoutExpiry() {
        Jwt endless = token.claims(claims -> claims.remove("exp")).build();
        assertThatThrownBy(() -> converter.convert(endless)).hasMessage("The claim \"exp\" is missing.");
    }

    LikerAuthentication convert(WebSettings.Claims settings, String claim, Object value) {
        return new LikerConverter(settings).convert(token.claim(claim, value).build());
    }

    static Stream<Arguments> scopes() {
        return Stream.of(
                Arguments.of("scope", " read  operator "),
                Arguments.of("scope", List.of("read", "operator")),
                Arguments.of("scp", "operator"),
                Arguments.of("scp", List.of("operator", 7)),
                Arguments.of("realm_access", Map.of("roles", List.of("operator"))));
    }

    @ParameterizedTest
    @MethodSource("scopes")
    void scopesAreTakenAsProvidersSendThem(String claim, Object value) {
        WebSettings.Claims settings = new WebSettings.Claims("sub", "ocids", "realm_access.roles");
        assertThat(convert(settings, claim, value).getAuthorities())
                .extracting(GrantedAuthority::getAuthority)
                .contains("SCOPE_operator");
    }

    @Test
    void accountAndCharactersAreWhereTheSettingsSay() {
        WebSettings.Claims settings = new WebSettings.Claims("game.account", "https://game.example/claims.ocids", null);
        token.claim("game", Map.of("account", 42L));
        Liker expected = new Liker(new AccountId("42"), Set.of(new Ocid("abc"), new Ocid("def")));
        for (Object owned : List.of(List.of("abc", "def"), " abc  def ")) {
            assertThat(convert(settings, "https://game.example/claims", Map.of("ocids", owned))
                            .getPrincipal())
                    .isEqualTo(expected);
            assertThat(convert(settings, "https://game.example/claims.ocids", owned)
                            .getPrincipal())
                    .isEqualTo(expected);
            token.claims(claims -> claims.remove("https://game.example/claims.ocids"));
        }
        token.claims(claims -> claims.remove("game"));
        assertThatThrownBy(() -> convert(settings, "game.other", "x"))
                .hasMessage("The claim \"game.account\" is missing.");
    }

    @Test
    void authenticationRevealsNeitherAccountNorToken() {
        LikerAuthentication caller = converter.convert(token.build());
        assertThat(caller.isAuthenticated()).isTrue();
        assertThat(caller.getName()).isEqualTo("ac***34");
        assertThat(caller.toString()).doesNotContain("account-1234", "the.token.itself");
        assertThat(caller.getCredentials()).isEmpty();
    }
}
