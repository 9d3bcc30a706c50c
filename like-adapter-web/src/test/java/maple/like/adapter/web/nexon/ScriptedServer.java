package maple.like.adapter.web.nexon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
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
import java.util.concurrent.TimeUnit;

/** A server on a real socket, which answers each request as a script says: also what no HTTP server would. */
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket socket;
    private final Script script;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<List<String>> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** What is done about one request. */
    @FunctionalInterface
    interface Script {
        void answer(Exchange exchange) throws IOException, InterruptedException;
    }

    /** A request, and the connection that it came on. */
    record Exchange(List<String> request, Socket connection, CountDownLatch closed) {
        /** What was asked for, percent-encoded as it came. */
        String target() {
            return request.get(0).split(" ")[1];
        }

        void raw(String text) throws IOException {
            OutputStream out = connection.getOutputStream();
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        void respond(int status, String body) throws IOException {
            raw("HTTP/1.1 " + status + " Whatever\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: "
                    + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
        }

        /** Keeps the connection open without a word, until the server closes. */
        void stall() throws InterruptedException {
            closed.await();
        }

        /** Waits for so long, or until the server closes. */
        boolean pause(long millis) throws InterruptedException {
            return !closed.await(millis, TimeUnit.MILLISECONDS);
        }

        /** Ends the connection with a reset rather than a farewell. */
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

    /** Every request so far: the request line and the headers. */
    List<List<String>> requests() {
        return requests;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                open.add(connection);
                threads.execute(() -> serve(connection));
            } catch (IOException | java.util.concurrent.RejectedExecutionException e) {
                return; // closed
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
            // What the client makes of it is tested there.
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
