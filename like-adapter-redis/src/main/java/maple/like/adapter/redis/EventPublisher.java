package maple.like.adapter.redis;

import io.lettuce.core.RedisException;
import io.micrometer.core.instrument.Counter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import maple.like.adapter.redis.LikeEventCodec.Envelope;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeEvent;

/**
 * Sends the events of one channel, in order: one message is under way at a time, and the events that come meanwhile go
 * together as the next, of each character only the last.
 */
final class EventPublisher {
    private static final int MESSAGE_LIMIT = 500;
    private static final int WAITING_LIMIT = 20 * MESSAGE_LIMIT;

    private final Function<String, CompletionStage<Long>> sender;
    private final String instanceId;
    private final Counter succeeded;
    private final Counter failed;

    private final long firstSequence;
    private final Map<CharacterName, LikeEvent> waiting = new LinkedHashMap<>();
    private boolean sending;
    private volatile long sequence;

    /**
     * Sends nothing yet.
     *
     * @param sender sends a message on the channel; may throw where there is no connection
     * @param firstSequence where the numbers start: higher than those of an earlier life of this instance
     */
    EventPublisher(
            Function<String, CompletionStage<Long>> sender,
            String instanceId,
            long firstSequence,
            Counter succeeded,
            Counter failed) {
        this.sender = sender;
        this.instanceId = instanceId;
        this.firstSequence = firstSequence;
        this.sequence = firstSequence;
        this.succeeded = succeeded;
        this.failed = failed;
    }

    /** Whether this publisher sent an event of this number. */
    boolean sent(long number) {
        return number > firstSequence && number <= sequence;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time, who holds the lock
    void publish(LikeEvent event) {
        synchronized (waiting) {
            waiting.remove(event.character()); // the new one goes to the end
            if (waiting.size() == WAITING_LIMIT) {
                sequence++; // the gap is how others notice
                failed.increment();
                return;
            }
            waiting.put(event.character(), event);
            if (sending) {
                return;
            }
            sending = true;
        }
        sendNext();
    }

    private void sendNext() {
        List<Envelope> message = take();
        if (!message.isEmpty()) {
            send(message).whenComplete((receivers, failure) -> {
                (failure == null ? succeeded : failed).increment(message.size());
                sendNext();
            });
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time, who holds the lock
    private List<Envelope> take() {
        synchronized (waiting) {
            List<Envelope> message = new ArrayList<>(Math.min(waiting.size(), MESSAGE_LIMIT));
            Iterator<LikeEvent> events = waiting.values().iterator();
            while (events.hasNext() && message.size() < MESSAGE_LIMIT) {
                sequence++;
                message.add(new Envelope(events.next(), instanceId, sequence));
                events.remove();
            }
            sending = !message.isEmpty();
            return message;
        }
    }

    private CompletionStage<Long> send(List<Envelope> message) {
        try {
            return sender.apply(LikeEventCodec.write(message));
        } catch (RedisException unavailable) {
            return CompletableFuture.failedFuture(unavailable);
        }
    }
}
