package maple.like.adapter.redis;

import io.micrometer.core.instrument.Counter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import maple.like.adapter.redis.LikeEventCodec.Envelope;
import maple.like.application.port.in.LikeEventListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages from the connection without making it wait, and tells the listeners on a thread of its own, in order.
 * Messages that find it full are dropped, and the listeners are told that events were missed.
 */
final class EventInbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventInbox.class);
    private static final int LIMIT = 10_000;
    private static final int SOURCES = 1_000;

    private final String instanceId;
    private final BiPredicate<String, Long> sentByThis;
    private final Counter received;
    private final Counter gaps;
    private final List<LikeEventListener> listeners = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>(LIMIT);
    private final AtomicBoolean missed = new AtomicBoolean();
    private final Thread thread;
    private boolean namesakeReported;

    /** The number of the last event by channel and source. Used by the thread alone. */
    private final Map<String, Long> lastSequences = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > SOURCES;
        }
    };

    /** @param sentByThis whether this very process sent the event of a number on a channel */
    EventInbox(String instanceId, BiPredicate<String, Long> sentByThis, Counter received, Counter gaps) {
        this.instanceId = instanceId;
        this.sentByThis = sentByThis;
        this.received = received;
        this.gaps = gaps;
        this.thread = new Thread(this::work, "like-events");
        thread.setDaemon(true);
        thread.start();
    }

    void subscribe(LikeEventListener listener) {
        listeners.add(listener);
        missed();
    }

    /** Never blocks: called by the connection's event loop. */
    void message(String channel, String message) {
        if (!tasks.offer(() -> read(channel, message))) {
            missed.set(true);
        }
    }

    /** Never blocks: called by the connection's event loop. */
    void missed() {
        missed.set(true);
        tasks.offer(() -> {}); // wakes the thread, which is awake anyway if this finds no room
    }

    private void work() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Runnable task = tasks.take();
                if (missed.getAndSet(false)) {
                    lastSequences.clear();
                    tell(LikeEventListener::onEventsMissed);
                }
                task.run();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(String channel, String message) {
        List<Envelope> envelopes;
        try {
            envelopes = LikeEventCodec.read(message);
        } catch (IllegalArgumentException e) {
            LOG.warn("A message on {} is not a like event ({}): treating it as a missed one", channel, e.getMessage());
            tell(LikeEventListener::onEventsMissed);
            return;
        }
        received.increment(envelopes.size());
        for (Envelope envelope : envelopes) {
            if (!envelope.sourceInstanceId().equals(instanceId)) {
                hear(channel, envelope);
            } else if (envelope.sequence() != 0 && !sentByThis.test(channel, envelope.sequence())) {
                hearNamesake(envelope);
            }
        }
    }

    private void hearNamesake(Envelope envelope) {
        if (!namesakeReported) {
            namesakeReported = true;
            LOG.error(
                    "Another instance calls itself {} too. Its events are heard all the same, but losses among them"
                            + " are not noticed: give each instance an app.instance-id of its own",
                    instanceId);
        }
        tell(listener -> listener.onLikeEvent(envelope.event()));
    }

    private void hear(String channel, Envelope envelope) {
        if (envelope.sequence() != 0) {
            Long last = lastSequences.put(channel + ' ' + envelope.sourceInstanceId(), envelope.sequence());
            boolean gap = last != null && envelope.sequence() != last + 1;
            if (gap) {
                gaps.increment();
                LOG.info("Events of {} were missed: evicting all counts", envelope.sourceInstanceId());
            }
            if (gap || last == null) { // whether a new source said something before this cannot be known
                tell(LikeEventListener::onEventsMissed);
            }
        }
        tell(listener -> listener.onLikeEvent(envelope.event()));
    }

    private void tell(Consumer<LikeEventListener> message) {
        for (LikeEventListener listener : listeners) {
            try {
                message.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("A listener failed: the others are told all the same", e);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
