package maple.like.adapter.web;

import java.io.Serial;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;

/** A token is unusable. The message is for the log and does not quote the token. Has no stack trace, as it is expected. */
final class TokenRefusedException extends OAuth2AuthenticationException {
    @Serial
    private static final long serialVersionUID = 1L;

    final TokenRefusal reason;

    TokenRefusedException(TokenRefusal reason, String message) {
        super(new OAuth2Error(OAuth2ErrorCodes.INVALID_TOKEN), message);
        this.reason = reason;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
