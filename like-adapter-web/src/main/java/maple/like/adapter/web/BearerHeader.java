package maple.like.adapter.web;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.web.authentication.AuthenticationConverter;

/**
 * Reads the token from the {@code Authorization} header (RFC 6750, section 2.1) only: queries and forms get logged.
 * Another scheme counts as no token.
 */
final class BearerHeader implements AuthenticationConverter {
    private static final String SCHEME = "Bearer";

    @Override
    public @Nullable BearerTokenAuthenticationToken convert(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        String token = header.substring(SCHEME.length());
        if (token.isBlank()) {
            throw new TokenRefusedException(TokenRefusal.MALFORMED, "It is empty.");
        }
        return token.startsWith(" ") ? new BearerTokenAuthenticationToken(token.strip()) : null;
    }
}
