package maple.like.application;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The buffer of likes (Redis) did not answer. Whether a change was made is unknown. */
public final class BufferUnavailableException extends LikesUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Reports an outage.
     *
     * @param message what was tried
     * @param cause what the client library said, if it is that which failed
     */
    public BufferUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
