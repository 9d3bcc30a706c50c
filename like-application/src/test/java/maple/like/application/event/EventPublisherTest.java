package maple.like.application.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import maple.like.application.contract.Fresh;
import maple.like.domain.CharacterLiked;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeEvent;
import maple.like.domain.PublishedLikeEvent;
import org.junit.jupiter.api.Test;

class EventPublisherTest {
    private static final long FIRST = 1_000;

    private final List<List<PublishedLikeEvent>> messages = new ArrayList<>();
    private final List<CompletableFuture<Void>> underWay = new ArrayList<>();
    private final RecordingMonitor monitor = new RecordingMonitor();
    private final EventPublisher publisher = new EventPublisher(this::send, "a", 0, FIRST, monitor);
    private final GameCharacter character = Fresh.character();

    private CompletionStage<Void> send(List<PublishedLikeEvent> message) {
        messages.add(message);
        underWay.add(new CompletableFuture<>());
        return underWay.get(underWay.size() - 1);
    }

    private static LikeEvent event(GameCharacter character, long likeCount) {
        return new CharacterLiked(character, 1, new LikeCount(likeCount), Instant.EPOCH);
    }

    private static PublishedLikeEvent numbered(LikeEvent event, long sequence) {
        return new PublishedLikeEvent(event, "a", FIRST + sequence, 0);
    }

    private void publishMany(int characters) {
        for (int i = 0; i < characters; i++) {
            publisher.publish(event(Fresh.character(), 1));
        }
    }

    @Test
    void eventsThatComeWhileAMessageIsUnderWayGoTogetherAndOfEachCharacterOnlyTheLast() {
        GameCharacter other = Fresh.character();
        publisher.publish(event(character, 1));
        publisher.publish(event(character, 2));
        publisher.publish(event(other, 1));
        publisher.publish(event(character, 3));
        assertThat(messages).containsExactly(List.of(numbered(event(character, 1), 1)));
        underWay.get(0).complete(null);
        assertThat(messages.get(1)).containsExactly(numbered(event(other, 1), 2), numbered(event(character, 3), 3));
        underWay.get(1).complete(null);
        assertThat(messages).hasSize(2);
        assertThat(monitor.reports).containsExactly("published 1", "published 2");
        assertThat(List.of(publisher.sent(FIRST), publisher.sent(FIRST + 1), publisher.sent(FIRST + 3)))
                .containsExactly(false, true, true);
        assertThat(publisher.sent(FIRST + 4)).isFalse();
    }

    @Test
    void aMessageIsLimited() {
        publishMany(601);
        underWay.get(0).complete(null);
        underWay.get(1).complete(null);
        assertThat(messages).extracting(List::size).containsExactly(1, 500, 100);
    }

    @Test
    void anEventThatFindsNoRoomIsCountedAndLeavesAGapInTheNumbers() {
        publishMany(10_002);
        assertThat(monitor.reports).containsExactly("failed 1");
        underWay.get(0).complete(null);
        assertThat(messages.get(1).get(0).sequence()).isEqualTo(FIRST + 3);
    }

    @Test
    void aMessageThatIsNotAcceptedIsCountedAndTheNextIsSent() {
        publisher.publish(event(character, 1));
        publisher.publish(event(character, 2));
        underWay.get(0).completeExceptionally(new IllegalStateException("no connection"));
        underWay.get(1).complete(null);
        assertThat(monitor.reports).containsExactly("failed 1", "published 1");
    }

    @Test
    void aSenderThatThrowsEvenAnErrorIsAMessageThatIsNotAccepted() {
        EventPublisher failing = new EventPublisher(
                message -> {
                    throw new AssertionError("closed");
                },
                "a",
                0,
                FIRST,
                monitor);
        failing.publish(event(character, 1));
        failing.publish(event(character, 2));
        assertThat(monitor.reports).containsExactly("failed 1", "failed 1");
    }

    @Test
    void aSenderThatFailsAtOnceMayFailAnyNumberOfMessages() {
        List<Integer> calls = new ArrayList<>();
        AtomicReference<EventPublisher> failing = new AtomicReference<>();
        failing.set(new EventPublisher(
                message -> {
                    calls.add(message.size());
                    if (calls.size() < 50_000) {
                        failing.get().publish(event(character, calls.size())); // as another thread does meanwhile
                    }
                    return CompletableFuture.failedFuture(new IllegalStateException("no connection"));
                },
                "a",
                0,
                FIRST,
                monitor));
        failing.get().publish(event(character, 0));
        assertThat(calls).hasSize(50_000);
        assertThat(monitor.reports).hasSize(50_000);
    }
}
