package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Future;
import maple.like.application.contract.Workers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;

class ConnectionDrainTest {
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private ConnectionDrain drain;
    private WebServer server;
    private int port;

    private void start(Duration quiet) {
        drain = new ConnectionDrain(quiet);
        TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(0);
        drain.customize(factory);
        server = factory.getWebServer(
                context -> context.addServlet("ok", new Ok()).addMapping("/"));
        server.start();
        port = server.getPort();
        drain.start();
    }

    @AfterEach
    void destroy() {
        server.stop();
        server.destroy();
    }

    @Test
    void answersTheNextRequestOfAConnectionAndAsksItsClientToLeave() throws Exception {
        start(Duration.ofSeconds(4));
        try (Workers workers = new Workers();
                RawHttp client = new RawHttp(port)) {
            assertThat(client.send(REQUEST).headers()).doesNotContainKey("connection");
            Future<Void> stop = stop(workers);
            await().until(this::refusesConnections);
            assertThat(drain.isRunning()).isTrue();

            RawHttp.Answer answer = client.send(REQUEST);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers()).containsEntry("connection", "close");
            Workers.resultOf(stop);
        }
    }

    @Test
    void doesNotWaitForAClientThatIsQuiet() throws Exception {
        start(Duration.ofMillis(100));
        try (Workers workers = new Workers();
                RawHttp client = new RawHttp(port)) {
            client.send(REQUEST);
            long begin = System.nanoTime();

            Workers.resultOf(stop(workers));

            assertThat(System.nanoTime() - begin).isLessThan(ConnectionDrain.LONGEST.toNanos());
        }
    }

    private Future<Void> stop(Workers workers) {
        return workers.begin(() -> {
            drain.stop();
            return null;
        });
    }

    private boolean refusesConnections() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return false;
        } catch (ConnectException refused) {
            return true;
        }
    }

    private static final class Ok extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            response.setContentLength(0);
        }
    }
}
