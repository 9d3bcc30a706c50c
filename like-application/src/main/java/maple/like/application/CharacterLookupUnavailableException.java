package maple.like.application;

import java.io.Serial;

/**
 * The game operator did not say whether a character exists: it was not asked, did not answer, or answered something
 * else. Never means "no such character". The message holds no secret.
 */
public final class CharacterLookupUnavailableException extends LikesUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Reports that nobody could tell. There is no cause: what a client library says may quote what was sent.
     *
     * @param message why not, in words that are the same whoever was looked for
     */
    public CharacterLookupUnavailableException(String message) {
        super(message, null);
    }
}
