package maple.like.adapter.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * What a token must claim once its signature is verified. It needs an {@code exp}; a minute of clock skew is allowed.
 *
 * @param issuer the required {@code iss}, or {@code null} to accept any
 * @param audiences one of them must be in the {@code aud}; empty to accept any
 * @param clock tells whether a token is valid now
 */
public record TokenRules(@Nullable String issuer, List<String> audiences, Clock clock) {
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(60);
    private static final int MAX_QUOTED = 200;

    /** Copies the list. */
    public TokenRules {
        audiences = List.copyOf(audiences);
    }

    void check(Jwt token) {
        Instant now = clock.instant();
        Instant expiry = token.getExpiresAt();
        if (expiry == null) {
            throw new TokenRefusedException(TokenRefusal.CLAIMS, "The claim \"exp\" is missing.");
        }
        if (now.isAfter(expiry.plus(CLOCK_SKEW))) {
            throw new TokenRefusedException(TokenRefusal.EXPIRED, "It expired at " + expiry + ".");
        }
        Instant start = token.getNotBefore();
        if (start != null && now.isBefore(start.minus(CLOCK_SKEW))) {
            throw new TokenRefusedException(TokenRefusal.NOT_YET_VALID, "It is valid from " + start + ".");
        }
        String given = token.getClaimAsString("iss");
        if (issuer != null && !issuer.equals(given)) {
            throw new TokenRefusedException(
                    TokenRefusal.ISSUER, "The claim \"iss\" is " + quoted(given) + ", not " + quoted(issuer) + ".");
        }
        List<String> meant = token.getAudience();
        if (!audiences.isEmpty() && (meant == null || audiences.stream().noneMatch(meant::contains))) {
            throw new TokenRefusedException(
                    TokenRefusal.AUDIENCE,
                    "The claim \"aud\" is " + quoted(meant) + ", which holds none of " + quoted(audiences) + ".");
        }
    }

    /** One line of limited length. */
    private static String quoted(@Nullable Object claim) {
        String text = String.valueOf(claim).replaceAll("\\p{Cntrl}", "?");
        return "\"" + (text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) + "…" : text) + "\"";
    }
}
