package maple.like.bootstrap;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.AbstractProtocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.SmartLifecycle;

/**
 * Drains keep-alive connections before the web server stops. Tomcat's graceful shutdown begins with a pause, which
 * closes such a connection even if a request has already arrived on it. Before that, this closes the server socket,
 * sends {@code Connection: close} with every response, and waits until clients are quiet or disconnected.
 */
final class ConnectionDrain implements SmartLifecycle, WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    private static final int QUIET_POLLS = 25;
    private static final int MAX_POLLS = 250;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** The most that it takes. */
    static final Duration LONGEST = Duration.ofNanos(MAX_POLLS * POLL_NANOS);

    private final List<Connector> connectors = new CopyOnWriteArrayList<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean running;
    private volatile boolean draining;

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addConnectorCustomizers(connectors::add);
        factory.addEngineValves(new ClosingValve());
    }

    @Override
    public void start() {
        draining = false;
        running = true;
    }

    @Override
    public void stop() {
        connectors.forEach(connector -> connector.getProtocolHandler().closeServerSocketGraceful());
        draining = true; // only now, so that a client that reconnects reaches another instance
        int quiet = 0;
        for (int poll = 0; poll < MAX_POLLS && quiet < QUIET_POLLS && hasConnections(); poll++) {
            LockSupport.parkNanos(POLL_NANOS);
            quiet = inFlight.get() > 0 ? 0 : quiet + 1;
        }
        running = false;
    }

    private boolean hasConnections() {
        return connectors.stream()
                .anyMatch(connector -> connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol
                        && protocol.getConnectionCount() > 0);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stops first, and so before the web server. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    /** Sets the header before and after a request, because draining may begin in between. */
    private final class ClosingValve extends ValveBase {
        ClosingValve() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            inFlight.incrementAndGet();
            try {
                announceClose(response);
                getNext().invoke(request, response);
                announceClose(response);
            } finally {
                inFlight.decrementAndGet();
            }
        }

        private void announceClose(Response response) {
            if (draining && !response.isCommitted()) {
                response.setHeader("Connection", "close");
            }
        }
    }
}
