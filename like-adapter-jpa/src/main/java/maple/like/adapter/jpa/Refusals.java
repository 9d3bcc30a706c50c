package maple.like.adapter.jpa;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;
import maple.like.application.Outage;
import org.jspecify.annotations.Nullable;

/**
 * Reports when the database begins to refuse calls for want of a right or a table. Other calls succeed meanwhile, so it ends
 * with the first one after a while without a refusal. Safe for use by any number of threads.
 */
final class Refusals {
    private static final Duration WITHOUT = Duration.ofSeconds(30);

    private final CharacterMonitor monitor;
    private final LongSupplier nanoTime;
    private final Outage outage;

    /** When the last call was refused; null before the first one. */
    private volatile @Nullable Long last;

    Refusals(CharacterMonitor monitor, LongSupplier nanoTime) {
        this.monitor = monitor;
        this.nanoTime = nanoTime;
        this.outage = new Outage(nanoTime);
    }

    void failed(Throwable failure, DatabaseVendor vendor) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException e && vendor.isRefused(e)) {
                last = nanoTime.getAsLong();
                String reason = Outage.reason(e);
                if (outage.fails(this, reason)) {
                    monitor.refused(reason);
                }
                return;
            }
        }
    }

    void carriedOut() {
        Long refused = last;
        if (refused != null && nanoTime.getAsLong() - refused > WITHOUT.toNanos()) {
            outage.works(this).ifPresent(monitor::allowed);
        }
    }
}
