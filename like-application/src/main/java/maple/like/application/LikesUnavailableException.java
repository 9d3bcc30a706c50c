package maple.like.application;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Likes cannot be read or changed now; a later retry may succeed. Never means "not liked" or "zero". */
public abstract sealed class LikesUnavailableException extends RuntimeException
        permits PrimaryUnavailableException,
                DatabaseUnavailableException,
                PrimaryAheadException,
                LikeUnconfirmedException,
                CharacterLookupUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    LikesUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Says in one line what failed and why, in the server's own words; without passwords. */
    public final String reason() {
        return getCause() == null
                ? String.valueOf(getMessage())
                : getMessage() + " (" + Outage.reason(getCause()) + ")";
    }
}
