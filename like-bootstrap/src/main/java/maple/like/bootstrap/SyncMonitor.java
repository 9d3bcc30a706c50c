package maple.like.bootstrap;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import maple.like.application.LikePartitions;
import maple.like.application.LikesUnavailableException;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.PendingLikes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Observes rounds of synchronisation as {@code like.sync.batch}, counts and logs what they do. */
final class SyncMonitor implements SyncLikes {
    private static final Logger LOG = LoggerFactory.getLogger(SyncMonitor.class);

    private static final String NAME = "like.sync.batch";
    private static final long UNKNOWN = -1;
    private static final Ending IDLE = Ending.untimed("status", "idle");

    private final SyncLikes sync;
    private final PendingLikes waiting;
    private final Clock clock;
    private final Operations operations;
    private final Ending succeeded;
    private final Ending failed;
    private final Counter inserted;
    private final Counter deleted;
    private final Counter setAside;
    private final Counter drift;

    /** By partition: changes that waited when this instance last looked, or {@link #UNKNOWN}. */
    private final AtomicLongArray backlog;

    /** By partition: when this instance last saw that nothing had to wait, in nanoseconds that no clock change moves. */
    private final AtomicLongArray upToDate;

    SyncMonitor(
            SyncLikes sync,
            PendingLikes waiting,
            LikePartitions partitions,
            Operations operations,
            MeterRegistry meters) {
        this.sync = sync;
        this.waiting = waiting;
        this.clock = meters.config().clock();
        this.operations = operations;
        this.succeeded = ending(meters, "success");
        this.failed = ending(meters, "failure");
        this.inserted = meters.counter("like.sync.rows", "op", "insert");
        this.deleted = meters.counter("like.sync.rows", "op", "delete");
        this.setAside = meters.counter("like.sync.set.aside");
        this.drift = meters.counter("like.drift");
        this.backlog = new AtomicLongArray(partitions.count());
        this.upToDate = new AtomicLongArray(partitions.count());
        partitions.all().forEach(partition -> upToDate.set(partition, clock.monotonicTime()));
        Gauge.builder("like.sync.pending", this, SyncMonitor::pending)
                .description("Changes that wait for the database, when this instance last looked")
                .register(meters);
        Gauge.builder("like.sync.lag", this, monitor -> monitor.lag().toMillis() / 1000.0)
                .description("How long ago nothing had to wait, or 0 if nothing waits now")
                .baseUnit("seconds")
                .register(meters);
    }

    private static Ending ending(MeterRegistry meters, String status) {
        return Ending.of(Timer.builder(NAME)
                .description("Rounds of synchronisation that stored a batch, or failed")
                .tag("status", status)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(10))
                .register(meters));
    }

    /** Changes that wait for the database, when this instance last looked. */
    long pending() {
        long sum = 0;
        for (int partition = 0; partition < backlog.length(); partition++) {
            sum += Math.max(0, backlog.get(partition));
        }
        return sum;
    }

    /** How long ago nothing had to wait; zero if nothing waits. */
    Duration lag() {
        long now = clock.monotonicTime();
        long lag = 0;
        for (int partition = 0; partition < upToDate.length(); partition++) {
            if (backlog.get(partition) != 0) {
                lag = Math.max(lag, now - upToDate.get(partition));
            }
        }
        return Duration.ofNanos(lag);
    }

    /** Whether a span is of a round that had nothing to do, of which there is one with every interval. */
    static boolean isIdle(String span, Map<String, String> tags) {
        return span.equals(NAME) && "idle".equals(tags.get("status"));
    }

    @Override
    public Report sync(int partition) {
        try {
            return operations.observe(
                    NAME,
                    () -> syncAndTell(partition),
                    report -> report.outcome() == Outcome.STORED ? succeeded : IDLE,
                    failed);
        } catch (RuntimeException e) {
            backlog.set(partition, backlogOf(partition));
            throw e;
        }
    }

    private Report syncAndTell(int partition) {
        long begun = clock.monotonicTime();
        Report report = sync.sync(partition);
        if (report.outcome() == Outcome.STORED) {
            inserted.increment(report.inserted());
            deleted.increment(report.deleted());
            LOG.debug(
                    "Partition {}: stored {} likes and {} unlikes, {} changes wait",
                    partition,
                    report.inserted(),
                    report.deleted(),
                    report.backlog());
        }
        if (!report.setAside().isEmpty()) {
            setAside.increment(report.setAside().size());
            LOG.warn(
                    "Partition {}: set {} changes aside, because the database does not take them or their character is"
                            + " gone; like_set_aside has the reasons: {}",
                    partition,
                    report.setAside().size(),
                    report.setAside().stream().limit(10).toList());
        }
        if (!report.drift().isEmpty()) {
            report.drift().values().forEach(delta -> drift.increment(Math.abs(delta.doubleValue())));
            LOG.error(
                    "Partition {}: counted likes that no relation accounts for; dropped them, and the totals will be"
                            + " computed anew from the database: {}",
                    partition,
                    report.drift());
        }
        if (report.outcome() != Outcome.BUSY) {
            backlog.set(partition, report.backlog());
            if (report.backlog() == 0) {
                upToDate.set(partition, begun);
            }
        }
        return report;
    }

    /** What a round says only when it gets through. */
    private long backlogOf(int partition) {
        try {
            return waiting.backlog(partition);
        } catch (LikesUnavailableException e) {
            return UNKNOWN;
        }
    }
}
