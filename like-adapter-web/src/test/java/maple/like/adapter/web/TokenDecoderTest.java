package maple.like.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests what {@link TokensTest} cannot: keys, the cache and a decoder without issuer and audience. */
class TokenDecoderTest {
    final AtomicReference<Instant> now = new AtomicReference<>(Token.NOW);
    final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
    final TokenRules rules = new TokenRules(null, List.of(), clock);
    final Token token = Token.of("account-1").without("iss").without("aud");
    final TokenDecoder decoder = TokenDecoder.ofSecret(Token.SECRET, rules);

    void assertRefused(Object refused, TokenRefusal reason) {
        assertThatThrownBy(() -> decoder.decode(refused.toString()))
                .isInstanceOfSatisfying(
                        TokenRefusedException.class, e -> assertThat(e.reason).isEqualTo(reason));
    }

    @Test
    void secretShorterThanTheHashIsRefusedWithoutQuotingIt() {
        String secret = "thirty-one bytes of secret, no.";
        assertThatThrownBy(() -> TokenDecoder.ofSecret(secret, rules))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The secret needs at least 32 bytes, but has 31");
    }

    @Test
    void secretIsMeasuredInBytes() {
        String secret = "열한글자의비밀열쇠이다";
        assertThat(secret).hasSize(11);
        assertThat(TokenDecoder.ofSecret(secret, rules)
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
        assertRefused(expiring, TokenRefusal.EXPIRED);
        now.set(Token.NOW);
        assertThat(decoder.decode(expiring).getSubject()).isEqualTo("account-1");
    }

    @Test
    void cacheMatchesTheWholeTokenOnly() {
        String good = token.toString();
        decoder.decode(good);
        String claims = good.substring(0, good.lastIndexOf('.') + 1);
        String another = token.with("sub", "account-2").toString();
        assertRefused(claims, TokenRefusal.SIGNATURE);
        assertRefused(claims + another.substring(another.lastIndexOf('.') + 1), TokenRefusal.SIGNATURE);
        assertRefused(
                another.substring(0, another.lastIndexOf('.')) + good.substring(good.lastIndexOf('.')),
                TokenRefusal.SIGNATURE);
        assertRefused(token.signedWith("another secret of thirty-two byte"), TokenRefusal.SIGNATURE);
    }

    @Test
    void refusedTokensFillNoCache() {
        decoder.decode(token.toString());
        IntStream.range(0, 10_000)
                .mapToObj(i -> token.with("sub", "account-" + i))
                .forEach(each -> {
                    assertRefused(each.signedWith("another secret of thirty-two byte"), TokenRefusal.SIGNATURE);
                    assertRefused(each.with("exp", Token.NOW.minusSeconds(61)), TokenRefusal.EXPIRED);
                });
        assertThat(decoder.cached()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"RSA, SHA256withRSA, RS256", "EC, SHA256withECDSAinP1363Format, ES256", "Ed25519, Ed25519, EdDSA"})
    void publicKeyNeedsNoAlgorithm(String kind, String signature, String algorithm) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
        if (kind.equals("EC")) {
            generator.initialize(256);
        }
        KeyPair pair = generator.generateKeyPair();
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        Token asymmetric = token.withHeader("alg", algorithm).withHeader("kid", "any");
        TokenDecoder keyed = TokenDecoder.ofPublicKey(pem, List.of(), rules);
        assertThat(keyed.decode(asymmetric.signed(signature, pair.getPrivate())).getSubject())
                .isEqualTo("account-1");
        assertThatThrownBy(() -> keyed.decode(token.toString())).isInstanceOf(TokenRefusedException.class);
        assertThatThrownBy(() -> TokenDecoder.ofPublicKey(pem, List.of("HS256"), rules))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void textThatIsNoPublicKeyIsRefused() {
        for (String text : List.of("nonsense", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "%")) {
            assertThatThrownBy(() -> TokenDecoder.ofPublicKey(text, List.of(), rules))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void extensionsOfTheStandardAreRefused() {
        assertRefused(token.withHeader("crit", List.of("b64")).withHeader("b64", false), TokenRefusal.MALFORMED);
        assertRefused(token.withHeader("jwk", Map.of("kty", "none")), TokenRefusal.MALFORMED);
    }
}
