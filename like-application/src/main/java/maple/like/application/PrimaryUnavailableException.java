package maple.like.application;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The primary store of likes (Redis, or memory in its place) did not carry a command out. */
public final class PrimaryUnavailableException extends LikesUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    private enum Kind {
        SENT,
        NOT_SENT,
        FULL,
        READ_ONLY
    }

    /**
     * Reports a command that was sent but not confirmed: whether it was carried out is unknown.
     *
     * @param message what was tried
     * @param cause what the client library reported, if it is that which failed
     */
    public PrimaryUnavailableException(String message, @Nullable Throwable cause) {
        this(message, cause, Kind.SENT);
    }

    private PrimaryUnavailableException(String message, @Nullable Throwable cause, Kind kind) {
        super(message, cause);
        this.kind = kind;
    }

    /** Reports a command that was not sent, or was refused: it changed nothing. */
    public static PrimaryUnavailableException notSent(String message, @Nullable Throwable cause) {
        return new PrimaryUnavailableException(message, cause, Kind.NOT_SENT);
    }

    /** Reports a command that was refused because the store has no memory for it. */
    public static PrimaryUnavailableException full(String message, @Nullable Throwable cause) {
        return new PrimaryUnavailableException(message, cause, Kind.FULL);
    }

    /** Whether the store was full. It answers what needs no memory. */
    public boolean isFull() {
        return kind == Kind.FULL;
    }

    /** Reports a command that was refused because the store refuses all writes. It still answers reads. */
    public static PrimaryUnavailableException readOnly(String message, @Nullable Throwable cause) {
        return new PrimaryUnavailableException(message, cause, Kind.READ_ONLY);
    }

    /** Whether the store refused all writes. */
    public boolean isReadOnly() {
        return kind == Kind.READ_ONLY;
    }

    /** Whether the command may have been carried out. */
    public boolean wasSent() {
        return kind == Kind.SENT;
    }
}
