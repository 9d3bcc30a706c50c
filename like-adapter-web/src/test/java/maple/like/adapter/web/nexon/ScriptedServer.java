package maple.like.adapter.web.nexon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Runs a script for each request on a real socket, so that it can send what no HTTP server would. */
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket socket;
    private final Script script;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<List<String>> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    @FunctionalInterface
    interface Script {
        void answer(Exchange exchange) throws IOException, InterruptedException;
    }

    /** The lines of a request and its connection. */
    record Exchange(List<String> request, Socket connection, CountDownLatch closed) {
        /** The target of the request, percent-encoded as it arrived. */
        String target() {
            return request.get(0).split(" ")[1];
        }

        void raw(String text) throws IOException {
            connection.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        }

        void respond(int status, String body) throws IOException {
            raw("HTTP/1.1 " + status + " Reason\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: "
                    + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
        }

        /** Keeps the connection open and sends nothing until the server closes. */
        void stall() throws InterruptedException {
            closed.await();
        }

        /** Sends the start and then the rest again and again, until the server closes. */
        void repeat(String start, String rest, long pauseMillis) throws IOException, InterruptedException {
            raw(start);
            while (!closed.await(pauseMillis, TimeUnit.MILLISECONDS)) {
                raw(rest);
            }
        }

        void last(String text) throws IOException {
            raw(text);
            connection.close();
        }

        void reset() throws IOException {
            connection.setSoLinger(true, 0);
            connection.close();
        }
    }

    ScriptedServer(Script script) {
        this.script = script;
        try {
            this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    /** The request line and headers of every request so far. */
    List<List<String>> requests() {
        return requests;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                open.add(connection);
                threads.execute(() -> serve(connection));
            } catch (IOException | RejectedExecutionException closing) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
            while (true) {
                List<String> request = new ArrayList<>();
                for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                    request.add(line);
                }
                if (request.isEmpty()) {
                    return;
                }
                requests.add(request);
                script.answer(new Exchange(request, connection, closed));
            }
        } catch (IOException clientIsGone) {
            // The test checks what the client makes of it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            socket.close();
            for (Socket connection : open) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
