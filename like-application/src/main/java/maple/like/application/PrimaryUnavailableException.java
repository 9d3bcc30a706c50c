package maple.like.application;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The primary store of likes (Redis, or memory in its place) did not carry a command out. */
public final class PrimaryUnavailableException extends LikesUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean sent;

    /**
     * Reports a command that was sent but not confirmed: whether it was carried out is unknown.
     *
     * @param message what was tried
     * @param cause what the client library reported, if it is that which failed
     */
    public PrimaryUnavailableException(String message, @Nullable Throwable cause) {
        this(message, cause, true);
    }

    private PrimaryUnavailableException(String message, @Nullable Throwable cause, boolean sent) {
        super(message, cause);
        this.sent = sent;
    }

    /** Reports a command that was not sent, or was refused: it changed nothing. */
    public static PrimaryUnavailableException notSent(String message, @Nullable Throwable cause) {
        return new PrimaryUnavailableException(message, cause, false);
    }

    /** Whether the command may have been carried out. */
    public boolean wasSent() {
        return sent;
    }
}
