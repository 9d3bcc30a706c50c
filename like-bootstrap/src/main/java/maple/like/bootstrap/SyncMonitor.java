package maple.like.bootstrap;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import maple.like.application.LikesUnavailableException;
import maple.like.application.PartitionState;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.LikePartitions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Observes flushes as {@code like.sync.batch}; counts and logs what they do, and the state of each partition. */
final class SyncMonitor implements FlushSchedule.Flush, SyncLikes {
    private static final Logger LOG = LoggerFactory.getLogger(SyncMonitor.class);

    private static final String NAME = "like.sync.batch";
    private static final long UNKNOWN = -1;
    private static final Ending IDLE = Ending.untimed("status", "idle");

    private final SyncLikes sync;
    private final PendingLikes pending;
    private final LikeLedger ledger;
    private final Clock clock;
    private final Operations operations;
    private final Ending succeeded;
    private final Ending failed;
    private final Counter inserted;
    private final Counter deleted;
    private final Counter rejected;
    private final Counter drift;

    /** By partition: pending changes as of this instance's last round, or {@link #UNKNOWN}. */
    private final AtomicLongArray backlog;

    /** By partition: when this instance last found nothing pending, in nanoseconds that no clock change moves. */
    private final AtomicLongArray upToDate;

    private final Runnable onOtherDecider;

    /** By partition: the state as of this instance's last round. */
    private final AtomicReferenceArray<@Nullable Observed> states;

    private record Observed(PartitionState state, long epoch) {}

    /** @param onOtherDecider called when another store than in the last round may decide, and so may know other likes */
    SyncMonitor(
            SyncLikes sync,
            PendingLikes pending,
            LikeLedger ledger,
            LikePartitions partitions,
            Runnable onOtherDecider,
            Operations operations,
            MeterRegistry meters) {
        this.sync = sync;
        this.onOtherDecider = onOtherDecider;
        this.pending = pending;
        this.ledger = ledger;
        this.clock = meters.config().clock();
        this.operations = operations;
        this.succeeded = ending(meters, "success");
        this.failed = ending(meters, "failure");
        this.inserted = meters.counter("like.sync.rows", "op", "insert");
        this.deleted = meters.counter("like.sync.rows", "op", "delete");
        this.rejected = meters.counter("like.sync.set.aside");
        this.drift = meters.counter("like.drift");
        this.backlog = new AtomicLongArray(partitions.count());
        this.upToDate = new AtomicLongArray(partitions.count());
        this.states = new AtomicReferenceArray<>(partitions.count());
        partitions.all().forEach(partition -> upToDate.set(partition, clock.monotonicTime()));
        Gauge.builder("like.sync.pending", this, SyncMonitor::pending)
                .description("Changes pending for the database, as of this instance's last round")
                .register(meters);
        Gauge.builder("like.sync.lag", this, monitor -> monitor.lag().toMillis() / 1000.0)
                .description("Time since nothing was pending, or 0 if nothing is")
                .baseUnit("seconds")
                .register(meters);
        for (PartitionState state : PartitionState.values()) {
            Gauge.builder("like.partition.state", this, monitor -> monitor.partitions(state))
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .description("Partitions by state, as of this instance's last round")
                    .register(meters);
        }
    }

