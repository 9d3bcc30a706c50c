package maple.like.adapter.web;

import java.io.Serial;
import org.springframework.security.core.AuthenticationException;

/** A token that cannot be used; the message says why, without quoting from it. */
final class TokenRefusedException extends AuthenticationException {
    @Serial
    private static final long serialVersionUID = 1L;

    TokenRefusedException(String message) {
        super(message);
    }
}
