package maple.like.application.event;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import maple.like.domain.LikeEvent;
import maple.like.domain.Ocid;
import maple.like.domain.PublishedLikeEvent;

/**
 * Publishes the events of one channel in order. One message is under way at a time; events that come meanwhile go
 * together as the next one, of each character only the last.
 */
final class EventPublisher {
    private static final int MESSAGE_LIMIT = 500;
    private static final int WAITING_LIMIT = 20 * MESSAGE_LIMIT;

    private final Function<List<PublishedLikeEvent>, CompletionStage<?>> sender;
    private final String instanceId;
    private final long database;
    private final EventBusMonitor monitor;
    private final long firstSequence;
    private final Map<Ocid, LikeEvent> waiting = new LinkedHashMap<>();
    private boolean sending;
    private volatile long sequence;

    /** @param firstSequence where the numbers start: higher than those of an earlier life of this instance */
    EventPublisher(
            Function<List<PublishedLikeEvent>, CompletionStage<?>> sender,
            String instanceId,
            long database,
            long firstSequence,
            EventBusMonitor monitor) {
        this.sender = sender;
        this.instanceId = instanceId;
        this.database = database;
        this.firstSequence = firstSequence;
        this.sequence = firstSequence;
        this.monitor = monitor;
    }

    /** Whether this publisher sent an event of this number. */
    boolean sent(long number) {
        return number > firstSequence && number <= sequence;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time, which holds the lock
    void publish(LikeEvent event) {
        Ocid ocid = event.character().ocid();
        synchronized (waiting) {
            waiting.remove(ocid); // the new one goes to the end
            if (waiting.size() == WAITING_LIMIT) {
                sequence++; // receivers notice the gap
                monitor.publishFailed(1);
                return;
            }
            waiting.put(ocid, event);
            if (sending) {
                return;
            }
            sending = true;
        }
        sendNext();
    }

    /** A loop rather than a recursion, because a transport without a connection fails at once, however many events wait. */
    private void sendNext() {
        for (List<PublishedLikeEvent> message = take(); !message.isEmpty(); message = take()) {
            int events = message.size();
            CompletableFuture<?> sent = send(message);
            if (!sent.isDone()) {
                var unused = sent.whenComplete((accepted, failure) -> {
                    report(events, failure == null);
                    sendNext();
                });
                return;
            }
            report(events, !sent.isCompletedExceptionally());
        }
    }

    private void report(int events, boolean accepted) {
        if (accepted) {
            monitor.published(events);
        } else {
            monitor.publishFailed(events);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time, which holds the lock
    private List<PublishedLikeEvent> take() {
        synchronized (waiting) {
            List<PublishedLikeEvent> message = new ArrayList<>(Math.min(waiting.size(), MESSAGE_LIMIT));
            Iterator<LikeEvent> events = waiting.values().iterator();
            while (events.hasNext() && message.size() < MESSAGE_LIMIT) {
                sequence++;
                message.add(new PublishedLikeEvent(events.next(), instanceId, sequence, database));
                events.remove();
            }
            sending = !message.isEmpty();
            return message;
        }
    }

    private CompletableFuture<?> send(List<PublishedLikeEvent> message) {
        try {
            return sender.apply(message).toCompletableFuture();
        } catch (Throwable e) { // also an Error: nothing else sends the next message
            return CompletableFuture.failedFuture(e);
        }
    }
}
