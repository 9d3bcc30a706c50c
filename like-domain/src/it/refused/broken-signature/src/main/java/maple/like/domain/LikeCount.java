package maple.like.domain;

/** Without {@code plus}. */
public record LikeCount(long value) {
    /** No likes. */
    public static final LikeCount ZERO = new LikeCount(0);
}
