package maple.like.adapter.web;

/** What an application may count of the callers that the API refuses. Implementations are thread-safe and do not block. */
public interface WebMonitor {
    /** Counts nothing. */
    WebMonitor NONE = new WebMonitor() {
        @Override
        public void tokenRefused(TokenRefusal reason) {}

        @Override
        public void overLimit(String limit) {}
    };

    /** A token was refused. */
    void tokenRefused(TokenRefusal reason);

    /**
     * An account's request was refused.
     *
     * @param limit {@code changes} or {@code reads}
     */
    void overLimit(String limit);
}
