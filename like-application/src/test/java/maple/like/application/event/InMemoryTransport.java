package maple.like.application.event;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import maple.like.application.port.out.EventTransport;

/** Carries messages on the thread of the sender, to every receiver in this process. */
public final class InMemoryTransport implements EventTransport {
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

    private record Subscription(List<String> channels, Receiver receiver) {
        void subscribed() {
            channels.forEach(receiver::onSubscribed);
        }
    }

    /** Reconnects all receivers at once. */
    public void breakConnections() {
        subscriptions.forEach(subscription -> subscription.channels().forEach(subscription.receiver()::onUnsubscribed));
        subscriptions.forEach(Subscription::subscribed);
    }

    @Override
    public synchronized CompletionStage<?> publish(String channel, String message) {
        subscriptions.stream()
                .filter(subscription -> subscription.channels().contains(channel))
                .forEach(subscription -> subscription.receiver().onMessage(channel, message));
        return CompletableFuture.completedFuture(message);
    }

    @Override
    public void listen(List<String> channels, Receiver receiver) {
        Subscription subscription = new Subscription(channels, receiver);
        subscriptions.add(subscription);
        subscription.subscribed();
    }
}
