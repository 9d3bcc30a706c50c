package maple.like.application;

import java.io.Serial;

/**
 * The external lookup did not answer whether a character exists: it was not called, did not reply, or replied something
 * else. Never means "no such character". The message holds no secret.
 */
public final class CharacterLookupUnavailableException extends LikesUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Reports a lookup without an answer. There is no cause, because a client library's message may quote what was sent.
     *
     * @param message the reason, the same for every name
     */
    public CharacterLookupUnavailableException(String message) {
        super(message, null);
    }
}
