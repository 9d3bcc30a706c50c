package maple.like.bootstrap;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import maple.like.adapter.jpa.JpaLikes;
import maple.like.application.Outage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** Deletes answers of idempotency keys from the database once they have expired, within a minute. */
final class ExpiredAnswers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiredAnswers.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final ScheduledThreadPoolExecutor executor;
    private final JpaLikes likes;

    /** Starts at once. */
    ExpiredAnswers(JpaLikes likes) {
        this.likes = likes;
        CustomizableThreadFactory threads = new CustomizableThreadFactory("like-expiry-");
        threads.setDaemon(true);
        this.executor = new ScheduledThreadPoolExecutor(1, threads);
        var unused = executor.scheduleWithFixedDelay(
                this::delete, INTERVAL.toSeconds(), INTERVAL.toSeconds(), TimeUnit.SECONDS);
    }

    private void delete() {
        try {
            likes.deleteExpiredAnswers();
        } catch (Throwable e) {
            LOG.debug(
                    "Expired answers were not deleted: {}. Trying again in {} s",
                    Outage.reason(e),
                    INTERVAL.toSeconds());
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
