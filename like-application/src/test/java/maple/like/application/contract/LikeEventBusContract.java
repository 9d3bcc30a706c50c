package maple.like.application.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import maple.like.application.port.in.LikeEventListener;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.CharacterLiked;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeEvent;
import org.junit.jupiter.api.Test;

/** What every bus guarantees. */
public abstract class LikeEventBusContract {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    /** A bus of the named instance, connected with all others that this method made in the same test. */
    protected abstract LikeEventBus bus(String instanceId);

    /** Breaks the connections of all buses; they come back by themselves. */
    protected abstract void breakConnections();

    /** Makes the next events of this bus vanish between instances, as long as the returned handle is open. */
    protected abstract AutoCloseable dropEventsOf(LikeEventBus bus);

    protected static final class Heard implements LikeEventListener {
        public final Queue<LikeEvent> events = new ConcurrentLinkedQueue<>();
        public final AtomicInteger missed = new AtomicInteger();

        @Override
        public void onLikeEvent(LikeEvent event) {
            events.add(event);
        }

        @Override
        public void onEventsMissed() {
            missed.incrementAndGet();
        }
    }

    protected static CharacterLiked event(long newDelta) {
        return new CharacterLiked(new CharacterName("아델" + UUID.randomUUID()), newDelta, NOW);
    }

    protected static Heard listenTo(LikeEventBus bus) {
        Heard heard = new Heard();
        bus.subscribe(heard);
        await().until(() -> heard.missed.get() > 0);
        return heard;
    }

    @Test
    void anEventReachesTheListenersOfEveryOtherInstance() {
        LikeEventBus a = bus("a");
        Heard b = listenTo(bus("b"));
        Heard c = listenTo(bus("c"));
        LikeEvent event = event(5);
        a.publish(event);
        await().untilAsserted(() -> assertThat(List.of(b, c))
                .allSatisfy(heard -> assertThat(heard.events).containsExactly(event)));
    }

    @Test
    void anEventReachesNoListenerOfTheInstanceThatPublishedIt() {
        LikeEventBus a = bus("a");
        LikeEventBus b = bus("b");
        Heard own = listenTo(a);
        Heard other = listenTo(b);
        a.publish(event(1));
        LikeEvent reply = event(2);
        await().until(() -> other.events.size() == 1);
        b.publish(reply);
        await().untilAsserted(() -> assertThat(own.events).containsExactly(reply));
    }

    @Test
    void eventsOfOneInstanceAboutOneCharacterArriveInTheOrderInWhichTheyWerePublished() {
        LikeEventBus a = bus("a");
        Heard b = listenTo(bus("b"));
        List<LikeEvent> events = IntStream.range(0, 2_000)
                .<LikeEvent>mapToObj(i -> new CharacterLiked(new CharacterName("hot"), i, NOW))
                .toList();
        events.forEach(a::publish);
        await().untilAsserted(() -> assertThat(b.events).endsWith(events.get(events.size() - 1)));
        assertThat(events).containsSubsequence(b.events);
    }

    @Test
    void listenersAreToldThatEventsWereMissedAsSoonAsALaterOneArrives() throws Exception {
        LikeEventBus a = bus("a");
        Heard b = listenTo(bus("b"));
        CharacterName character = new CharacterName("아델");
        a.publish(new CharacterLiked(character, 1, NOW));
        await().until(() -> b.events.size() == 1);
        int before = b.missed.get();
        try (AutoCloseable dropped = dropEventsOf(a)) {
            a.publish(new CharacterLiked(character, 2, NOW));
        }
        LikeEvent later = new CharacterLiked(character, 3, NOW);
        a.publish(later);
        await().untilAsserted(() -> assertThat(b.events).contains(later));
        assertThat(b.missed.get()).isGreaterThan(before);
        assertThat(b.events).hasSize(2);
    }

    @Test
    void listenersAreNotToldThatEventsWereMissedWhenNoneWas() {
        LikeEventBus a = bus("a");
        Heard b = listenTo(bus("b"));
        LikeEvent first = new CharacterLiked(new CharacterName("steady"), 0, NOW);
        a.publish(first);
        await().until(() -> b.events.size() == 1);
        int before = b.missed.get();
        for (int i = 1; i <= 100; i++) {
            a.publish(new CharacterLiked(new CharacterName("steady"), i, NOW));
        }
        await().until(() -> b.events.stream().anyMatch(event -> event.newDelta() == 100));
        assertThat(b.missed).hasValue(before);
    }

    @Test
    void listenersAreToldThatEventsWereMissedEachTimeTheConnectionWasMadeAnew() {
        LikeEventBus a = bus("a");
        Heard b = listenTo(bus("b"));
        int before = b.missed.get();
        breakConnections();
        await().until(() -> b.missed.get() > before);
        LikeEvent later = event(9);
        await().untilAsserted(() -> {
            a.publish(later);
            assertThat(b.events).contains(later);
        });
    }

    @Test
    void aListenerThatThrowsDoesNotKeepOthersFromHearing() {
        LikeEventBus a = bus("a");
        LikeEventBus b = bus("b");
        b.subscribe(new LikeEventListener() {
            @Override
            public void onLikeEvent(LikeEvent event) {
                throw new IllegalStateException("a listener with a defect");
            }

            @Override
            public void onEventsMissed() {
                throw new IllegalStateException("a listener with a defect");
            }
        });
        Heard heard = listenTo(b);
        a.publish(event(1));
        a.publish(event(2));
        await().until(() -> heard.events.size() == 2);
    }

    @Test
    void publishingNeverThrowsWhateverBecomesOfTheConnection() {
        LikeEventBus a = bus("a");
        assertThatCode(() -> {
                    for (int i = 0; i < 200; i++) {
                        if (i == 50) {
                            breakConnections();
                        }
                        a.publish(event(i));
                    }
                })
                .doesNotThrowAnyException();
    }
}
