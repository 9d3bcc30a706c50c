package maple.like.adapter.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Keeps the request open, with all buffers that the container has for it. Works in any servlet container. */
final class ServletConnector implements StreamConnector {
    @Override
    public void connect(HttpServletRequest request, HttpServletResponse response, Body body) throws IOException {
        response.flushBuffer();
        AsyncContext open = request.startAsync();
        open.setTimeout(0);
        ServletOutputStream out = response.getOutputStream();
        Open connection = new Open(open, out, body);
        open.addListener(connection);
        out.setWriteListener(connection);
    }

    private static final class Open implements Connection, WriteListener, AsyncListener {
        private final AsyncContext request;
        private final ServletOutputStream out;
        private final Body body;
        private boolean connected;

        Open(AsyncContext request, ServletOutputStream out, Body body) {
            this.request = request;
            this.out = out;
            this.body = body;
        }

        @Override
        public boolean write(byte[] text) throws IOException {
            if (out.isReady()) {
                out.write(text);
            }
            return flush();
        }

        @Override
        public boolean flush() throws IOException {
            if (!out.isReady()) {
                return false;
            }
            out.flush();
            return out.isReady();
        }

        @Override
        public void close() {
            request.complete();
        }

        /** For the first time when the response may begin. */
        @Override
        public void onWritePossible() {
            if (connected) {
                body.onWritePossible();
            } else {
                connected = true;
                body.onConnect(this);
            }
        }

        @Override
        public void onError(Throwable broken) {
            body.onDisconnect();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            body.onDisconnect();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            body.onDisconnect();
        }

        @Override
        public void onError(AsyncEvent event) {
            body.onDisconnect();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
