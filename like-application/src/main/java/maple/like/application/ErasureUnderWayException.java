package maple.like.application;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An erasure was requested and is not complete. An instance continues it, whether or not the request is repeated. */
public final class ErasureUnderWayException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Reports why it is not complete.
     *
     * @param cause what interrupted it, or null where it just takes longer
     */
    public ErasureUnderWayException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
