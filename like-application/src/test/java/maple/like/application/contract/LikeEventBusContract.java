package maple.like.application.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import maple.like.application.event.NumberedLikeEventBus;
import maple.like.application.event.RecordingMonitor;
import maple.like.application.port.out.EventTransport;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeEventCodec;
import maple.like.domain.CharacterLiked;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the {@link LikeEventBus} guarantees over every transport. */
public abstract class LikeEventBusContract {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final GameCharacter character = Fresh.character();
    private final List<NumberedLikeEventBus> buses = new ArrayList<>();

    /** A transport that is connected with all others that this method made in the same test. */
    protected abstract EventTransport transport();

    /** Breaks the connections of all transports, which then reconnect. */
    protected abstract void breakConnections();

    protected abstract LikeEventCodec codec();

    /** A transport that can lose what it accepts. */
    private static final class Lossy implements EventTransport {
        private final EventTransport transport;
        private volatile boolean loses;

        Lossy(EventTransport transport) {
            this.transport = transport;
        }

        @Override
        public CompletionStage<?> publish(String channel, String message) {
            return loses ? CompletableFuture.completedFuture(message) : transport.publish(channel, message);
        }

        @Override
        public void listen(List<String> channels, Receiver receiver) {
            transport.listen(channels, receiver);
        }
    }

    private static final class Listener implements LikeEventBus.Listener {
        final Queue<LikeEvent> events = new ConcurrentLinkedQueue<>();
        final AtomicInteger losses = new AtomicInteger();

        @Override
        public void onLikeEvent(LikeEvent event) {
            events.add(event);
        }

        @Override
        public void onEventsLost() {
            losses.incrementAndGet();
        }
    }

    @AfterEach
    void closeBuses() {
        buses.forEach(NumberedLikeEventBus::close);
    }

    private LikeEventBus bus(String instanceId) {
        return bus(instanceId, transport());
    }

    private LikeEventBus bus(String instanceId, EventTransport transport) {
        return bus(instanceId, transport, 0);
    }

    private LikeEventBus bus(String instanceId, EventTransport transport, long database) {
        NumberedLikeEventBus bus = new NumberedLikeEventBus(
                transport,
                codec(),
                new LikePartitions(3),
                instanceId,
                database,
                InstantSource.fixed(NOW),
                new RecordingMonitor());
        buses.add(bus);
        return bus;
    }

    private LikeEvent event(long likeCount) {
        return new CharacterLiked(character, 1, new LikeCount(likeCount), NOW);
    }

    /** A listener that has received an event, so that the bus listens for sure. */
    private Listener listenTo(LikeEventBus bus, LikeEventBus publisher) {
        Listener listener = new Listener();
        bus.subscribe(listener);
        await().until(() -> {
            publisher.publish(event(0));
            return !listener.events.isEmpty();
        });
        LikeEvent last = event(1);
        publisher.publish(last);
        await().until(() -> listener.events.contains(last));
        listener.events.clear();
        return listener;
    }

    @Test
    void anEventReachesTheListenersOfEveryOtherInstanceAndNoneOfItsOwn() {
        LikeEventBus a = bus("a");
        LikeEventBus b = bus("b");
        Listener ofB = listenTo(b, a);
        Listener ofC = listenTo(bus("c"), a);
        Listener own = listenTo(a, b);
        ofB.events.clear();
        ofC.events.clear();
        a.publish(event(5));
        await().untilAsserted(() -> {
            assertThat(ofB.events).containsExactly(event(5));
            assertThat(ofC.events).containsExactly(event(5));
        });
        b.publish(event(6));
        await().untilAsserted(() -> assertThat(own.events).containsExactly(event(6)));
    }

    @Test
    void eventsOfOneInstanceAboutOneCharacterArriveInTheOrderInWhichTheyWerePublishedAndNoneIsLost() {
        LikeEventBus a = bus("a");
        Listener b = listenTo(bus("b"), a);
        int before = b.losses.get();
        List<LikeEvent> events =
                IntStream.rangeClosed(1, 2_000).mapToObj(this::event).toList();
        events.forEach(a::publish);
        await().untilAsserted(() -> assertThat(b.events).endsWith(event(2_000)));
        assertThat(events).containsSubsequence(b.events);
        assertThat(b.losses).hasValue(before);
    }

    @Test
    void listenersAreNotifiedOfLostEventsAsSoonAsALaterOneArrives() {
        Lossy transport = new Lossy(transport());
        LikeEventBus a = bus("a", transport);
        Listener b = listenTo(bus("b"), a);
        int before = b.losses.get();
        transport.loses = true;
        a.publish(event(2));
        transport.loses = false;
        a.publish(event(3));
        await().untilAsserted(() -> assertThat(b.events).containsExactly(event(3)));
        assertThat(b.losses).hasValue(before + 1);
    }

    @Test
    void listenersOfAnInstanceAreNotifiedOfTheLossThatItReports() {
        LikeEventBus a = bus("a");
        Listener own = listenTo(a, bus("b"));
        int before = own.losses.get();
        a.reportLoss();
        await().until(() -> own.losses.get() > before);
    }

    @Test
    void listenersAreNotifiedOfLostEventsAfterEachReconnect() {
        LikeEventBus a = bus("a");
        LikeEventBus connected = bus("b");
        Listener b = listenTo(connected, a);
        int before = b.losses.get();
        breakConnections();
        await().until(() -> b.losses.get() > before && connected.isConnected());
        await().untilAsserted(() -> {
            a.publish(event(9));
            assertThat(b.events).contains(event(9));
        });
    }
}
