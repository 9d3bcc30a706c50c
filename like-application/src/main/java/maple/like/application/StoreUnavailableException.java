package maple.like.application;

import java.io.Serial;

/** The store of likes (the database) did not answer. Nothing was changed by the call, unless a commit was under way. */
public final class StoreUnavailableException extends LikesUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Reports an outage.
     *
     * @param message what was tried
     * @param cause what the client library said
     */
    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
