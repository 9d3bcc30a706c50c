package maple.like.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import maple.like.domain.AccountId;
import maple.like.domain.Liker;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.Test;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;

class LikerConverterTest {
    final LikerConverter converter = new LikerConverter();
    final Jwt.Builder token = Jwt.withTokenValue("the.token.itself")
            .header("alg", "RS256")
            .subject("account-1234")
            .expiresAt(Token.NOW);

    @Test
    void tokenOfAnyDecoderIsRefusedIfItNeverExpires() {
        Jwt endless = token.claims(claims -> claims.remove("exp")).build();
        assertThatThrownBy(() -> converter.convert(endless)).hasMessage("The claim \"exp\" is missing.");
    }

    @Test
    void subjectIsTheAccountAndOcidsAreItsCharacters() {
        Liker liker = converter
                .convert(token.claim("ocids", List.of("one", "two")).build())
                .getPrincipal();
        assertThat(liker).isEqualTo(new Liker(new AccountId("account-1234"), Set.of(new Ocid("one"), new Ocid("two"))));
    }

    @Test
    void wordsOfTheScopeAreAuthorities() {
        assertThat(converter
                        .convert(token.claim("scope", " operator  read ").build())
                        .getAuthorities())
                .extracting(GrantedAuthority::getAuthority)
                .containsExactly("SCOPE_operator", "SCOPE_read");
        assertThat(converter
                        .convert(token.claim("scope", List.of("operator")).build())
                        .getAuthorities())
                .isEmpty();
    }

    @Test
    void callerIsAuthenticatedAndShowsNeitherAccountNorToken() {
        LikerAuthentication caller = converter.convert(token.build());
        assertThat(caller.isAuthenticated()).isTrue();
        assertThat(caller.getName()).isEqualTo("ac***34");
        assertThat(caller.toString()).doesNotContain("account-1234", "the.token.itself");
        assertThat(caller.getCredentials()).isEmpty();
    }
}
