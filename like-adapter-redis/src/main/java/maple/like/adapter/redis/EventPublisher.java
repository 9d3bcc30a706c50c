package maple.like.adapter.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.micrometer.core.instrument.Counter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import maple.like.adapter.redis.LikeEventCodec.Envelope;
import maple.like.domain.LikeEvent;

/**
 * Sends the events of one channel, in order: one message is under way at a time, and the events that come meanwhile go
 * together as the next.
 */
final class EventPublisher {
    private static final int MESSAGE_LIMIT = 500;
    private static final int WAITING_LIMIT = 20 * MESSAGE_LIMIT;

    private final Supplier<RedisClusterAsyncCommands<String, String>> commands;
    private final String channel;
    private final String instanceId;
    private final Counter succeeded;
    private final Counter failed;

    private final long firstSequence;
    private final Queue<Envelope> waiting = new ArrayDeque<>();
    private boolean sending;
    private volatile long sequence;

    /** @param firstSequence where the numbers start: higher than those of an earlier life of this instance */
    EventPublisher(
            Supplier<RedisClusterAsyncCommands<String, String>> commands,
            String channel,
            String instanceId,
            long firstSequence,
            Counter succeeded,
            Counter failed) {
        this.commands = commands;
        this.channel = channel;
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
            sequence++; // also where it is dropped: the gap is how others notice
            if (waiting.size() == WAITING_LIMIT) {
                failed.increment();
                return;
            }
            waiting.add(new Envelope(event, instanceId, sequence));
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

    private List<Envelope> take() {
        synchronized (waiting) {
            List<Envelope> message = new ArrayList<>(Math.min(waiting.size(), MESSAGE_LIMIT));
            while (!waiting.isEmpty() && message.size() < MESSAGE_LIMIT) {
                message.add(waiting.remove());
            }
            sending = !message.isEmpty();
            return message;
        }
    }

    private CompletionStage<Long> send(List<Envelope> message) {
        try {
            return commands.get().publish(channel, LikeEventCodec.write(message));
        } catch (RedisException unavailable) {
            return CompletableFuture.failedFuture(unavailable);
        }
    }
}
