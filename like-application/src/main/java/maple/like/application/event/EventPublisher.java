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
    private final EventBusMonitor monitor;
    private final long firstSequence;
    private final Map<Ocid, LikeEvent> waiting = new LinkedHashMap<>();
    private boolean sending;
    private volatile long sequence;

    /** @param firstSequence where the numbers start: higher than those of an earlier life of this instance */
    EventPublisher(
            Function<List<PublishedLikeEvent>, CompletionStage<?>> sender,
            String instanceId,
            long firstSequence,
            EventBusMonitor monitor) {
        this.sender = sender;
        this.instanceId = instanceId;
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

    private void sendNext() {
        List<PublishedLikeEvent> message = take();
        if (!message.isEmpty()) {
            send(message).whenComplete((accepted, failure) -> {
                if (failure == null) {
                    monitor.published(message.size());
                } else {
                    monitor.publishFailed(message.size());
                }
                sendNext();
            });
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time, which holds the lock
    private List<PublishedLikeEvent> take() {
        synchronized (waiting) {
            List<PublishedLikeEvent> message = new ArrayList<>(Math.min(waiting.size(), MESSAGE_LIMIT));
            Iterator<LikeEvent> events = waiting.values().iterator();
            while (events.hasNext() && message.size() < MESSAGE_LIMIT) {
                sequence++;
                message.add(new PublishedLikeEvent(events.next(), instanceId, sequence));
                events.remove();
            }
            sending = !message.isEmpty();
            return message;
        }
    }

    private CompletionStage<?> send(List<PublishedLikeEvent> message) {
        try {
            return sender.apply(message);
        } catch (RuntimeException unavailable) {
            return CompletableFuture.failedFuture(unavailable);
        }
    }
}
