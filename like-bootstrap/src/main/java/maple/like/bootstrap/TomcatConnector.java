package maple.like.bootstrap;

import static java.util.Objects.requireNonNull;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import maple.like.adapter.web.StreamConnector;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Has Tomcat hand over the connection of an HTTP/1.1 request, as it does for WebSocket. A request that stays open would
 * keep buffers of about 100 KB; a connection alone has a fifth of that. Other requests stay open.
 */
final class TomcatConnector implements StreamConnector {
    private final StreamConnector others;

    TomcatConnector(StreamConnector others) {
        this.others = others;
    }

    @Override
    public void connect(HttpServletRequest request, HttpServletResponse response, Body body)
            throws IOException, ServletException {
        if (!request.getProtocol().startsWith("HTTP/1")) {
            others.connect(request, response, body);
            return;
        }
        request.upgrade(Handler.class).body = body;
        response.setStatus(HttpServletResponse.SC_OK); // is "switching protocols" now
        response.setHeader("Connection", "close"); // the body ends with the connection
        response.flushBuffer();
    }

    /** Created by Tomcat, which calls it with one thread at a time. */
    public static final class Handler implements InternalHttpUpgradeHandler, Connection {
        private static final int DISCARDED = 512;

        private @Nullable Body body;
        private @Nullable SocketWrapperBase<?> socket;

        /** Has neither a body nor a connection yet. */
        public Handler() {}

        private Body body() {
            return requireNonNull(body);
        }

        private SocketWrapperBase<?> socket() {
            return requireNonNull(socket);
        }

        @Override
        public void setSocketWrapper(SocketWrapperBase<?> wrapper) {
            socket = wrapper;
        }

        @Override
        public void init(WebConnection connection) {
            body().onConnect(this);
        }

        @Override
        public boolean write(byte[] text) throws IOException {
            socket().write(false, text, 0, text.length);
            return flush();
        }

        @Override
        public boolean flush() throws IOException {
            boolean left = socket().flush(false);
            if (left) {
                socket().registerWriteInterest();
            }
            return !left;
        }

        @Override
        public void close() {
            socket().close();
        }

        @Override
        public SocketState upgradeDispatch(SocketEvent event) {
            if (event == SocketEvent.OPEN_WRITE) {
                body().onWritePossible();
                return SocketState.UPGRADED;
            }
            if (event == SocketEvent.OPEN_READ && isOpen()) {
                return SocketState.UPGRADED;
            }
            body().onDisconnect();
            return SocketState.CLOSED;
        }

        /** Discards what a client has no reason to send. */
        private boolean isOpen() {
            try {
                byte[] discarded = new byte[DISCARDED];
                int read;
                do {
                    read = socket().read(false, discarded, 0, discarded.length);
                } while (read > 0);
                return read == 0;
            } catch (IOException broken) {
                return false;
            }
        }

        @Override
        public void timeoutAsync(long now) {}

        @Override
        public void setSslSupport(SSLSupport ssl) {}

        @Override
        public void pause() {}

        @Override
        public void destroy() {
            body().onDisconnect();
        }
    }
}
