package maple.like.bench.machine;

/** The benchmark cannot go on. The message tells whoever runs it why. */
public final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says why. */
    public BenchException(String message) {
        super(message);
    }

    /** Says why, and what was behind it. */
    public BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
