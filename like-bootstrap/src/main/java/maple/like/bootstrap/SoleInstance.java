package maple.like.bootstrap;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import maple.like.adapter.jpa.InstanceLock;
import maple.like.adapter.jpa.InstanceLock.Hold;
import maple.like.application.BufferUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Makes sure that no other instance decides about likes of the same database: refuses to start beside one, and looks all
 * the time whether there is one since the connection was lost that this instance's lock belongs to.
 */
final class SoleInstance implements SmartLifecycle, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SoleInstance.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final InstanceLock lock;
    private volatile Hold hold = Hold.HELD;
    private volatile @Nullable ScheduledExecutorService looking;

    private SoleInstance(InstanceLock lock) {
        this.lock = lock;
    }

    static SoleInstance of(InstanceLock lock) {
        if (!lock.take(PATIENCE)) {
            lock.close();
            throw new ConfigurationException(
                    "Another instance uses this database with like.buffer.strategy=in-memory, which is for one instance"
                            + " alone.",
                    "Stop the other instance, or set like.buffer.strategy to redis for both.");
        }
        return new SoleInstance(lock);
    }

    /** Refuses to start an instance that lets Redis decide beside one that decides itself. */
    static void requireNone(boolean held) {
        if (held) {
            throw new ConfigurationException(
                    "An instance with like.buffer.strategy=in-memory uses this database, and it must be the only one.",
                    "Stop it, or set like.buffer.strategy to redis for it, too.");
        }
    }

    /** @throws BufferUnavailableException if another instance decides by now */
    void requireSole() {
        if (hold == Hold.TAKEN) {
            throw BufferUnavailableException.unasked("Another instance decides about likes by now", null);
        }
    }

    private void look() {
        Hold before = hold;
        Hold now = lock.keep();
        hold = now == Hold.UNKNOWN && before == Hold.TAKEN ? before : now;
        if (now == before) {
            return;
        }
        switch (now) {
            case HELD -> LOG.warn("This instance is the only one again");
            case TAKEN ->
                LOG.error(
                        "Another instance has begun to use this database while the connection to it was lost. Likes are"
                                + " no longer changed here: stop one of the two");
            case UNKNOWN ->
                LOG.warn("The connection is lost that keeps other instances away; it is made again once the database is"
                        + " back");
        }
    }

    @Override
    public void start() {
        ScheduledExecutorService started =
                Executors.newSingleThreadScheduledExecutor(new CustomizableThreadFactory("like-sole-"));
        looking = started;
        var unused = started.scheduleWithFixedDelay(
                this::look, BETWEEN_LOOKS.toMillis(), BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        ScheduledExecutorService stopping = looking;
        looking = null;
        if (stopping != null) {
            stopping.shutdownNow();
        }
    }

    @Override
    public boolean isRunning() {
        return looking != null;
    }

    /** Until everything is stored. */
    @Override
    public int getPhase() {
        return SyncSchedule.PHASE - 1;
    }

    @Override
    public void close() {
        lock.close();
    }
}
