package maple.like.bootstrap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import maple.like.application.contract.Workers;

/** A server that answers like the Nexon Open API, or as it is told. */
final class FakeNexon implements AutoCloseable {
    static final String KEY = "test_Rumpelstiltskin";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, String> ocids = new ConcurrentHashMap<>();
    private final Map<String, Answer> failures = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, String> traces = new ConcurrentHashMap<>();

    private record Answer(int status, String body) {}

    FakeNexon() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/maplestory/v1/id", this::answer);
        server.start();
    }

    /** Adds what an instance needs to ask here. */
    Map<String, String> configure(Map<String, String> properties) {
        properties.put(
                "like.nexon.base-url", "http://127.0.0.1:" + server.getAddress().getPort());
        properties.put("like.nexon.api-key", KEY);
        properties.put("like.nexon.timeout", "5s");
        properties.put("like.nexon.lookups-per-second", "1000");
        properties.put("like.nexon.lookups-per-account", "1000");
        return properties;
    }

    /** From now on a name is this character's. */
    void knows(String name, String ocid) {
        failures.remove(name);
        ocids.put(name, ocid);
    }

    /** From now on a name is answered like this. */
    void fails(String name, int status, String body) {
        failures.put(name, new Answer(status, body));
    }

    /** From now on who asks for a name waits until the latch is open. */
    void holdBack(String name, CountDownLatch gate) {
        gates.put(name, gate);
    }

    int timesAskedFor(String name) {
        return Collections.frequency(asked, name);
    }

    /** The trace that a name was asked for in, as its header says. */
    String traceOf(String name) {
        return traces.get(name);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        String name = query.substring("character_name=".length());
        asked.add(name);
        String trace = exchange.getRequestHeaders().getFirst("traceparent");
        traces.put(name, trace == null ? "" : trace);
        CountDownLatch gate = gates.get(name);
        if (gate != null) {
            Workers.await(gate);
        }
        Answer answer = answerTo(exchange.getRequestHeaders().getFirst("x-nxopen-api-key"), name);
        byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json;charset=UTF-8");
        exchange.sendResponseHeaders(answer.status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Answer answerTo(String key, String name) {
        if (!KEY.equals(key)) {
            return new Answer(400, error("OPENAPI00005"));
        }
        if (failures.containsKey(name)) {
            return failures.get(name);
        }
        String ocid = ocids.get(name);
        return ocid == null ? new Answer(400, error("OPENAPI00004")) : new Answer(200, "{\"ocid\":\"" + ocid + "\"}");
    }

    static String error(String code) {
        return "{\"error\":{\"name\":\"" + code + "\",\"message\":\"Please try again later\"}}";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
