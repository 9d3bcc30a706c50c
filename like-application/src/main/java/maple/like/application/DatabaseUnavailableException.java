package maple.like.application;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The database did not carry a call out. It changed nothing, unless a commit was under way. */
public final class DatabaseUnavailableException extends LikesUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Reports an outage.
     *
     * @param message what was tried
     * @param cause what the client library reported, if it is that which failed
     */
    public DatabaseUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