    private static Ending ending(MeterRegistry meters, String status) {
        return Ending.of(Timer.builder(NAME)
                .description("Flushes that stored a batch, or failed")
                .tag("status", status)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(10))
                .register(meters));
    }

    /** Changes pending for the database, as of this instance's last round. */
    long pending() {
        long sum = 0;
        for (int partition = 0; partition < backlog.length(); partition++) {
            sum += Math.max(0, backlog.get(partition));
        }
        return sum;
    }

    /** Time since nothing was pending; zero if nothing is. */
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

    /** Partitions by state, as of this instance's last round. */
    Map<PartitionState, Integer> states() {
        Map<PartitionState, Integer> counts = new EnumMap<>(PartitionState.class);
        for (int partition = 0; partition < states.length(); partition++) {
            Observed observed = states.get(partition);
            if (observed != null) {
                counts.merge(observed.state(), 1, Integer::sum);
            }
        }
        return counts;
    }

    private int partitions(PartitionState state) {
        return states().getOrDefault(state, 0);
    }

    /** Whether a span is of a round that had nothing to do, of which there is one with every interval. */
    static boolean isIdle(String span, Map<String, String> tags) {
        return span.equals(NAME) && "idle".equals(tags.get("status"));
    }

    @Override
    public FlushSchedule.Progress run(int partition) {
        Report report = sync(partition);
        boolean idle = report.outcome() == Outcome.DRAINED
                && report.backlog() == 0
                && report.state().filter(PartitionState.ACTIVE::equals).isPresent();
        return new FlushSchedule.Progress(report.backlog(), report.more(), idle);
    }

    @Override
    public Report sync(int partition) {
        try {
            return operations.observe(
                    NAME, () -> flush(partition), done -> done.outcome() == Outcome.STORED ? succeeded : IDLE, failed);
        } catch (Throwable e) {
            backlog.set(partition, backlogOf(partition));
            observeState(partition);
            throw e;
        }
    }

    private Report flush(int partition) {
        long begun = clock.monotonicTime();
        Report report = sync.sync(partition);
        if (report.outcome() == Outcome.STORED) {
            inserted.increment(report.inserted());
            deleted.increment(report.deleted());
            LOG.debug(
                    "Partition {}: stored a batch; likes={} unlikes={} backlog={}",
                    partition,
                    report.inserted(),
                    report.deleted(),
                    report.backlog());
        }
        if (!report.rejected().isEmpty()) {
            rejected.increment(report.rejected().size());
            LOG.warn(
                    "Partition {}: the database rejected {} changes, or their character was deleted. They are in"
                            + " like_set_aside with the reasons: {}",
                    partition,
                    report.rejected().size(),
                    report.rejected().stream().limit(10).toList());
        }
        if (!report.drift().isEmpty()) {
            report.drift().values().forEach(delta -> drift.increment(Math.abs(delta.doubleValue())));
            LOG.error(
                    "Partition {}: drift. Dropped buffered counts that no relation accounts for; the totals are computed"
                            + " from the database again: {}",
                    partition,
                    report.drift());
        }
        report.state().ifPresent(state -> observe(partition, new Observed(state, report.epoch())));
        if (report.outcome() != Outcome.BUSY) {
            backlog.set(partition, report.backlog());
            if (report.backlog() == 0) {
                upToDate.set(partition, begun);
            }
        }
        return report;
    }

    private void observe(int partition, Observed observed) {
        Observed last = states.getAndSet(partition, observed);
        PartitionState state = observed.state();
        PartitionState before = last == null ? null : last.state();
        if (last != null
                && (last.epoch() != observed.epoch() || last.state().databaseDecides() != state.databaseDecides())) {
            onOtherDecider.run();
        }
        if (before != state && (state.databaseDecides() || state == PartitionState.REBUILDING)) {
            LOG.warn("Partition {} is {}, was {}", partition, state, Objects.requireNonNullElse(before, "not known"));
        } else if (before != state && before != null) {
            LOG.info("Partition {} is {}, was {}", partition, state, before);
        }
    }

    /** A round that failed tells no state. */
    private void observeState(int partition) {
        try {
            ledger.tryPartition(partition, SyncMonitor::observed).ifPresent(observed -> observe(partition, observed));
        } catch (LikesUnavailableException e) {
            LOG.trace("The state of partition {} cannot be read", partition, e);
        }
    }

    private static Observed observed(LockedPartition locked) {
        return new Observed(locked.row().state(), locked.row().epoch());
    }

    /** A round that failed tells no backlog. */
    private long backlogOf(int partition) {
        try {
            return pending.records().backlog(partition);
        } catch (LikesUnavailableException e) {
            return UNKNOWN;
        }
    }
}
