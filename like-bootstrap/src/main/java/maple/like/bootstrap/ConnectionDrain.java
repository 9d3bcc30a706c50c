package maple.like.bootstrap;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.SmartLifecycle;

/**
 * Drains keep-alive connections before the web server stops. Tomcat's graceful shutdown begins with a pause, which
 * closes such a connection even if a request has already arrived on it. Before that, this closes the server socket,
 * sends {@code Connection: close} with every response, and waits until clients are quiet or disconnected.
 */
final class ConnectionDrain implements SmartLifecycle, WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    /** Tomcat's own interval. */
    private static final Duration POLL = Duration.ofMillis(50);

    private static final int MAX_POLLS = 100;

    /** The most that it takes. */
    static final Duration LONGEST = POLL.multipliedBy(MAX_POLLS);

    private final long minQuietPolls;
    private final List<Connector> connectors = new CopyOnWriteArrayList<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean running;
    private volatile boolean draining;

    /**
     * @param quiet how long clients may keep a connection without a request
     */
    ConnectionDrain(Duration quiet) {
        minQuietPolls = quiet.dividedBy(POLL);
    }

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
        int quietPolls = 0;
        for (int poll = 0; poll < MAX_POLLS && quietPolls < minQuietPolls && awaitDisconnections(); poll++) {
            quietPolls = inFlight.get() > 0 ? 0 : quietPolls + 1;
        }
        running = false;
    }

    /**
     * Returns false at once if no client is connected, else true after {@link #POLL}. Tomcat stops counting connections
     * when it closes the server socket, so their number is no help here.
     */
    private boolean awaitDisconnections() {
        boolean connected = false;
        for (Connector connector : connectors) {
            connected |= connector.getProtocolHandler().awaitConnectionsClose(1) <= 0;
        }
        return connected;
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
