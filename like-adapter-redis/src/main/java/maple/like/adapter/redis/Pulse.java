package maple.like.adapter.redis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Notices when Redis was not heard for so long that another instance may have given it up. While nothing is noticed,
 * Redis has answered this instance at moments that are less than a command's patience apart. Safe for use by any number
 * of threads.
 */
final class Pulse {
    private final LongSupplier nanoTime;
    private final long longestSilence;
    private final Runnable onSilence;
    private final AtomicLong heard;

    /** @param onSilence is called before the first answer after a silence reaches its caller; must not wait */
    Pulse(LongSupplier nanoTime, Duration longestSilence, Runnable onSilence) {
        this.nanoTime = nanoTime;
        this.longestSilence = longestSilence.toNanos();
        this.onSilence = onSilence;
        this.heard = new AtomicLong(nanoTime.getAsLong());
    }

    /** The time to give to {@link #answered}: read before the command is sent, which Redis saw later than that. */
    long now() {
        return nanoTime.getAsLong();
    }

    /** @param sent when the command was sent that has been answered now */
    void answered(long sent) {
        if (nanoTime.getAsLong() - heard.get() > longestSilence) {
            onSilence.run(); // first: whoever finds the new value below finds what this did
        }
        heard.accumulateAndGet(sent, (a, b) -> a - b > 0 ? a : b);
    }
}
