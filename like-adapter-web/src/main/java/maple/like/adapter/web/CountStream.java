package maple.like.adapter.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;
import maple.like.adapter.web.StreamMonitor.Reason;
import org.jspecify.annotations.Nullable;

/**
 * A client that watches characters. Of each character only the newest count waits to be sent, so a client that reads slowly
 * costs no memory. Never waits for the client. Safe for use by any number of threads.
 */
final class CountStream implements StreamConnector.Body {
    static final Duration COMMENT_INTERVAL = Duration.ofSeconds(15);
    static final Duration LONGEST_BLOCK = Duration.ofSeconds(15);

    private static final byte[] COMMENT = {':', '\n', '\n'};
    private static final long NONE = -1;

    private final StreamMonitor monitor;
    private final LongSupplier nanoTime;
    private final long[] newest;
    private final byte[] @Nullable [] waiting;
    private byte @Nullable [] head;
    private StreamConnector.@Nullable Connection connection;
    private Runnable leave = () -> {};
    private long lastWrite;
    private boolean blocked;
    private boolean closed;

    /**
     * Not connected yet.
     *
     * @param head is sent first
     */
    CountStream(int characters, byte[] head, StreamMonitor monitor, LongSupplier nanoTime) {
        this.monitor = monitor;
        this.nanoTime = nanoTime;
        this.newest = new long[characters];
        this.waiting = new byte[characters][];
        this.head = head;
        this.lastWrite = nanoTime.getAsLong();
        Arrays.fill(newest, NONE);
    }

    /** What to do when it is closed. */
    synchronized void onClose(Runnable action) {
        leave = action;
    }

    /** A count to begin with, unless there is a newer one already. */
    synchronized void begin(int character, long count, byte[] event) {
        if (newest[character] == NONE) {
            offer(character, count, event);
        }
    }

    /** The newest count of a character, which {@link #send} sends if it is another than before. */
    synchronized void offer(int character, long count, byte[] event) {
        if (newest[character] == count) {
            return;
        }
        newest[character] = count;
        if (waiting[character] != null) {
            monitor.dropped();
        }
        waiting[character] = event;
    }

    @Override
    public void onConnect(StreamConnector.Connection established) {
        synchronized (this) {
            if (!closed) {
                connection = established;
                send();
                return;
            }
        }
        established.close();
    }

    /** Sends what is waiting, unless the client has not taken what was sent before. */
    synchronized void send() {
        if (connection != null && !closed && !blocked) {
            byte[] text = take();
            if (text.length > 0) {
                write(text);
            }
        }
    }

    @Override
    public synchronized void onWritePossible() {
        StreamConnector.Connection to = connection;
        if (to == null || closed) {
            return;
        }
        try {
            blocked = !to.flush();
            send();
        } catch (IOException | RuntimeException broken) {
            close(Reason.CLIENT);
        }
    }

    private void write(byte[] text) {
        StreamConnector.Connection to = connection;
        if (to == null) {
            return;
        }
        lastWrite = nanoTime.getAsLong();
        try {
            blocked = !to.write(text);
        } catch (IOException | RuntimeException broken) {
            close(Reason.CLIENT);
        }
    }

    /** A single event is not copied: all streams send the same bytes. */
    private byte[] take() {
        byte[] only = head;
        ByteArrayOutputStream several = null;
        int counts = 0;
        head = null;
        for (int i = 0; i < waiting.length; i++) {
            byte[] event = waiting[i];
            if (event != null) {
                waiting[i] = null;
                counts++;
                if (only == null && several == null) {
                    only = event;
                } else {
                    if (several == null) {
                        several = new ByteArrayOutputStream();
                        several.writeBytes(only);
                    }
                    several.writeBytes(event);
                }
            }
        }
        if (counts > 0) {
            monitor.sent(counts);
        }
        if (several != null) {
            return several.toByteArray();
        }
        return only == null ? new byte[0] : only;
    }

    /** To be called about once a second: keeps a quiet connection alive, and closes one that takes nothing. */
    synchronized void tick() {
        long quiet = nanoTime.getAsLong() - lastWrite;
        boolean stuck = blocked || connection == null;
        if (stuck && quiet > LONGEST_BLOCK.toNanos()) {
            close(Reason.SLOW);
        } else if (!stuck && !closed && quiet > COMMENT_INTERVAL.toNanos()) {
            write(COMMENT);
        }
    }

    @Override
    public void onDisconnect() {
        close(Reason.CLIENT);
    }

    /** Ends it; only the first reason counts. */
    void close(Reason reason) {
        Runnable left;
        StreamConnector.Connection to;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            left = leave;
            to = connection;
        }
        monitor.closed(reason);
        left.run();
        if (to != null) {
            to.close();
        }
    }
}
