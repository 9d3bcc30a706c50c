package maple.like.adapter.redis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Notices when Redis did not reply for so long that another instance may have failed a partition over. While nothing is
 * suspected, Redis has replied to this instance at moments that are less than a reply timeout apart. Safe for use by any
 * number of threads.
 */
final class FailureDetector {
    private final LongSupplier nanoTime;
    private final long longestSilence;
    private final Runnable onSuspicion;
    private final AtomicLong lastReply;

    /** @param onSuspicion is called before the first reply after a silence reaches its caller; must not wait */
    FailureDetector(LongSupplier nanoTime, Duration longestSilence, Runnable onSuspicion) {
        this.nanoTime = nanoTime;
        this.longestSilence = longestSilence.toNanos();
        this.onSuspicion = onSuspicion;
        this.lastReply = new AtomicLong(nanoTime.getAsLong());
    }

    /** @param sent when the command was sent that Redis replied to now, because Redis saw it later than that */
    void replied(long sent) {
        if (nanoTime.getAsLong() - lastReply.get() > longestSilence) {
            onSuspicion.run(); // first: a caller that finds the new value below finds what this did
        }
        lastReply.accumulateAndGet(sent, (a, b) -> a - b > 0 ? a : b);
    }

    /** When the latest command was sent that Redis has replied to. */
    long lastReply() {
        return lastReply.get();
    }
}
