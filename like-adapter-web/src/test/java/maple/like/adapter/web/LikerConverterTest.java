package maple.like.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.Jwt;

/** Tests what {@link TokensTest} cannot show over HTTP. */
class LikerConverterTest {
    final LikerConverter converter = new LikerConverter();
    final Jwt.Builder token = Jwt.withTokenValue("the.token.itself")
            .header("alg", "RS256")
            .subject("account-1234")
            .expiresAt(Token.NOW);

    @Test
    void tokenOfAnyDecoderIsRefusedWithoutExpiry() {
        Jwt endless = token.claims(claims -> claims.remove("exp")).build();
        assertThatThrownBy(() -> converter.convert(endless)).hasMessage("The claim \"exp\" is missing.");
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
