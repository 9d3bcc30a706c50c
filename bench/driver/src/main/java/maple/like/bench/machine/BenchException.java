package maple.like.bench.machine;

/** The benchmark cannot continue. The message tells its user why. */
public final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public BenchException(String message) {
        super(message);
    }

    /** Creates the exception with its cause. */
    public BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
