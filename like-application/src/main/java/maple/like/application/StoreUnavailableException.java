package maple.like.application;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The store of likes (the database) did not answer. Nothing was changed by the call, unless a commit was under way. */
public final class StoreUnavailableException extends LikesUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Reports an outage.
     *
     * @param message what was tried
     * @param cause what the client library said, if it is that which failed
     */
    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
