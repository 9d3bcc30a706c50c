package maple.like.adapter.web;

/** Counts what happens on streams. Called by any thread; must not wait. */
public interface StreamMonitor {
    /** A stream was opened. */
    void opened();

    /** A stream was refused, because too many are open. */
    void refused();

    /** Counts were given to a connection. */
    void sent(int counts);

    /** A count was replaced by a newer one before it could be sent. */
    void dropped();

    /** A stream was closed. */
    void closed(Reason reason);

    /** Why a stream is closed. */
    enum Reason {
        /** The client closed it, or its connection broke. */
        CLIENT,
        /** The client did not read. */
        SLOW,
        /** The instance stops. */
        STOP
    }
}
