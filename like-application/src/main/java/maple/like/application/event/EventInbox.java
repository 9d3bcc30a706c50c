package maple.like.application.event;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import maple.like.application.port.out.EventTransport;
import maple.like.application.port.out.LikeEventBus.Listener;
import maple.like.application.port.out.LikeEventCodec;
import maple.like.domain.LikeEvent;
import maple.like.domain.PublishedLikeEvent;

/**
 * Takes messages without keeping the transport waiting, and calls the listeners on a thread of its own, in order. Messages
 * beyond its bound are dropped, and the listeners are notified of lost events.
 */
final class EventInbox implements EventTransport.Receiver, AutoCloseable {
    private static final int LIMIT = 10_000;
    private static final int MOST_SOURCES = 1_000;

    private final LikeEventCodec codec;
    private final String instanceId;
    private final long database;
    private final BiPredicate<String, Long> sentByThis;
    private final Map<String, Echoes> echoes;
    private final EventBusMonitor monitor;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>(LIMIT);
    private final AtomicBoolean lost = new AtomicBoolean();
    private final Set<String> unsubscribed = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private boolean duplicateReported;

    /** The number of the last event by channel and source. Only the thread uses it. */
    private final Map<String, Long> lastSequences = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST_SOURCES;
        }
    };

    /**
     * Starts the thread.
     *
     * @param sentByThis whether this process sent the event of a number on a channel
     * @param echoes the messages of this instance, by channel
     */
    EventInbox(
            LikeEventCodec codec,
            String instanceId,
            long database,
            BiPredicate<String, Long> sentByThis,
            Map<String, Echoes> echoes,
            EventBusMonitor monitor) {
        this.codec = codec;
        this.instanceId = instanceId;
        this.database = database;
        this.sentByThis = sentByThis;
        this.echoes = Map.copyOf(echoes);
        this.monitor = monitor;
        this.thread = new Thread(this::work, "like-events");
        thread.setDaemon(true);
        thread.start();
    }

    void subscribe(Listener listener) {
        listeners.add(listener);
        notifyOfLoss();
    }

    /** Passes on what this instance publishes, on the caller's thread. */
    void onOwnEvent(LikeEvent event) {
        call(listener -> listener.onOwnEvent(event));
    }

    @Override
    public void onMessage(String channel, String message) {
        if (!tasks.offer(() -> read(channel, message))) {
            lost.set(true);
        }
    }

    @Override
    public void onSubscribed(String channel) {
        unsubscribed.remove(channel);
        notifyOfLoss();
    }

    @Override
    public void onUnsubscribed(String channel) {
        unsubscribed.add(channel);
    }

    /** Whether no subscription is broken. */
    boolean isConnected() {
        return unsubscribed.isEmpty();
    }

    /** Notifies the listeners, on the thread, that events may have been lost. */
    void notifyOfLoss() {
        lost.set(true);
        tasks.offer(() -> {}); // wakes the thread, which is awake anyway if this finds no room
    }

    private void work() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                carryOut(tasks.take());
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void carryOut(Runnable task) {
        try {
            if (lost.getAndSet(false)) {
                lastSequences.clear();
                call(Listener::onEventsLost);
            }
            task.run();
        } catch (Throwable e) { // such as a full heap: the thread goes on, and what it did not finish is lost
            lost.set(true);
        }
    }

    private void read(String channel, String message) {
        Echoes own = echoes.get(channel);
        Integer echoed = own == null ? null : own.take(message);
        if (echoed != null) {
            monitor.received(echoed);
            return;
        }
        List<PublishedLikeEvent> events;
        try {
            events = codec.read(message).stream()
                    .filter(event -> event.database() == database)
                    .toList();
        } catch (RuntimeException e) { // of any kind: a defect of the codec must not end the thread
            monitor.malformed(
                    channel, e instanceof IllegalArgumentException reason ? reason : new IllegalArgumentException(e));
            call(Listener::onEventsLost);
            return;
        }
        if (events.isEmpty()) {
            return;
        }
        monitor.received(events.size());
        for (PublishedLikeEvent event : events) {
            if (!event.sourceInstanceId().equals(instanceId)) {
                checkSequence(channel, event);
                call(listener -> listener.onLikeEvent(event.event()));
            } else if (event.sequence() != 0 && !sentByThis.test(channel, event.sequence())) {
                reportDuplicate();
                call(listener -> listener.onLikeEvent(event.event()));
            }
        }
    }

    private void checkSequence(String channel, PublishedLikeEvent event) {
        if (event.sequence() == 0) {
            return;
        }
        Long last = lastSequences.put(channel + ' ' + event.sourceInstanceId(), event.sequence());
        boolean gap = last != null && event.sequence() != last + 1;
        if (gap) {
            monitor.gap(event.sourceInstanceId());
        }
        if (gap || last == null) { // a new source may have published before this
            call(Listener::onEventsLost);
        }
    }

    private void reportDuplicate() {
        if (!duplicateReported) {
            duplicateReported = true;
            monitor.duplicateInstanceId(instanceId);
        }
    }

    /** Nothing that a listener throws ends the thread. */
    private void call(Consumer<Listener> notification) {
        for (Listener listener : listeners) {
            try {
                notification.accept(listener);
            } catch (Throwable e) {
                monitor.listenerFailed(e);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
