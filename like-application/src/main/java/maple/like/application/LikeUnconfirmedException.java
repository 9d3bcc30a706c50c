package maple.like.application;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The primary store replied, but fewer replicas than required confirmed in time that they have what the reply says. A change
 * is not undone; a repeated {@code LIKE} or {@code UNLIKE}, and a read, wait for the replicas again.
 */
public final class LikeUnconfirmedException extends LikesUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Reports a reply without enough replicas.
     *
     * @param message how many replicas confirmed it and how many are required
     * @param cause why that is unknown, if it is
     */
    public LikeUnconfirmedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
