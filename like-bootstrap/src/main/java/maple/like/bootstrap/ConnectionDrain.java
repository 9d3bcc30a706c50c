package maple.like.bootstrap;

import jakarta.servlet.ServletException;
import java.io.IOException;
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
 * Lets clients leave before the web server stops. A paused Tomcat, which is how its graceful shutdown begins, closes
 * a connection that is kept alive without an answer to the request that is already on it. So this comes first: nobody
 * new is let in, every answer says that it is the connection's last, and those that go on get the time to hear so.
 */
final class ConnectionDrain implements SmartLifecycle, WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    private static final int QUIET_LOOKS = 25;
    private static final int MOST_LOOKS = 250;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final List<Connector> connectors = new CopyOnWriteArrayList<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean running;
    private volatile boolean leaving;

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addConnectorCustomizers(connectors::add);
        factory.addEngineValves(new LastAnswers());
    }

    @Override
    public void start() {
        leaving = false;
        running = true;
    }

    @Override
    public void stop() {
        connectors.forEach(connector -> connector.getProtocolHandler().closeServerSocketGraceful());
        leaving = true; // now: whoever is told to connect anew must not find the door half shut
        int quiet = 0;
        for (int look = 0; look < MOST_LOOKS && quiet < QUIET_LOOKS && isAnybodyConnected(); look++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            quiet = underWay.get() > 0 ? 0 : quiet + 1;
        }
        running = false;
    }

    private boolean isAnybodyConnected() {
        return connectors.stream()
                .anyMatch(connector -> connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol
                        && protocol.getConnectionCount() > 0);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stops before everything else, and so before the web server. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    /** Looks again after the request was handled: it may have taken long. */
    private final class LastAnswers extends ValveBase {
        LastAnswers() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            underWay.incrementAndGet();
            try {
                tell(response);
                getNext().invoke(request, response);
                tell(response);
            } finally {
                underWay.decrementAndGet();
            }
        }

        private void tell(Response response) {
            if (leaving && !response.isCommitted()) {
                response.setHeader("Connection", "close");
            }
        }
    }
}
