package maple.like.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import maple.like.bench.machine.LikeServer;
import org.HdrHistogram.Histogram;

/**
 * Sends requests when they are due, independent of earlier responses, like independent users. A latency starts when its
 * request is due, so waiting for a free connection counts.
 */
public final class OpenLoop {
    private static final int CONNECTIONS = 64;
    private static final long LONGEST_PARK = TimeUnit.MICROSECONDS.toNanos(50);
    private static final long GRACE = TimeUnit.SECONDS.toNanos(20);
    private static final long HIGHEST = TimeUnit.SECONDS.toNanos(60);
    private static final int DIGITS = 3;

    private final byte[][] heads;
    private final byte[][] tails;

    /** Encodes the requests. */
    public OpenLoop(Population population, Traffic traffic) {
        this.heads = IntStream.range(0, traffic.characters(population))
                .mapToObj(i -> bytes(traffic.head(population, i)))
                .toArray(byte[][]::new);
        this.tails = IntStream.range(0, population.tokens().size())
                .mapToObj(i -> bytes(traffic.tail(population, i)))
                .toArray(byte[][]::new);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Applies load.
     *
     * @param perSecond requests due per second, at random moments
     * @return nanoseconds from the moment a request was due to its response
     */
    public Histogram run(LikeServer server, double perSecond, int seconds, long seed) {
        Random random = new Random(seed);
        double meanGap = TimeUnit.SECONDS.toNanos(1) / perSecond;
        Histogram latencies = new Histogram(HIGHEST, DIGITS);
        Deque<OpenLoopConnection> idle = new ArrayDeque<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < CONNECTIONS; i++) {
                idle.add(new OpenLoopConnection(server.port(), selector));
            }
            long due = System.nanoTime();
            long end = due + TimeUnit.SECONDS.toNanos(seconds);
            while (due < end || idle.size() < CONNECTIONS) {
                long now = System.nanoTime();
                boolean sent = false;
                while (due <= now && due < end && !idle.isEmpty()) {
                    idle.pop().send(heads[random.nextInt(heads.length)], tails[random.nextInt(tails.length)], due);
                    due += (long) (-Math.log(1 - random.nextDouble()) * meanGap);
                    sent = true;
                }
                int answered = selector.selectNow(key -> {
                    OpenLoopConnection connection = (OpenLoopConnection) key.attachment();
                    if (connection.receive()) {
                        latencies.recordValue(Math.min(HIGHEST, System.nanoTime() - connection.due()));
                        idle.push(connection);
                    }
                });
                if (!sent && answered == 0) {
                    LockSupport.parkNanos(due > now ? Math.min(LONGEST_PARK, due - now) : LONGEST_PARK);
                }
                if (now > end + GRACE) {
                    throw server.program().failed("did not keep up with " + Math.round(perSecond) + " requests/s");
                }
            }
            selector.keys().forEach(key -> ((OpenLoopConnection) key.attachment()).close());
        } catch (IOException | UncheckedIOException e) {
            throw server.program().failed("broke a connection (" + e + ")");
        }
        return latencies;
    }
}
