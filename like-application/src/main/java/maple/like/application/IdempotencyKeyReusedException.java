package maple.like.application;

/** An idempotency key marks a request about another character. Has no stack trace, because it is an expected outcome. */
public final class IdempotencyKeyReusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Does not quote the key. */
    public IdempotencyKeyReusedException() {
        super("The idempotency key was used for another character", null, false, false);
    }
}
