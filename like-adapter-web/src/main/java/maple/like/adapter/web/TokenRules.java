package maple.like.adapter.web;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a token must be besides signed.
 *
 * @param clockSkew how far the issuer's clock may be off, zero or more
 * @param issuer the {@code iss} that it must have; {@code null} where any will do
 * @param audiences one of them must be among its {@code aud}; empty where any will do
 */
public record TokenRules(Duration clockSkew, @Nullable String issuer, List<String> audiences) {
    /**
     * Checks the rules.
     *
     * @param clockSkew how far the issuer's clock may be off
     * @param issuer the issuer that a token must have, or {@code null}
     * @param audiences the audiences of which a token must have one, or none
     * @throws IllegalArgumentException if the skew is negative, or an issuer or audience is blank
     */
    public TokenRules {
        if (clockSkew.isNegative()) {
            throw new IllegalArgumentException("The clock skew is not negative: " + clockSkew);
        }
        audiences = List.copyOf(audiences);
        if (isBlank(issuer) || audiences.stream().anyMatch(TokenRules::isBlank)) {
            throw new IllegalArgumentException("An issuer or audience is not blank; leave it out to allow any");
        }
    }

    /** A minute of clock skew, any issuer, any audience. */
    public static TokenRules standard() {
        return new TokenRules(Duration.ofSeconds(60), null, List.of());
    }

    private static boolean isBlank(@Nullable String text) {
        return text != null && text.isBlank();
    }
}
