package maple.like.adapter.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
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

/**
 * Accepts tokens signed with a shared secret and HS256, and no other algorithm. A token needs an {@code exp}; a minute
 * of clock skew is allowed. Thread-safe.
 *
 * <p>Caches valid signatures, because verifying one is much of what a request costs; the claims are validated each time.
 */
public final class Hs256JwtDecoder implements JwtDecoder {
    /** The size of the hash, as RFC 7518, section 3.2, requires. */
    private static final int MIN_SECRET_BYTES = 32;

    private static final Duration CLOCK_SKEW = Duration.ofSeconds(60);
    private static final int MAX_CACHED_CHARACTERS = 2 << 20;

    private final NimbusJwtDecoder decoder;
    private final OAuth2TokenValidator<Jwt> validator;
    private final Cache<String, Jwt> verified = Caffeine.newBuilder()
            .maximumWeight(MAX_CACHED_CHARACTERS)
            .weigher((String token, Jwt decoded) -> token.length())
            .build();

    /**
     * Accepts tokens of one issuer for any of some audiences.
     *
     * @param secret its UTF-8 bytes are the key
     * @param issuer the required {@code iss}, or {@code null} to accept any
     * @param audiences one of them must be in the {@code aud}; empty to accept any
     * @throws IllegalArgumentException if the secret is shorter than 32 bytes; the message does not quote it
     */
    public Hs256JwtDecoder(String secret, @Nullable String issuer, List<String> audiences, Clock clock) {
        byte[] key = secret.getBytes(StandardCharsets.UTF_8);
        if (key.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "The secret needs at least " + MIN_SECRET_BYTES + " bytes, but has " + key.length);
        }
        this.validator = validator(issuer, List.copyOf(audiences), clock);
        this.decoder = NimbusJwtDecoder.withSecretKey(new SecretKeySpec(key, "HmacSHA256"))
                .macAlgorithm(MacAlgorithm.HS256)
                .build();
        decoder.setJwtValidator(validator);
    }

    private static OAuth2TokenValidator<Jwt> validator(@Nullable String issuer, List<String> audiences, Clock clock) {
        JwtTimestampValidator times = new JwtTimestampValidator(CLOCK_SKEW);
        times.setClock(clock);
        times.setAllowEmptyExpiryClaim(false);
        List<OAuth2TokenValidator<Jwt>> validators = new ArrayList<>(List.of(times, JwtTypeValidator.jwt()));
        if (issuer != null) {
            validators.add(new JwtIssuerValidator(issuer));
        }
        if (!audiences.isEmpty()) {
            validators.add(new JwtClaimValidator<List<String>>(
                    JwtClaimNames.AUD,
                    given -> given != null && audiences.stream().anyMatch(given::contains)));
        }
        return new DelegatingOAuth2TokenValidator<>(validators);
    }

    @Override
    public Jwt decode(String token) {
        Jwt known = verified.getIfPresent(token);
        if (known != null && !validator.validate(known).hasErrors()) {
            return known;
        }
        Jwt decoded = decoder.decode(token); // throws the reason if a cached token has become invalid
        verified.put(token, decoded);
        return decoded;
    }
}
