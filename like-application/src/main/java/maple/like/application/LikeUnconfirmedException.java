package maple.like.application;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The buffer made the change, but fewer copies of it than asked for were confirmed in time. Nobody may rely on it, and
 * nobody undoes it: stating the wanted outcome again confirms it.
 */
public final class LikeUnconfirmedException extends LikesUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Reports a change without enough copies.
     *
     * @param message how many there are and how many were asked for
     * @param cause why that is unknown, if it is
     */
    public LikeUnconfirmedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
