package maple.like.application;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The primary store made the change, but fewer replicas than required confirmed it in time. The change is not undone;
 * a repeated {@code LIKE} or {@code UNLIKE} waits for the replicas again.
 */
public final class LikeUnconfirmedException extends LikesUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Reports a change without enough replicas.
     *
     * @param message how many replicas confirmed it and how many are required
     * @param cause why that is unknown, if it is
     */
    public LikeUnconfirmedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
