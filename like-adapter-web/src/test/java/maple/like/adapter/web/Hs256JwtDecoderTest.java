package maple.like.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/** Tests what {@link TokensTest} cannot: the secret, the cache and a decoder without issuer and audience. */
class Hs256JwtDecoderTest {
    final AtomicReference<Instant> now = new AtomicReference<>(Token.NOW);
    final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
    final Token token = Token.of("account-1").without("iss").without("aud");
    final JwtDecoder decoder = new Hs256JwtDecoder(Token.SECRET, null, List.of(), clock);

    void assertRefused(Object refused, String reason) {
        assertThatThrownBy(() -> decoder.decode(refused.toString()))
                .isInstanceOf(BadJwtException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void secretShorterThanTheHashIsRefusedWithoutQuotingIt() {
        String secret = "thirty-one bytes of secret, no.";
        assertThatThrownBy(() -> new Hs256JwtDecoder(secret, null, List.of(), clock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The secret needs at least 32 bytes, but has 31");
    }

    @Test
    void secretIsMeasuredInBytes() {
        String secret = "열한글자의비밀열쇠이다";
        assertThat(secret).hasSize(11);
        assertThat(new Hs256JwtDecoder(secret, null, List.of(), clock)
                        .decode(token.signedWith(secret).toString())
                        .getSubject())
                .isEqualTo("account-1");
    }

    @Test
    void issuerAndAudienceAreOptional() {
        assertThat(decoder.decode(token.toString()).getSubject()).isEqualTo("account-1");
    }

    @Test
    void cachedTokenIsRefusedOnceItExpires() {
        String expiring = token.with("exp", Token.NOW.plusSeconds(10)).toString();
        assertThat(decoder.decode(expiring)).isSameAs(decoder.decode(expiring));
        now.set(Token.NOW.plusSeconds(71));
        assertRefused(expiring, "expired");
        now.set(Token.NOW);
        assertThat(decoder.decode(expiring).getSubject()).isEqualTo("account-1");
    }

    @Test
    void cacheMatchesTheWholeTokenOnly() {
        String good = token.toString();
        decoder.decode(good);
        String claims = good.substring(0, good.lastIndexOf('.') + 1);
        String another = token.with("sub", "account-2").toString();
        assertRefused(claims, "");
        assertRefused(claims + another.substring(another.lastIndexOf('.') + 1), "");
        assertRefused(another.substring(0, another.lastIndexOf('.')) + good.substring(good.lastIndexOf('.')), "");
        assertRefused(token.signedWith("another secret of thirty-two byte"), "");
    }
}
