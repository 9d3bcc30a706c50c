package maple.like.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A keep-alive connection with at most one request in flight. */
final class OpenLoopConnection {
    private static final int LARGEST = 16 * 1024;
    private static final String OK = "HTTP/1.1 200";
    private static final String LENGTH = "\r\ncontent-length:";
    private static final String CLOSE = "\r\nconnection: close\r\n";

    private final InetSocketAddress server;
    private final Selector selector;
    private final ByteBuffer out = ByteBuffer.allocateDirect(LARGEST);
    private final ByteBuffer in = ByteBuffer.allocate(LARGEST);
    private SocketChannel channel;
    private boolean inFlight;
    private long due;

    OpenLoopConnection(int port, Selector selector) throws IOException {
        this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.selector = selector;
        this.channel = connect();
    }

    private SocketChannel connect() throws IOException {
        SocketChannel connected = SocketChannel.open(server);
        connected.setOption(StandardSocketOptions.TCP_NODELAY, true);
        connected.configureBlocking(false);
        connected.register(selector, SelectionKey.OP_READ, this);
        return connected;
    }

    /** When the request in flight was due. */
    long due() {
        return due;
    }

    /** Reconnects if the server closed the connection. The request fits the operating system's buffers. */
    void send(byte[] head, byte[] tail, long whenDue) throws IOException {
        this.due = whenDue;
        if (!channel.isOpen()) {
            channel = connect();
        }
        this.inFlight = true;
        out.clear().put(head).put(tail).flip();
        in.clear();
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    /** Reads what has arrived; returns whether the response is complete. */
    boolean receive() {
        try {
            if (channel.read(in) < 0) {
                if (inFlight) {
                    throw new EOFException("closed by the server");
                }
                channel.close();
                return false;
            }
            String answer = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
            int body = answer.indexOf("\r\n\r\n") + 4;
            if (body < 4) {
                return false;
            }
            if (!answer.startsWith(OK)) {
                throw new IOException("replied " + answer);
            }
            String head = answer.substring(0, body).toLowerCase(Locale.ROOT);
            inFlight = !isComplete(answer, head);
            if (!inFlight && head.contains(CLOSE)) {
                channel.close();
            }
            return !inFlight;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isComplete(String answer, String head) {
        int length = head.indexOf(LENGTH);
        if (length < 0) {
            return answer.endsWith("\r\n0\r\n\r\n");
        }
        int value = length + LENGTH.length();
        return answer.length() - head.length()
                == Integer.parseInt(
                        head.substring(value, head.indexOf('\r', value)).strip());
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
