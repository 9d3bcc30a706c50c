package maple.like.domain;

import static java.util.Objects.requireNonNull;

/**
 * How things stand between an account and a character.
 *
 * @param liked whether the account likes the character
 * @param likeCount how many accounts like it, this one included
 */
public record LikeStatus(boolean liked, LikeCount likeCount) {
    /**
     * Puts both answers together.
     *
     * @param liked whether the account likes the character
     * @param likeCount how many accounts like it, this one included
     */
    public LikeStatus {
        requireNonNull(likeCount, "likeCount");
    }
}
