package maple.like.adapter.web;

/** What an application may count of the callers that the API refuses. Implementations are thread-safe and do not block. */
public interface WebMonitor {
    /** Counts nothing. */
    WebMonitor NONE = reason -> {};

    /** A token was refused. */
    void tokenRefused(TokenRefusal reason);
}
