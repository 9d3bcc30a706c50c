package maple.like.bootstrap;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import maple.like.application.LikePartitions;
import maple.like.application.LikesUnavailableException;
import maple.like.application.port.in.SyncLikes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Synchronises every partition at an interval, side by side, and once more when the application stops: after the web
 * server answered its last request, before connections close. Nothing ends the schedule of a partition but that.
 */
final class SyncSchedule implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(SyncSchedule.class);
    private static final int MAX_THREADS = 4;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

    /** What memory still holds at the end is lost, so it is tried more than once. */
    private static final int LAST_TRIES = 3;

    /** Of the way to the database; what comes before it starts later and stops earlier. */
    static final int PHASE = 0;

    private final SyncLikes sync;
    private final LikePartitions partitions;
    private final Duration interval;
    private final RandomGenerator random;
    private final Route route;
    private volatile @Nullable ScheduledThreadPoolExecutor executor;

    /** From where to where changes go. */
    enum Route {
        REDIS_TO_DATABASE("Redis", PHASE, 1, "Changes wait in Redis for another instance"),
        MEMORY_TO_DATABASE("memory", PHASE, LAST_TRIES, "What was acknowledged since the last round is lost"),
        MEMORY_TO_REDIS("memory", PHASE + 1, LAST_TRIES, "What was acknowledged since the last round is lost");

        private final String source;
        private final int phase;
        private final int lastTries;
        private final String leftBehind;

        Route(String source, int phase, int lastTries, String leftBehind) {
            this.source = source;
            this.phase = phase;
            this.lastTries = lastTries;
            this.leftBehind = leftBehind;
        }
    }

    /** @param random spreads the retries of instances that failed together */
    SyncSchedule(SyncLikes sync, LikePartitions partitions, Duration interval, RandomGenerator random, Route route) {
        this.sync = sync;
        this.partitions = partitions;
        this.interval = interval;
        this.random = random;
        this.route = route;
    }

    @Override
    public void start() {
        ThreadFactory threads =
                new CustomizableThreadFactory(route == Route.MEMORY_TO_REDIS ? "like-collect-" : "like-sync-");
        ScheduledThreadPoolExecutor started =
                new ScheduledThreadPoolExecutor(Math.min(partitions.count(), MAX_THREADS), threads);
        started.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor = started;
        partitions.all().forEach(partition -> started.execute(() -> run(started, partition, 0)));
    }

    private void run(ScheduledThreadPoolExecutor running, int partition, int failuresBefore) {
        int failures = 0;
        Duration pause = interval;
        try {
            syncAll(running, partition);
        } catch (RuntimeException e) {
            failures = failuresBefore + 1;
            pause = pauseAfter(failures);
            logFailure(partition, pause, e);
        }
        if (!running.isShutdown()) {
            int failuresNow = failures;
            var unused = running.schedule(
                    () -> run(running, partition, failuresNow), pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void syncAll(ScheduledThreadPoolExecutor running, int partition) {
        while (sync.sync(partition).more() && !running.isShutdown()) {
            // the next batch
        }
    }

    /** Doubles with every failure up to ten seconds, less up to half of it at random. */
    private Duration pauseAfter(int failures) {
        long most = Math.max(interval.toMillis(), LONGEST_PAUSE.toMillis());
        long doubled = Math.min(most, interval.toMillis() << Math.min(failures, 16));
        return Duration.ofMillis(doubled - random.nextLong(doubled / 2 + 1));
    }

    private void logFailure(int partition, Duration pause, RuntimeException e) {
        if (e instanceof LikesUnavailableException) {
            LOG.warn(
                    "Partition {} was not synchronised: {} ({}). Changes wait in {}; next try in {} ms",
                    partition,
                    e.getMessage(),
                    e.getCause() == null ? "no cause" : e.getCause().toString(),
                    route.source,
                    pause.toMillis());
        } else {
            LOG.error("Partition {} was not synchronised; next try in {} ms", partition, pause.toMillis(), e);
        }
    }

    /** Waits for the rounds under way, then stores what came since. */
    @Override
    public void stop() {
        ScheduledThreadPoolExecutor stopping = executor;
        if (stopping == null) {
            return;
        }
        executor = null;
        stopping.shutdown();
        try {
            if (!stopping.awaitTermination(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("A round of synchronisation is still under way; the next start takes up where it stops");
                return;
            }
            partitions.all().forEach(this::syncLastTime);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void syncLastTime(int partition) {
        for (int triesLeft = route.lastTries - 1; triesLeft >= 0; triesLeft--) {
            try {
                while (sync.sync(partition).backlog() > 0) {
                    // the next batch
                }
                return;
            } catch (RuntimeException e) {
                LOG.warn(
                        "Partition {} was not synchronised before the stop: {}. {}",
                        partition,
                        e.toString(),
                        triesLeft > 0 ? "Trying again" : route.leftBehind);
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
