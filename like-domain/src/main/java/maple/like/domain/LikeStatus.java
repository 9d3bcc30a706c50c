package maple.like.domain;

import static java.util.Objects.requireNonNull;

/**
 * The relation of an account to a character, and the character's total.
 *
 * @param liked whether the account likes the character
 * @param likeCount how many accounts like it, this one included
 */
public record LikeStatus(boolean liked, LikeCount likeCount) {
    /** Rejects {@code null}. */
    public LikeStatus {
        requireNonNull(likeCount, "likeCount");
    }

    /**
     * Applies a requested change: the one rule of what it does to relation and total.
     *
     * @param intent the requested change
     * @return the status afterwards; equal to this one where nothing changes
     * @throws IllegalArgumentException if the total would become negative
     */
    public LikeStatus after(LikeIntent intent) {
        boolean wanted = intent.appliedTo(liked);
        return wanted == liked ? this : new LikeStatus(wanted, likeCount.plus(wanted ? 1 : -1));
    }
}
