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

/** A connection that is kept alive, with one request under way at most. */
final class OpenLoopConnection {
    private static final int LARGEST = 16 * 1024;
    private static final String OK = "HTTP/1.1 200";
    private static final String LENGTH = "\r\ncontent-length:";

    private final SocketChannel channel;
    private final ByteBuffer out = ByteBuffer.allocateDirect(LARGEST);
    private final ByteBuffer in = ByteBuffer.allocate(LARGEST);
    private long due;

    OpenLoopConnection(int port, Selector selector) throws IOException {
        this.channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** When the request under way was due. */
    long due() {
        return due;
    }

    /** The request is small enough for the buffers of the operating system. */
    void send(byte[] head, byte[] tail, long whenDue) throws IOException {
        this.due = whenDue;
        out.clear().put(head).put(tail).flip();
        in.clear();
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    /** Reads what is there; tells whether the answer is complete. */
    boolean receive() {
        try {
            if (channel.read(in) < 0) {
                throw new EOFException("closed by the server");
            }
            String answer = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
            int body = answer.indexOf("\r\n\r\n") + 4;
            if (body < 4) {
                return false;
            }
            if (!answer.startsWith(OK)) {
                throw new IOException("answered " + answer);
            }
            String head = answer.substring(0, body).toLowerCase(Locale.ROOT);
            int length = head.indexOf(LENGTH);
            if (length < 0) {
                return answer.endsWith("\r\n0\r\n\r\n");
            }
            int value = length + LENGTH.length();
            return answer.length() - body
                    == Integer.parseInt(
                            head.substring(value, head.indexOf('\r', value)).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
