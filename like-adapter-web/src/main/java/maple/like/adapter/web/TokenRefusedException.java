package maple.like.adapter.web;

import java.io.Serial;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;

/** A token is unusable. The message gives the reason to the client and does not quote the token. */
final class TokenRefusedException extends OAuth2AuthenticationException {
    @Serial
    private static final long serialVersionUID = 1L;

    TokenRefusedException(String message) {
        super(new OAuth2Error(OAuth2ErrorCodes.INVALID_TOKEN), message);
    }
}
