package maple.like.bootstrap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that sends any bytes, and keeps its connection while the server does. For one thread. */
final class RawHttp implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 15_000;

    private final int port;
    private Socket socket;
    private PushbackInputStream in;

    RawHttp(int port) {
        this.port = port;
    }

    /** Header names are in lower case; the status is 0 for an answer without a head, as HTTP/0.9 has it. */
    record Answer(int status, Map<String, String> headers, String body) {}

    /** Sends one request that ends where it says it does, and reads its answer. */
    Answer send(String request) throws IOException {
        if (socket == null) {
            connect();
        }
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        Answer answer = read(false);
        if (answer.headers().getOrDefault("connection", "").contains("close")) {
            close();
        }
        return answer;
    }

    /** Sends everything, and reads until the server closes the connection: none, one or more answers. */
    List<Answer> sendAll(byte[] bytes, boolean head) throws IOException {
        connect();
        List<Answer> answers = new ArrayList<>();
        try {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            for (int next = in.read(); next >= 0; next = in.read()) {
                in.unread(next);
                answers.add(read(head && answers.isEmpty()));
            }
        } catch (SocketException | EOFException e) {
            // A server that has answered before it has read everything may reset the connection.
        }
        return answers;
    }

    private void connect() throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new PushbackInputStream(new BufferedInputStream(socket.getInputStream()), 8);
    }

    private Answer read(boolean head) throws IOException {
        byte[] start = in.readNBytes(5);
        in.unread(start);
        if (start.length == 0) {
            throw new EOFException("no answer");
        }
        if (!new String(start, ISO_8859_1).equals("HTTP/")) {
            return new Answer(0, Map.of(), new String(in.readAllBytes(), UTF_8));
        }
        int status = Integer.parseInt(line().substring(9, 12));
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip(),
                    (a, b) -> a + ", " + b);
        }
        if (status < 200) {
            return read(head);
        }
        return new Answer(status, headers, head || status == 204 || status == 304 ? "" : body(headers));
    }

    private String body(Map<String, String> headers) throws IOException {
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int size = chunk(); size > 0; size = chunk()) {
                body.write(exactly(size));
                line();
            }
            line();
            return body.toString(UTF_8);
        }
        String length = headers.get("content-length");
        return new String(length == null ? in.readAllBytes() : exactly(Integer.parseInt(length)), UTF_8);
    }

    private int chunk() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("half an answer");
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("half an answer");
            }
            line.write(next);
        }
        String text = line.toString(ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
