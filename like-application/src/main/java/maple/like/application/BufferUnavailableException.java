package maple.like.application;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The buffer of likes (Redis) did not answer. */
public final class BufferUnavailableException extends LikesUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean unasked;

    /**
     * Reports an outage. Whether a change was made is unknown.
     *
     * @param message what was tried
     * @param cause what the client library said, if it is that which failed
     */
    public BufferUnavailableException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private BufferUnavailableException(String message, @Nullable Throwable cause, boolean unasked) {
        super(message, cause);
        this.unasked = unasked;
    }

    /** Reports an outage that kept the buffer from being asked: it changed nothing. */
    public static BufferUnavailableException unasked(String message, @Nullable Throwable cause) {
        return new BufferUnavailableException(message, cause, true);
    }

    /** Whether the buffer was not even asked. */
    public boolean isUnasked() {
        return unasked;
    }
}
