package maple.like.application.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.Workers;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.CharacterLiked;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeEvent;
import maple.like.domain.PublishedLikeEvent;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventInboxTest {
    private static final String OWN = "own";
    private static final long SENT_BY_THIS = 100;
    private static final long DATABASE = 1;

    private final RecordingMonitor monitor = new RecordingMonitor();
    private final InMemoryCodec codec = new InMemoryCodec();

    private final Echoes echoes = new Echoes();

    @AutoClose
    private final EventInbox inbox = new EventInbox(
            codec, OWN, DATABASE, (channel, sequence) -> sequence == SENT_BY_THIS, Map.of("x", echoes), monitor);

    private final Log log = new Log();
    private final GameCharacter character = Fresh.character();

    /** What a listener was notified of: like counts, and -1 for lost events. */
    private static class Log implements LikeEventBus.Listener {
        static final long LOST = -1;
        final List<Long> notifications = new CopyOnWriteArrayList<>();

        @Override
        public void onLikeEvent(LikeEvent event) {
            notifications.add(event.likeCount().value());
        }

        @Override
        public void onEventsLost() {
            notifications.add(LOST);
        }
    }

    @BeforeEach
    void subscribe() {
        inbox.subscribe(log);
        await().until(() -> log.notifications.remove(Log.LOST));
    }

    private void receive(String channel, String source, long sequence, long likeCount) {
        receive(channel, source, sequence, likeCount, DATABASE);
    }

    private void receive(String channel, String source, long sequence, long likeCount, long database) {
        LikeEvent event = new CharacterLiked(character, 1, new LikeCount(likeCount), Instant.EPOCH);
        inbox.onMessage(channel, codec.write(List.of(new PublishedLikeEvent(event, source, sequence, database))));
    }

    private void assertNotifications(Long... expected) {
        await().untilAsserted(() -> assertThat(log.notifications).containsExactly(expected));
    }

    @Test
    void itIsConnectedWhileNoSubscriptionIsBroken() {
        for (String channel : List.of("x", "y")) {
            inbox.onUnsubscribed(channel);
        }
        inbox.onSubscribed("x");
        assertThat(inbox.isConnected()).isFalse();
        inbox.onSubscribed("y");
        assertThat(inbox.isConnected()).isTrue();
    }

    @Test
    void aGapInTheNumbersOfASourceOnAChannelIsALoss() {
        receive("x", "b", 1, 10);
        receive("x", "b", 2, 20);
        receive("y", "b", 7, 30);
        receive("x", "c", 9, 40);
        receive("x", "b", 4, 50);
        receive("x", "b", 5, 60);
        receive("x", "b", 0, 70); // without a number
        receive("x", "b", 0, 80);
        assertNotifications(Log.LOST, 10L, 20L, Log.LOST, 30L, Log.LOST, 40L, Log.LOST, 50L, 60L, 70L, 80L);
        assertThat(monitor.reports).containsOnlyOnce("gap of b").doesNotContain("gap of c");
    }

    @Test
    void eventsOfAnotherDatabaseAreNeitherReceivedNorCountedNorNumbered() {
        receive("x", "b", 1, 10);
        receive("x", "b", 7, 20, 0);
        receive("x", OWN, SENT_BY_THIS + 1, 30, 2); // an instance of that database may have the same id
        receive("x", "b", 2, 40);
        assertNotifications(Log.LOST, 10L, 40L);
        assertThat(monitor.reports).containsExactly("received 1", "received 1");
    }

    @Test
    void anInstanceSkipsItsOwnEvents() {
        receive("x", OWN, SENT_BY_THIS, 10);
        receive("x", OWN, 0, 20);
        receive("x", "b", 0, 30);
        assertNotifications(30L);
        assertThat(monitor.reports).containsExactly("received 1", "received 1", "received 1");
    }

    @Test
    void aMessageThatWasSentFromHereIsCountedAndNotParsed() {
        echoes.sent("not an event", 2);
        inbox.onMessage("x", "not an event");
        inbox.onMessage("x", "not an event");
        assertNotifications(Log.LOST);
        assertThat(monitor.reports).containsExactly("received 2", "malformed on x");
    }

    @Test
    void anotherInstanceOfTheSameIdIsReportedOnceAndItsEventsAreReceived() {
        receive("x", OWN, SENT_BY_THIS + 1, 10);
        receive("x", OWN, SENT_BY_THIS + 2, 20);
        assertNotifications(10L, 20L);
        assertThat(monitor.reports).containsOnlyOnce("duplicate " + OWN);
    }

    @Test
    void aMessageThatCannotBeReadIsReportedAndALoss() {
        inbox.onMessage("x", "no event");
        inbox.onMessage("x", "");
        receive("x", "b", 0, 10);
        await().untilAsserted(
                        () -> assertThat(log.notifications).startsWith(Log.LOST).endsWith(10L));
        assertThat(monitor.reports).containsExactly("malformed on x", "malformed on x", "received 1");
    }

    @Test
    void aListenerThatThrowsAnErrorKeepsNothingFromTheOthers() {
        inbox.subscribe(new Log() {
            @Override
            public void onLikeEvent(LikeEvent event) {
                throw new AssertionError("event");
            }

            @Override
            public void onEventsLost() {
                throw new AssertionError("loss");
            }
        });
        Log last = new Log();
        inbox.subscribe(last);
        receive("x", "b", 0, 10);
        receive("x", "b", 0, 20);
        await().untilAsserted(() -> assertThat(last.notifications).endsWith(10L, 20L));
        assertThat(monitor.reports).contains("listener failed: event", "listener failed: loss");
    }

    @Test
    void aSubscriptionMadeAgainIsALoss() {
        inbox.onSubscribed("x");
        assertNotifications(Log.LOST);
    }

    @Test
    void messagesThatFindNoRoomAreALoss() {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        inbox.subscribe(new Log() {
            @Override
            public void onLikeEvent(LikeEvent event) {
                busy.countDown();
                Workers.await(release);
            }
        });
        receive("x", "b", 0, 1);
        Workers.await(busy);
        log.notifications.clear();
        for (int i = 0; i < 10_001; i++) {
            receive("x", "b", 0, 2);
        }
        assertThat(log.notifications).as("the transport is not kept waiting").isEmpty();
        release.countDown();
        await().until(() -> log.notifications.size() == 10_001);
        assertThat(log.notifications).startsWith(Log.LOST).endsWith(2L);
    }
}
