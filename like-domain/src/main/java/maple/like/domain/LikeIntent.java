package maple.like.domain;

/** A requested change of a relation. */
public enum LikeIntent {
    /** Like what is not liked, unlike what is. Not safe to repeat. */
    TOGGLE,
    /** Like it, whether or not it is liked. Safe to repeat. */
    LIKE,
    /** Unlike it, whether or not it is liked. Safe to repeat. */
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
