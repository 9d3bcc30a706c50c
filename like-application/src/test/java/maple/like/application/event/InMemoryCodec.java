package maple.like.application.event;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import maple.like.application.port.out.LikeEventCodec;
import maple.like.domain.PublishedLikeEvent;

/** Writes a number in place of JSON, and remembers what it stands for. Reading an empty message fails like a defect. */
final class InMemoryCodec implements LikeEventCodec {
    private final Map<String, List<PublishedLikeEvent>> messages = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();

    @Override
    public String write(List<PublishedLikeEvent> events) {
        String message = "message " + numbers.incrementAndGet();
        messages.put(message, List.copyOf(events));
        return message;
    }

    @Override
    public List<PublishedLikeEvent> read(String message) {
        if (message.isEmpty()) {
            throw new IllegalStateException("a defect");
        }
        List<PublishedLikeEvent> events = messages.get(message);
        if (events == null) {
            throw new IllegalArgumentException("Not a like event: " + message);
        }
        return events;
    }
}
