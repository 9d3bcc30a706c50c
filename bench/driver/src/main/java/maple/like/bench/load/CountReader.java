package maple.like.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import maple.like.bench.machine.BenchException;
import maple.like.bench.machine.LikeServer;

/** Opens streams of counts, each of one of the watched characters, and reads them on a thread of its own. */
public final class CountReader implements AutoCloseable {
    private static final String MARK = "\"likeCount\":";
    private static final int LARGEST = 64 * 1024;
    private static final long LONGEST_OPENING = 60;

    private final Selector selector;
    private final Arrivals arrivals;
    private final CountDownLatch opening;
    private final ByteBuffer buffer = ByteBuffer.allocate(LARGEST);
    private final Thread thread = new Thread(this::read, "streams");
    private volatile boolean closed;

    /** Is told of each count that arrives, on the reader's thread. */
    public interface Arrivals {
        /** A stream shows a count of its character. */
        void onCount(int stream, int character, long count);
    }

    private final class Stream {
        final int number;
        final int character;
        String rest = "";
        boolean open;

        Stream(int number, int character) {
            this.number = number;
            this.character = character;
        }

        void take(String text) {
            String all = rest + text;
            int from = 0;
            for (int mark; (mark = all.indexOf(MARK, from)) >= 0; ) {
                int digits = mark + MARK.length();
                int end = all.indexOf('}', digits);
                if (end < 0) {
                    break;
                }
                arrivals.onCount(number, character, Long.parseLong(all, digits, end, 10));
                from = end;
                if (!open) {
                    open = true;
                    opening.countDown();
                }
            }
            rest = all.substring(Math.max(from, all.lastIndexOf('\n') + 1));
        }
    }

    /** Requests streams. */
    public CountReader(LikeServer server, Population population, int streams, Arrivals arrivals) {
        this.arrivals = arrivals;
        this.opening = new CountDownLatch(streams);
        try {
            this.selector = Selector.open();
            for (int i = 0; i < streams; i++) {
                int character = i % Traffic.WATCHED_CHARACTERS;
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
                String request = "GET /api/v2/characters/likes/stream?userIgn=" + population.encodedName(character)
                        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";
                channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, new Stream(i, character));
            }
            thread.setDaemon(true);
            thread.start();
        } catch (IOException e) {
            throw server.program().failed("opened too few streams (" + e + ")");
        }
    }

    /**
     * Waits until each stream has shown its first count.
     *
     * @throws BenchException if that takes too long
     */
    public void awaitOpen() {
        try {
            if (!opening.await(LONGEST_OPENING, TimeUnit.SECONDS)) {
                throw new BenchException(opening.getCount() + " streams were not opened");
            }
        } catch (InterruptedException e) {
            throw new BenchException("Interrupted", e);
        }
    }

    private void read() {
        try {
            while (!closed) {
                selector.select(key -> read((SocketChannel) key.channel(), (Stream) key.attachment()));
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(SocketChannel channel, Stream stream) {
        try {
            if (channel.read(buffer.clear()) < 0) {
                channel.close();
                return;
            }
            stream.take(new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new BenchException("Interrupted", e);
        }
    }
}
