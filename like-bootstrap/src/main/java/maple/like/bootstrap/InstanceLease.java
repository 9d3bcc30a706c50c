package maple.like.bootstrap;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import maple.like.adapter.jpa.InstanceLock;
import maple.like.adapter.jpa.InstanceLock.State;
import maple.like.application.Outage;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.likes.FencedLedger;
import maple.like.application.port.out.LikeLedger;
import maple.like.domain.LikePartitions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The right to be the only instance on a database: refuses to start beside another, and takes the lock again when its
 * connection is lost. An instance that another has displaced is of no further use.
 */
final class InstanceLease implements SmartLifecycle, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceLease.class);
    private static final Duration WAIT_FOR_LOCK = Duration.ofSeconds(5);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

    private final InstanceLock lock;
    private final Runnable whenDisplaced;
    private volatile @Nullable FencedLedger fenced;
    private volatile State lockState = State.HELD;
    private volatile @Nullable ScheduledExecutorService checks;

    /** The lock was lost in between; only the checking thread uses it. */
    private boolean unconfirmed;

    /** Why it is unknown who holds the lock; only the checking thread uses it. */
    private @Nullable Exception reason;

    private boolean displacedReported;

    private InstanceLease(InstanceLock lock, Runnable whenDisplaced) {
        this.lock = lock;
        this.whenDisplaced = whenDisplaced;
    }

    /** @param whenDisplaced is run once another instance has taken the database over */
    static InstanceLease acquire(InstanceLock lock, Runnable whenDisplaced) {
        if (!lock.acquire(WAIT_FOR_LOCK)) {
            lock.close();
            throw new ConfigurationException(
                    "Another instance uses this database with like.buffer.strategy=in-memory, which allows one instance"
                            + " only.",
                    "Stop the other instance, or set like.buffer.strategy to redis for both.");
        }
        return new InstanceLease(lock, whenDisplaced);
    }

    /** Fails startup where a connection pooler would let two instances hold the lock. */
    static void requireSessions(boolean shared) {
        if (shared) {
            throw new ConfigurationException(
                    "A connection pooler at spring.datasource.url shares sessions between clients, so that no instance can"
                            + " hold the lock that like.buffer.strategy=in-memory needs.",
                    "Set spring.datasource.url to the database itself, or have the pooler give each client a session"
                            + " (PgBouncer: pool_mode=session).");
        }
    }

    /** Fails the startup of an instance that lets Redis decide beside one whose memory decides. */
    static void requireNone(boolean held) {
        if (held) {
            throw new ConfigurationException(
                    "An instance with like.buffer.strategy=in-memory uses this database, and it must be the only one.",
                    "Stop it, or set like.buffer.strategy to redis for it, too.");
        }
    }

    /** The ledger until another instance takes the database over. */
    FencedLedger takeOver(LikeLedger ledger, LikePartitions partitions) {
        require();
        FencedLedger taken = FencedLedger.takeOver(ledger, partitions);
        fenced = taken;
        return taken;
    }

    /** @throws PrimaryUnavailableException if another instance decides now */
    void require() {
        if (lockState == State.LOST || isDisplaced()) {
            throw PrimaryUnavailableException.notSent("Another instance decides about likes now", null);
        }
    }

    private boolean isDisplaced() {
        FencedLedger taken = fenced;
        return taken != null && taken.isDisplaced();
    }

    private void check() {
        try {
            checkOnce();
        } catch (Throwable e) { // the next check must come whatever this one met
            LOG.error("Checking the instance lock failed; next check in {} ms", CHECK_INTERVAL.toMillis(), e);
        }
    }

    private void checkOnce() {
        if (displacedReported) {
            return;
        }
        State before = lockState;
        State now = isDisplaced() ? before : keep(before);
        lockState = now;
        if (isDisplaced()) {
            displacedReported = true;
            lock.close();
            LOG.error(
                    "Another instance took this database over while the lock's connection was lost. Changes acknowledged"
                            + " here since the last flush are lost. This instance answers 503 and reports liveness DOWN until it"
                            + " is restarted");
            whenDisplaced.run();
        } else if (now != before) {
            log(now);
        }
    }

    private State keep(State before) {
        State kept = lock.check();
        reason = lock.failure();
        // The present owner of the lock, or one in between, may have begun to decide.
        unconfirmed |= kept == State.REACQUIRED || kept == State.LOST;
        if (unconfirmed && kept != State.UNKNOWN) {
            unconfirmed = !isOwned();
        }
        if (kept == State.LOST || (before == State.LOST && (unconfirmed || kept == State.UNKNOWN))) {
            return State.LOST;
        }
        return unconfirmed || kept == State.UNKNOWN ? State.UNKNOWN : State.HELD;
    }

    private boolean isOwned() {
        FencedLedger taken = fenced;
        try {
            if (taken != null) {
                taken.requireOwned();
            }
            return true;
        } catch (RuntimeException unavailableOrDisplaced) {
            reason = unavailableOrDisplaced;
            return false;
        }
    }

    private void log(State now) {
        switch (now) {
            case HELD, REACQUIRED -> LOG.warn("Re-acquired the instance lock; likes are served again");
            case LOST ->
                LOG.error("Another instance holds the lock of this database since the lock's connection was lost. This"
                        + " instance answers 503. Stop one of the two");
            case UNKNOWN ->
                LOG.warn(
                        "Lost the instance lock's connection; retrying every {} ms: {}",
                        CHECK_INTERVAL.toMillis(),
                        reason == null ? "unknown" : Outage.reason(reason));
        }
    }

    @Override
    public void start() {
        ScheduledExecutorService started =
                Executors.newSingleThreadScheduledExecutor(new CustomizableThreadFactory("like-lease-"));
        checks = started;
        var unused = started.scheduleWithFixedDelay(
                this::check, CHECK_INTERVAL.toMillis(), CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        ScheduledExecutorService stopping = checks;
        checks = null;
        if (stopping != null) {
            stopping.shutdownNow();
        }
    }

    @Override
    public boolean isRunning() {
        return checks != null;
    }

    /** Stops after the last flush. */
    @Override
    public int getPhase() {
        return FlushSchedule.PHASE - 1;
    }

    @Override
    public void close() {
        lock.close();
    }
}
