package maple.like.adapter.web;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Gives a stream the connection of its client, without a thread that waits for either. */
public interface StreamConnector {
    /**
     * Answers a request with a body that ends with the connection.
     *
     * @param response has its status and headers, and is not committed
     * @param body is connected before or after this returns
     */
    void connect(HttpServletRequest request, HttpServletResponse response, Body body)
            throws IOException, ServletException;

    /** Keeps the request open, in any servlet container. */
    static StreamConnector ofServlet() {
        return new ServletConnector();
    }

    /** What is sent. Safe for use by any number of threads. */
    interface Body {
        /** The connection takes text from now on. */
        void onConnect(Connection connection);

        /** The client may have taken what was left. */
        void onWritePossible();

        /** The client is gone. */
        void onDisconnect();
    }

    /** Where it is sent. Used by one thread at a time. */
    interface Connection {
        /**
         * Writes text, without waiting. To be called only when nothing is left of an earlier one.
         *
         * @return whether nothing is left; otherwise {@link Body#onWritePossible} follows
         * @throws IOException if the connection is broken
         */
        boolean write(byte[] text) throws IOException;

        /**
         * Goes on writing what is left.
         *
         * @return as {@link #write}
         * @throws IOException if the connection is broken
         */
        boolean flush() throws IOException;

        /** Closes it at once, also where something is left. */
        void close();
    }
}
