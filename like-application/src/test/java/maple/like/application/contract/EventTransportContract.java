package maple.like.application.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import maple.like.application.port.out.EventTransport;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.Test;

/** What every {@link EventTransport} guarantees. */
public abstract class EventTransportContract {
    private static final LikePartitions PARTITIONS = new LikePartitions(3);
    private static final List<String> CHANNELS = PARTITIONS
            .all()
            .mapToObj(partition -> PARTITIONS.keys(partition).events())
            .toList();

    /** A transport that is connected with all others that this method made in the same test. */
    protected abstract EventTransport transport();

    /** Breaks the connections of all transports, which then reconnect. */
    protected abstract void breakConnections();

    private static final class Received implements EventTransport.Receiver {
        final Queue<String> messages = new ConcurrentLinkedQueue<>();
        final Queue<String> subscribed = new ConcurrentLinkedQueue<>();
        final Queue<String> unsubscribed = new ConcurrentLinkedQueue<>();

        @Override
        public void onMessage(String channel, String message) {
            messages.add(channel + ' ' + message);
        }

        @Override
        public void onSubscribed(String channel) {
            subscribed.add(channel);
        }

        @Override
        public void onUnsubscribed(String channel) {
            unsubscribed.add(channel);
        }
    }

    private static Received listen(EventTransport transport, String... channels) {
        Received received = new Received();
        transport.listen(List.of(channels), received);
        await().until(() -> received.subscribed.containsAll(List.of(channels)));
        return received;
    }

    @Test
    void aMessageReachesEveryReceiverOfItsChannelTheSendersOwnIncluded() {
        EventTransport sender = transport();
        Received own = listen(sender, CHANNELS.get(0), CHANNELS.get(1));
        Received other = listen(transport(), CHANNELS.get(0), CHANNELS.get(1), CHANNELS.get(2));
        Received elsewhere = listen(transport(), CHANNELS.get(2));
        sender.publish(CHANNELS.get(0), "\"아델\" 🍁");
        sender.publish(CHANNELS.get(2), "last");
        String message = CHANNELS.get(0) + " \"아델\" 🍁";
        await().untilAsserted(() -> {
            assertThat(own.messages).containsExactly(message);
            assertThat(other.messages).containsExactlyInAnyOrder(message, CHANNELS.get(2) + " last");
            assertThat(elsewhere.messages).containsExactly(CHANNELS.get(2) + " last");
        });
    }

    @Test
    void messagesOfOneSenderOnOneChannelArriveInOrder() {
        EventTransport sender = transport();
        Received received = listen(transport(), CHANNELS.get(0));
        List<String> messages =
                IntStream.range(0, 1_000).mapToObj(Integer::toString).toList();
        messages.forEach(message -> sender.publish(CHANNELS.get(0), message));
        await().until(() -> received.messages.size() >= messages.size());
        assertThat(received.messages)
                .containsExactlyElementsOf(messages.stream()
                        .map(message -> CHANNELS.get(0) + ' ' + message)
                        .toList());
    }

    @Test
    void publishingCompletesWhateverBecomesOfTheConnection() {
        EventTransport sender = transport();
        List<CompletionStage<?>> publishing = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            if (i == 50) {
                breakConnections();
            }
            publishing.add(sender.publish(CHANNELS.get(0), "message " + i));
        }
        await().until(() -> publishing.stream()
                .allMatch(stage -> stage.toCompletableFuture().isDone()));
    }

    @Test
    void aReceiverIsNotifiedOfABrokenSubscriptionAndOfTheNextAndGetsMessagesAgain() {
        EventTransport sender = transport();
        Received received = listen(transport(), CHANNELS.get(0), CHANNELS.get(1));
        received.subscribed.clear();
        received.unsubscribed.clear();
        breakConnections();
        await().until(() -> received.unsubscribed.containsAll(CHANNELS.subList(0, 2)));
        await().until(() -> received.subscribed.containsAll(CHANNELS.subList(0, 2)));
        await().untilAsserted(() -> {
            sender.publish(CHANNELS.get(1), "later");
            assertThat(received.messages).contains(CHANNELS.get(1) + " later");
        });
    }
}
