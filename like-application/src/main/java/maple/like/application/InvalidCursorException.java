package maple.like.application;

/** A cursor is mangled, or of another list. Has no stack trace, because it is an expected outcome. */
public final class InvalidCursorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Does not quote the cursor. */
    public InvalidCursorException() {
        super("The cursor is not of this list", null, false, false);
    }
}
