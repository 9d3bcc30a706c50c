package maple.like.bootstrap;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import maple.like.adapter.jpa.InstanceLock;
import maple.like.adapter.jpa.InstanceLock.Hold;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.memory.OwnedLedger;
import maple.like.application.port.out.LikeLedger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Makes sure that no other instance decides about likes of the same database: refuses to start beside one, and looks all
 * the time whether there is one since the connection was lost that this instance's lock belongs to. Where another has
 * taken the database over, this instance is of no use any more.
 */
final class SoleInstance implements SmartLifecycle, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SoleInstance.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final InstanceLock lock;
    private final Runnable whenDisplaced;
    private volatile @Nullable OwnedLedger owned;
    private volatile Hold hold = Hold.HELD;
    private volatile @Nullable ScheduledExecutorService looking;

    /** Of the thread that looks. */
    private boolean unconfirmed;

    private boolean toldDisplaced;

    private SoleInstance(InstanceLock lock, Runnable whenDisplaced) {
        this.lock = lock;
        this.whenDisplaced = whenDisplaced;
    }

    /** @param whenDisplaced is run once another instance has taken the database over */
    static SoleInstance of(InstanceLock lock, Runnable whenDisplaced) {
        if (!lock.take(PATIENCE)) {
            lock.close();
            throw new ConfigurationException(
                    "Another instance uses this database with like.buffer.strategy=in-memory, which is for one instance"
                            + " alone.",
                    "Stop the other instance, or set like.buffer.strategy to redis for both.");
        }
        return new SoleInstance(lock, whenDisplaced);
    }

    /** Refuses to start an instance that lets Redis decide beside one that decides itself. */
    static void requireNone(boolean held) {
        if (held) {
            throw new ConfigurationException(
                    "An instance with like.buffer.strategy=in-memory uses this database, and it must be the only one.",
                    "Stop it, or set like.buffer.strategy to redis for it, too.");
        }
    }

    /** The ledger for as long as no other instance takes the database over. */
    OwnedLedger takeOver(LikeLedger ledger, LikePartitions partitions) {
        requireSole();
        OwnedLedger taken = OwnedLedger.takeOver(ledger, partitions);
        owned = taken;
        return taken;
    }

    /** @throws BufferUnavailableException if another instance decides by now */
    void requireSole() {
        if (hold == Hold.TAKEN || isDisplaced()) {
            throw BufferUnavailableException.unasked("Another instance decides about likes by now", null);
        }
    }

    private boolean isDisplaced() {
        OwnedLedger taken = owned;
        return taken != null && taken.isDisplaced();
    }

    private void look() {
        if (toldDisplaced) {
            return;
        }
        Hold before = hold;
        Hold now = isDisplaced() ? before : keep(before);
        hold = now;
        if (isDisplaced()) {
            toldDisplaced = true;
            lock.close(); // it is for whoever comes next
            LOG.error("Another instance has taken this database over while the connection to it was lost. What was"
                    + " acknowledged here since the last flush is lost, and likes are no longer served here: end this"
                    + " instance");
            whenDisplaced.run();
        } else if (now != before) {
            tell(now);
        }
    }

    private Hold keep(Hold before) {
        Hold kept = lock.keep();
        // Whoever holds the lock, or held it in between and is gone by now, may have begun to decide.
        unconfirmed |= kept == Hold.TAKEN_AGAIN || kept == Hold.TAKEN;
        if (unconfirmed && kept != Hold.UNKNOWN) {
            unconfirmed = !isOwned();
        }
        if (kept == Hold.TAKEN || (before == Hold.TAKEN && (unconfirmed || kept == Hold.UNKNOWN))) {
            return Hold.TAKEN;
        }
        return unconfirmed || kept == Hold.UNKNOWN ? Hold.UNKNOWN : Hold.HELD;
    }

    private boolean isOwned() {
        OwnedLedger taken = owned;
        try {
            if (taken != null) {
                taken.requireOwned();
            }
            return true;
        } catch (RuntimeException awayOrDisplaced) {
            return false;
        }
    }

    private static void tell(Hold now) {
        switch (now) {
            case HELD, TAKEN_AGAIN -> LOG.warn("This instance is the only one again");
            case TAKEN ->
                LOG.error(
                        "Another instance has begun to use this database while the connection to it was lost. Likes are"
                                + " no longer served here: stop one of the two");
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
