package maple.like.bootstrap;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import maple.like.application.LikesUnavailableException;
import maple.like.application.Outage;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikePartitions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Flushes every partition at an interval, in parallel, and once more when the application stops: after the web server
 * answered its last request, before connections close. Whatever a round throws, the next one follows. A partition that is
 * idle is left to the instances that change it for some intervals.
 */
final class FlushSchedule implements SmartLifecycle, LikeEventBus.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(FlushSchedule.class);
    private static final int MAX_THREADS = 4;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** How long the stop waits for rounds under way. */
    static final Duration WAIT_FOR_ROUNDS = Duration.ofSeconds(20);

    /** What memory still holds at the end is lost, so the last flush is tried more than once. */
    private static final int LAST_TRIES = 3;

    /** Of a flush to the database; a flush that precedes it starts later and stops earlier. */
    static final int PHASE = 0;

    private final Flush flush;
    private final LikePartitions partitions;
    private final Duration interval;
    private final int idleIntervals;
    private final RandomGenerator random;
    private final Route route;
    private final Outage outage;

    /** Partitions that this instance has changed since their last round began. */
    private final Set<Integer> changed = ConcurrentHashMap.newKeySet();

    private volatile @Nullable ScheduledThreadPoolExecutor executor;

    /** Flushes a partition once. */
    interface Flush {
        Progress run(int partition);
    }

    /**
     * What a round left.
     *
     * @param backlog changes still pending
     * @param more whether another round should follow at once
     * @param idle whether only a change can give the next round something to do
     */
    record Progress(long backlog, boolean more, boolean idle) {}

    /** Where changes come from and go to. */
    enum Route {
        REDIS_TO_DATABASE("like-sync-", PHASE, 1, "Pending changes stay in Redis for another instance"),
        MEMORY_TO_DATABASE("like-sync-", PHASE, LAST_TRIES, "Changes acknowledged since the last flush are lost"),
        MEMORY_TO_REDIS("like-forward-", PHASE + 1, LAST_TRIES, "Changes acknowledged since the last flush are lost");

        private final String threads;
        private final int phase;
        private final int lastTries;
        private final String onGivingUp;

        Route(String threads, int phase, int lastTries, String onGivingUp) {
            this.threads = threads;
            this.phase = phase;
            this.lastTries = lastTries;
            this.onGivingUp = onGivingUp;
        }
    }

    /**
     * Does not start yet.
     *
     * @param idleIntervals between two rounds of an idle partition; 1 where changes come later than their events
     * @param random spreads the retries of instances that failed together
     * @param nanoTime by which the log says how long flushes failed
     */
    FlushSchedule(
            Flush flush,
            LikePartitions partitions,
            Duration interval,
            int idleIntervals,
            RandomGenerator random,
            LongSupplier nanoTime,
            Route route) {
        this.flush = flush;
        this.partitions = partitions;
        this.interval = interval;
        this.idleIntervals = idleIntervals;
        this.random = random;
        this.route = route;
        this.outage = new Outage(nanoTime);
    }

    @Override
    public void start() {
        ScheduledThreadPoolExecutor started = new ScheduledThreadPoolExecutor(
                Math.min(partitions.count(), MAX_THREADS), new CustomizableThreadFactory(route.threads));
        started.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor = started;
        partitions.all().forEach(partition -> started.execute(() -> run(started, partition, 0, 0)));
    }

    private void run(ScheduledThreadPoolExecutor running, int partition, int failuresBefore, int intervalsToRest) {
        boolean hasChanged = changed.remove(partition);
        if (intervalsToRest > 0 && !hasChanged) {
            scheduleNext(running, partition, interval, 0, intervalsToRest - 1);
            return;
        }
        int failures = 0;
        int rest = 0;
        Duration pause = interval;
        try {
            rest = flushAll(running, partition).idle() ? idleIntervals - 1 : 0;
            outage.works(partition)
                    .ifPresent(lasted -> LOG.info(
                            "Every partition is flushed again; flushes failed for {} s", lasted.toMillis() / 1000.0));
        } catch (Throwable e) {
            failures = failuresBefore + 1;
            pause = pauseAfter(failures);
            logFailure(partition, e);
        } finally {
            scheduleNext(running, partition, pause, failures, rest);
        }
    }

    private void scheduleNext(
            ScheduledThreadPoolExecutor running, int partition, Duration pause, int failures, int intervalsToRest) {
        if (!running.isShutdown()) {
            var unused = running.schedule(
                    () -> run(running, partition, failures, intervalsToRest), pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private Progress flushAll(ScheduledThreadPoolExecutor running, int partition) {
        Progress progress = flush.run(partition);
        while (progress.more() && !running.isShutdown()) {
            progress = flush.run(partition);
        }
        return progress;
    }

    @Override
    public void onOwnEvent(LikeEvent event) {
        changed.add(partitions.of(event.character().ocid()));
    }

    /** The instance that changed it flushes it. */
    @Override
    public void onLikeEvent(LikeEvent event) {}

    @Override
    public void onEventsLost() {
        partitions.all().forEach(changed::add);
    }

    /** Doubles with every failure up to ten seconds, less up to half of it at random. */
    private Duration pauseAfter(int failures) {
        long most = longestPause().toMillis();
        long doubled = Math.min(most, interval.toMillis() << Math.min(failures, 16));
        return Duration.ofMillis(doubled - random.nextLong(doubled / 2 + 1));
    }

    private void logFailure(int partition, Throwable e) {
        String reason = e instanceof LikesUnavailableException unavailable ? unavailable.reason() : Outage.reason(e);
        if (!outage.fails(partition, reason)) {
            return;
        }
        if (e instanceof LikesUnavailableException) {
            LOG.warn(
                    "Partition {} was not flushed: {}. Changes stay pending; retrying at least every {} s until the log says"
                            + " that every partition is flushed again",
                    partition,
                    reason,
                    longestPause().toSeconds());
        } else {
            LOG.error("Partition {} was not flushed; retrying", partition, e);
        }
    }

    private Duration longestPause() {
        return interval.compareTo(LONGEST_PAUSE) > 0 ? interval : LONGEST_PAUSE;
    }

    /** Waits for the rounds under way, then flushes what came since. */
    @Override
    public void stop() {
        ScheduledThreadPoolExecutor stopping = executor;
        if (stopping == null) {
            return;
        }
        executor = null;
        stopping.shutdown();
        try {
            if (!stopping.awaitTermination(WAIT_FOR_ROUNDS.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("A flush is still under way; the next start continues it");
                return;
            }
            partitions.all().forEach(this::flushLastTime);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void flushLastTime(int partition) {
        for (int triesLeft = route.lastTries - 1; triesLeft >= 0; triesLeft--) {
            try {
                while (flush.run(partition).backlog() > 0) {
                    // the next batch
                }
                return;
            } catch (Throwable e) { // the other partitions must be flushed, too
                LOG.warn(
                        "Partition {} was not flushed before the stop: {}. {}",
                        partition,
                        e instanceof LikesUnavailableException unavailable ? unavailable.reason() : Outage.reason(e),
                        triesLeft > 0 ? "Trying again" : route.onGivingUp);
            }
        }
    }

    @Override
    public boolean isRunning() {
        return executor != null;
    }

    /** Starts before the web server, and stops after it. */
    @Override
    public int getPhase() {
        return route.phase;
    }
}
