package maple.like.application.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import maple.like.application.contract.EventTransportContract;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.LikeEventBusContract;
import maple.like.application.port.out.EventTransport;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeEventCodec;
import maple.like.domain.CharacterLiked;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikePartitions;
import maple.like.domain.PublishedLikeEvent;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class NumberedLikeEventBusTest {
    private final InMemoryTransport transport = new InMemoryTransport();
    private final InMemoryCodec codec = new InMemoryCodec();

    @Test
    void anEventGoesToTheChannelOfItsCharactersPartitionNumberedFromTheClock() {
        LikePartitions partitions = new LikePartitions(3);
        Map<String, PublishedLikeEvent> published = new HashMap<>();
        EventTransport recording = new EventTransport() {
            @Override
            public CompletionStage<?> publish(String channel, String message) {
                codec.read(message).forEach(event -> published.put(channel, event));
                return CompletableFuture.completedFuture(message);
            }

            @Override
            public void listen(List<String> channels, Receiver receiver) {
                assertThat(channels).containsExactly("{likes:0}:events", "{likes:1}:events", "{likes:2}:events");
            }
        };
        Instant now = Instant.ofEpochMilli(1_000);
        try (NumberedLikeEventBus bus = new NumberedLikeEventBus(
                recording, codec, partitions, "a", 3, InstantSource.fixed(now), new RecordingMonitor())) {
            partitions.all().forEach(partition -> {
                GameCharacter character = Fresh.characterIn(partition, partitions);
                LikeEvent event = new CharacterLiked(character, 1, new LikeCount(1), now);
                bus.publish(event);
                assertThat(published)
                        .hasSize(partition + 1)
                        .containsEntry(
                                "{likes:" + partition + "}:events",
                                new PublishedLikeEvent(event, "a", 1_000 * 1_024 + 1, 3));
            });
        }
    }

    @Test
    void aMonitorThatThrowsEndsNeitherPublisherNorInbox() {
        EventBusMonitor throwing = (EventBusMonitor) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {EventBusMonitor.class}, (proxy, method, arguments) -> {
                    throw new AssertionError(method.getName());
                });
        List<Long> received = new CopyOnWriteArrayList<>();
        LikePartitions partitions = new LikePartitions(1);
        InstantSource clock = InstantSource.fixed(Instant.EPOCH);
        try (NumberedLikeEventBus a = new NumberedLikeEventBus(transport, codec, partitions, "a", 0, clock, throwing);
                NumberedLikeEventBus b =
                        new NumberedLikeEventBus(transport, codec, partitions, "b", 0, clock, throwing)) {
            b.subscribe(new LikeEventBus.Listener() {
                @Override
                public void onLikeEvent(LikeEvent event) {
                    received.add(event.likeCount().value());
                    throw new AssertionError("listener");
                }

                @Override
                public void onEventsLost() {}
            });
            for (long count = 1; count <= 3; count++) {
                a.publish(new CharacterLiked(Fresh.character(), 1, new LikeCount(count), Instant.EPOCH));
                transport.publish("{likes}:events", "no event");
            }
            await().untilAsserted(() -> assertThat(received).containsExactly(1L, 2L, 3L));
        }
    }

    @Nested
    class Transport extends EventTransportContract {
        @Override
        protected EventTransport transport() {
            return transport;
        }

        @Override
        protected void breakConnections() {
            transport.breakConnections();
        }
    }

    @Nested
    class Bus extends LikeEventBusContract {
        @Override
        protected EventTransport transport() {
            return transport;
        }

        @Override
        protected void breakConnections() {
            transport.breakConnections();
        }

        @Override
        protected LikeEventCodec codec() {
            return codec;
        }
    }
}
