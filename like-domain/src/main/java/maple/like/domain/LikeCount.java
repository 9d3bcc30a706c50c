package maple.like.domain;

/**
 * How many accounts like a character.
 *
 * @param value zero or more; computing a negative count reveals a defect
 */
public record LikeCount(long value) {
    /** No likes. */
    public static final LikeCount ZERO = new LikeCount(0);

    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public LikeCount {
        if (value < 0) {
            throw new IllegalArgumentException("A like count is never negative: " + value);
        }
    }

    /**
     * The count after a change.
     *
     * @param change likes added, or removed where negative
     * @return the new count
     * @throws IllegalArgumentException if more likes are removed than there are
     * @throws ArithmeticException if the count leaves the range of {@code long}
     */
    public LikeCount plus(long change) {
        return new LikeCount(Math.addExact(value, change));
    }

    /** Returns the number in decimal digits. */
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
