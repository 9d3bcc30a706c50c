package maple.like.bootstrap;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import maple.like.adapter.web.TokenDecoder;
import maple.like.adapter.web.TokenRules;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Verifies tokens with the secret or by Spring Boot's own properties. Spring Boot's decoder would fetch keys without a
 * timeout, forget them in an outage of the issuer, and accept RS256 alone.
 */
@Configuration(proxyBeanMethods = false)
class TokenWiring {
    private static final String SECRET = ConfigurationCheck.SECRET;
    private static final String JWT = ConfigurationCheck.JWT;

    @Bean
    TokenDecoder tokenDecoder(
            LikeProperties properties, OAuth2ResourceServerProperties standard, Environment environment, Clock clock) {
        OAuth2ResourceServerProperties.Jwt jwt = standard.getJwt();
        String secret = textOf(properties.auth().jwtSecret());
        String issuer = textOf(jwt.getIssuerUri());
        String jwkSet = textOf(jwt.getJwkSetUri());
        // The default of the bound object is RS256 alone.
        List<String> algorithms = Binder.get(environment)
                .bind(JWT + "jws-algorithms", Bindable.listOf(String.class))
                .orElse(List.of());
        TokenRules rules = new TokenRules(secret == null ? issuer : null, jwt.getAudiences(), clock);
        String used = SECRET;
        String remedy = "a random text of 32 bytes or more";
        try {
            if (secret != null) {
                return TokenDecoder.ofSecret(secret, rules);
            }
            remedy = "a source of public keys, and " + JWT + "jws-algorithms to algorithms that fit them";
            if (jwt.getPublicKeyLocation() != null) {
                used = JWT + "public-key-location";
                return TokenDecoder.ofPublicKey(jwt.readPublicKey(), algorithms, rules);
            }
            if (jwkSet != null) {
                used = JWT + "jwk-set-uri";
                return TokenDecoder.ofJwkSet(URI.create(jwkSet), algorithms, rules);
            }
            used = JWT + "issuer-uri";
            return TokenDecoder.ofIssuer(Objects.requireNonNull(issuer), algorithms, rules);
        } catch (IllegalArgumentException | IOException e) {
            throw new ConfigurationException(
                    used + " cannot be used: " + e.getMessage() + ".", "Set " + used + " to " + remedy + ".");
        }
    }

    private static @Nullable String textOf(@Nullable String property) {
        return StringUtils.hasText(property) ? property : null;
    }
}
