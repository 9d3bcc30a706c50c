package maple.like.application;

import java.io.Serial;

/** The buffer of likes (Redis) did not answer. Whether a change was made is unknown. */
public final class BufferUnavailableException extends LikesUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Reports an outage.
     *
     * @param message what was tried
     * @param cause what the client library said
     */
    public BufferUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
