package maple.like.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtDecoder;

class Hs256JwtDecodersTest {
    final Token token = Token.of("account-1");

    static JwtDecoder decoder(TokenRules rules) {
        return Hs256JwtDecoders.of(Token.SECRET, rules, Token.CLOCK);
    }

    @Test
    void secretShorterThanTheHashIsRefusedWithoutQuotingIt() {
        String secret = "thirty-one bytes of secret, no.";
        assertThatThrownBy(() -> Hs256JwtDecoders.of(secret, TokenRules.standard(), Token.CLOCK))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The secret has at least 32 bytes: 31 given");
    }

    @Test
    void secretIsMeasuredInBytes() {
        String secret = "열한글자의비밀열쇠이다";
        assertThat(secret).hasSize(11);
        assertThat(Hs256JwtDecoders.of(secret, Token.RULES, Token.CLOCK)
                        .decode(token.signedWith(secret).toString())
                        .getSubject())
                .isEqualTo("account-1");
    }

    @Test
    void standardRulesTakeAnyIssuerAndAudienceWithAMinuteOfSkew() {
        JwtDecoder decoder = decoder(TokenRules.standard());
        Token plain = token.without("iss").without("aud");
        assertThat(decoder.decode(plain.toString()).getSubject()).isEqualTo("account-1");
        assertThat(decoder.decode(plain.with("exp", Token.NOW.minusSeconds(59)).toString()))
                .isNotNull();
        assertThatThrownBy(() -> decoder.decode(
                        plain.with("exp", Token.NOW.minusSeconds(61)).toString()))
                .isInstanceOf(BadJwtException.class);
    }

    @Test
    void noSkewIsNone() {
        JwtDecoder decoder = decoder(new TokenRules(Duration.ZERO, null, List.of()));
        assertThat(decoder.decode(token.with("exp", Token.NOW.plusSeconds(1)).toString()))
                .isNotNull();
        assertThatThrownBy(() -> decoder.decode(
                        token.with("exp", Token.NOW.minusSeconds(1)).toString()))
                .isInstanceOf(BadJwtException.class);
    }

    @Test
    void tokenThatNeverExpiresIsRefused() {
        JwtDecoder decoder = decoder(TokenRules.standard());
        assertThatThrownBy(() -> decoder.decode(token.without("exp").toString()))
                .isInstanceOf(BadJwtException.class);
    }

    @Test
    void tokenThatWasGoodIsRefusedOnceItExpires() {
        AtomicReference<Instant> now = new AtomicReference<>(Token.NOW);
        JwtDecoder decoder = Hs256JwtDecoders.of(
                Token.SECRET, TokenRules.standard(), ((InstantSource) now::get).withZone(ZoneOffset.UTC));
        String expiring = token.with("exp", Token.NOW.plusSeconds(10)).toString();
        assertThat(decoder.decode(expiring)).isSameAs(decoder.decode(expiring));
        now.set(Token.NOW.plusSeconds(71));
        assertThatThrownBy(() -> decoder.decode(expiring))
                .isInstanceOf(BadJwtException.class)
                .hasMessageContaining("expired");
        now.set(Token.NOW);
        assertThat(decoder.decode(expiring).getSubject()).isEqualTo("account-1");
    }

    @Test
    void nothingButTheWholeTokenIsRemembered() {
        JwtDecoder decoder = decoder(TokenRules.standard());
        String good = token.toString();
        decoder.decode(good);
        String claims = good.substring(0, good.lastIndexOf('.') + 1);
        String another = token.with("sub", "account-2").toString();
        for (String forged : List.of(
                claims,
                claims + another.substring(another.lastIndexOf('.') + 1),
                another.substring(0, another.lastIndexOf('.')) + good.substring(good.lastIndexOf('.')),
                token.signedWith("another secret of thirty-two byte").toString())) {
            assertThatThrownBy(() -> decoder.decode(forged)).isInstanceOf(BadJwtException.class);
        }
    }

    @Test
    void rulesThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new TokenRules(Duration.ofSeconds(-1), null, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        for (String blank : List.of("", " ")) {
            assertThatThrownBy(() -> new TokenRules(Duration.ZERO, blank, List.of()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new TokenRules(Duration.ZERO, null, List.of(blank)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
