package maple.like.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisURI;
import io.lettuce.core.protocol.CommandType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import maple.like.application.LikePartitions;
import maple.like.application.contract.LikeEventBusContract;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.CharacterLiked;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisLikeEventBusTest extends LikeEventBusContract {
    private static TestRedis redis;

    private final Map<LikeEventBus, RedisAdapter> adapters = new HashMap<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeAll
    static void start() {
        redis = TestRedis.started();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @AfterEach
    void closeAdapters() {
        adapters.values().forEach(RedisAdapter::close);
    }

    @Override
    protected LikeEventBus bus(String instanceId) {
        RedisURI uri = redis.uri();
        RedisAdapter adapter = RedisAdapter.connect(
                new RedisSettings(uri, Duration.ofSeconds(2), Duration.ofMinutes(30), 0),
                new LikePartitions(1),
                meters);
        LikeEventBus bus = adapter.eventBus(instanceId, EventTransport.AUTO, InstantSource.system());
        adapters.put(bus, adapter);
        await("the channel is heard")
                .until(() -> redis.commands().pubsubNumsub("{likes}:events").get("{likes}:events") >= adapters.size());
        return bus;
    }

    @Override
    protected void breakConnections() {
        redis.commands().clientKill(KillArgs.Builder.typePubsub());
        redis.commands().clientKill(KillArgs.Builder.typeNormal().skipme());
    }

    /** Redis refuses to publish meanwhile. */
    @Override
    protected AutoCloseable dropEventsOf(LikeEventBus bus) {
        redis.commands().aclSetuser("default", AclSetuserArgs.Builder.removeCommand(CommandType.PUBLISH));
        double before = published("failure");
        return () -> {
            await().until(() -> published("failure") > before);
            redis.commands().aclSetuser("default", AclSetuserArgs.Builder.addCommand(CommandType.PUBLISH));
        };
    }

    private double published(String status) {
        return meters.counter("like.event.publish", "status", status).count();
    }

    @Test
    void whatWasPublishedAndReceivedIsCounted() {
        LikeEventBus a = bus("a");
        Heard b = listenTo(bus("b"));
        for (int i = 0; i < 10; i++) {
            a.publish(event(i));
        }
        await().until(() -> b.events.size() == 10);
        await().untilAsserted(() -> {
            assertThat(published("success")).isEqualTo(10);
            assertThat(published("failure")).isZero();
            // Both instances share the registry of this test, and each receives every message, its own too.
            assertThat(meters.counter("like.event.received").count()).isEqualTo(20);
            assertThat(meters.counter("like.event.gap").count()).isZero();
        });
    }

    @Test
    void ofTheEventsOfACharacterThatWaitTogetherTheLastIsSent() {
        LikeEventBus a = bus("a");
        Heard b = listenTo(bus("b"));
        redis.commands().clientPause(200);
        CharacterName hot = new CharacterName("hot");
        for (int i = 1; i <= 1_000; i++) {
            a.publish(new CharacterLiked(hot, i, Instant.EPOCH));
        }
        LikeEvent other = event(1);
        a.publish(other);
        await().until(() -> b.events.contains(other));
        assertThat(b.events)
                .containsExactly(
                        new CharacterLiked(hot, 1, Instant.EPOCH),
                        new CharacterLiked(hot, 1_000, Instant.EPOCH),
                        other);
        assertThat(meters.counter("like.event.gap").count()).isZero();
    }

    @Test
    void whatCouldNotBePublishedIsCountedAndNoticedAsAGap() throws Exception {
        LikeEventBus a = bus("a");
        Heard b = listenTo(bus("b"));
        a.publish(event(1));
        await().until(() -> b.events.size() == 1);
        try (AutoCloseable dropped = dropEventsOf(a)) {
            a.publish(event(2));
        }
        a.publish(event(3));
        await().until(() -> b.events.size() == 2);
        assertThat(published("failure")).isEqualTo(1);
        assertThat(meters.counter("like.event.gap").count()).isEqualTo(1);
    }

    @Test
    void eventsOfAnotherInstanceOfTheSameNameAreHeardAllTheSame() {
        Heard one = listenTo(bus("same"));
        LikeEventBus other = bus("same");
        LikeEvent event = event(1);
        other.publish(event);
        await().untilAsserted(() -> assertThat(one.events).containsExactly(event));
    }

    @Test
    void aMessageOfTheDocumentedFormIsHeard() {
        Heard b = listenTo(bus("b"));
        redis.commands()
                .publish(
                        "{likes}:events",
                        "{\"userIgn\":\"아델\",\"newDelta\":5,\"eventType\":\"LIKE\",\"sourceInstanceId\":\"other\","
                                + "\"timestamp\":\"2026-01-02T03:04:05Z\"}");
        await().until(() -> !b.events.isEmpty());
        assertThat(b.events)
                .containsExactly(new CharacterLiked(new CharacterName("아델"), 5, Instant.parse("2026-01-02T03:04:05Z")));
    }

    @Test
    void aMessageThatNobodyUnderstandsCountsAsMissedAndDoesNoHarm() {
        Heard b = listenTo(bus("b"));
        int before = b.missed.get();
        for (String garbage : List.of("", "[", "{}", "null", "[1]", "{\"userIgn\":7,\"eventType\":{}}")) {
            redis.commands().publish("{likes}:events", garbage);
        }
        await().until(() -> b.missed.get() == before + 6);
        LikeEventBus a = bus("a");
        a.publish(event(1));
        await().until(() -> b.events.size() == 1);
    }
}
