package maple.like.bootstrap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that takes traces (OTLP over HTTP) and does not read them. */
final class Collector implements AutoCloseable {
    private static final String PATH = "/v1/traces";

    private final HttpServer server;
    private final List<byte[]> bodies = new CopyOnWriteArrayList<>();
    private final Set<String> types = ConcurrentHashMap.newKeySet();

    Collector() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext(PATH, this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        types.add(
                exchange.getRequestMethod().equals("POST")
                        ? exchange.getRequestHeaders().getFirst("Content-Type")
                        : exchange.getRequestMethod());
        bodies.add(exchange.getRequestBody().readAllBytes());
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + PATH;
    }

    /** Whether a span of the trace has come. */
    boolean holds(String trace) {
        String id = new String(HexFormat.of().parseHex(trace), StandardCharsets.ISO_8859_1);
        return texts().stream().anyMatch(text -> text.contains(id));
    }

    /** The messages, a character for each byte. */
    List<String> texts() {
        return bodies.stream()
                .map(body -> new String(body, StandardCharsets.ISO_8859_1))
                .toList();
    }

    /** What the messages were said to be; the method, where one was not posted. */
    Set<String> types() {
        return types;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
