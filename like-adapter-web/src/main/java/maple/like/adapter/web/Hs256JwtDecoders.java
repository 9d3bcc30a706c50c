package maple.like.adapter.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** Makes decoders for tokens that are signed with a shared secret. */
public final class Hs256JwtDecoders {
    /** The least number of bytes in a secret: the size of the hash (RFC 7518, section 3.2). */
    public static final int MIN_SECRET_BYTES = 32;

    private static final int REMEMBERED_CHARACTERS = 2 << 20;

    private Hs256JwtDecoders() {}

    /**
     * A decoder that takes tokens signed with HS256 and no other algorithm, with an {@code exp} to come and an
     * {@code nbf}, if any, gone by. It remembers good signatures, of 2 Mi characters of tokens at most: checking one is
     * much of what a request costs. What else a token must be is looked at each time.
     *
     * @param secret its UTF-8 bytes are the key
     * @param rules what else a token must be
     * @param clock tells whether a token is expired
     * @return the decoder; safe for use by any number of threads
     * @throws IllegalArgumentException if the secret is shorter than {@value #MIN_SECRET_BYTES} bytes; the message
     *     does not quote it
     */
    public static JwtDecoder of(String secret, TokenRules rules, Clock clock) {
        byte[] key = secret.getBytes(StandardCharsets.UTF_8);
        if (key.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "The secret has at least " + MIN_SECRET_BYTES + " bytes: " + key.length + " given");
        }
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withSecretKey(new SecretKeySpec(key, "HmacSHA256"))
                .macAlgorithm(MacAlgorithm.HS256)
                .build();
        OAuth2TokenValidator<Jwt> validator = validator(rules, clock);
        decoder.setJwtValidator(validator);
        Cache<String, Jwt> good = Caffeine.newBuilder()
                .maximumWeight(REMEMBERED_CHARACTERS)
                .weigher((String token, Jwt decoded) -> token.length())
                .build();
        return token -> {
            Jwt known = good.getIfPresent(token);
            if (known != null && !validator.validate(known).hasErrors()) {
                return known;
            }
            Jwt decoded = decoder.decode(token); // refuses what is no longer good, and says why
            good.put(token, decoded);
            return decoded;
        };
    }

    private static OAuth2TokenValidator<Jwt> validator(TokenRules rules, Clock clock) {
        JwtTimestampValidator times = new JwtTimestampValidator(rules.clockSkew());
        times.setClock(clock);
        times.setAllowEmptyExpiryClaim(false);
        List<OAuth2TokenValidator<Jwt>> validators = new ArrayList<>();
        validators.add(times);
        validators.add(JwtTypeValidator.jwt());
        if (rules.issuer() != null) {
            validators.add(new JwtIssuerValidator(rules.issuer()));
        }
        if (!rules.audiences().isEmpty()) {
            validators.add(new JwtClaimValidator<List<String>>(
                    JwtClaimNames.AUD,
                    given -> given != null && rules.audiences().stream().anyMatch(given::contains)));
        }
        return new DelegatingOAuth2TokenValidator<>(validators);
    }
}
