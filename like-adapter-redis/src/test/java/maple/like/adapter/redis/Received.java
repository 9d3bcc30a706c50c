package maple.like.adapter.redis;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import maple.like.application.port.out.EventTransport;

/** What a receiver got. */
final class Received implements EventTransport.Receiver {
    final Set<String> channels = ConcurrentHashMap.newKeySet();
    final Queue<String> messages = new ConcurrentLinkedQueue<>();
    final AtomicInteger subscribed = new AtomicInteger();

    @Override
    public void onMessage(String channel, String message) {
        channels.add(channel);
        messages.add(message);
    }

    @Override
    public void onSubscribed(String channel) {
        subscribed.incrementAndGet();
    }

    @Override
    public void onUnsubscribed(String channel) {}
}
