package maple.like.application;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The likes cannot be read or changed right now; trying again later is right. Never means "not liked" or "zero". */
public abstract sealed class LikesUnavailableException extends RuntimeException
        permits BufferUnavailableException,
                StoreUnavailableException,
                LikeUnconfirmedException,
                CharacterLookupUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    LikesUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
