package maple.like.domain;

/** What a caller wants to become of a relation. */
public enum LikeIntent {
    /** Turn it around: like what is not liked, stop liking what is. Not safe to repeat. */
    TOGGLE,
    /** Like it, whether or not it was liked. Safe to repeat. */
    LIKE,
    /** Do not like it, whether or not it was liked. Safe to repeat. */
    UNLIKE;

    /**
     * The rule of this intent.
     *
     * @param liked whether the relation is liked now
     * @return whether it is liked afterwards
     */
    public boolean appliedTo(boolean liked) {
        return switch (this) {
            case TOGGLE -> !liked;
            case LIKE -> true;
            case UNLIKE -> false;
        };
    }
}
