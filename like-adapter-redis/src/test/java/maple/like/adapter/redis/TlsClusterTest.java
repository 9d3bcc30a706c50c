package maple.like.adapter.redis;

import static maple.like.domain.LikeIntent.LIKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import maple.like.application.LikePartitions;
import maple.like.application.contract.Fresh;
import maple.like.application.memory.InMemoryLedger;
import maple.like.application.port.in.LikeEventListener;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.CharacterLiked;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rediss-cluster://} with a user and a password: also the nodes that the URI does not name. */
class TlsClusterTest {
    private static final String TRUST = "javax.net.ssl.trustStore";
    private static final String TRUST_PASSWORD = "javax.net.ssl.trustStorePassword";
    private static final LikePartitions PARTITIONS = new LikePartitions(4);

    @TempDir
    private Path directory;

    private final TestCluster cluster = TestCluster.started();
    private final List<TlsProxy> proxies = new ArrayList<>();

    @BeforeEach
    void encrypt() throws Exception {
        Path keys = directory.resolve("keys.p12");
        TlsProxy.generate(keys);
        for (int node = 0; node < cluster.size(); node++) {
            TestUser.addTo(cluster.commands(node));
            proxies.add(new TlsProxy(keys, cluster.uriOf(node).getPort()));
        }
        cluster.announce(proxies.stream().map(TlsProxy::port).toList());
        System.setProperty(TRUST, keys.toString());
        System.setProperty(TRUST_PASSWORD, TlsProxy.PASSWORD);
    }

    @AfterEach
    void close() {
        System.clearProperty(TRUST);
        System.clearProperty(TRUST_PASSWORD);
        proxies.forEach(TlsProxy::close);
        cluster.close();
    }

    private RedisAdapter connect() {
        return RedisAdapter.connect(
                new RedisSettings(
                        RedisNodes.parse("rediss-cluster://" + TestUser.NAME + ":" + TestUser.PASSWORD_IN_URI
                                + "@127.0.0.1:" + proxies.get(0).port()),
                        Duration.ofSeconds(4),
                        Duration.ofMinutes(30),
                        0),
                PARTITIONS,
                new SimpleMeterRegistry());
    }

    @Test
    void likesAndEventsOfEveryPartitionTravelThroughTlsAsAUserWithAPassword() {
        InMemoryLedger store = new InMemoryLedger(PARTITIONS);
        List<GameCharacter> characters = PARTITIONS
                .all()
                .mapToObj(partition -> new GameCharacter(
                        Fresh.ocidIn(partition, PARTITIONS), Fresh.character().name()))
                .toList();
        characters.forEach(store::register);
        try (RedisAdapter adapter = connect();
                RedisAdapter other = connect()) {
            characters.forEach(character -> assertThat(
                            adapter.likeToggle(store).apply(Fresh.relationTo(character), character.name(), LIKE))
                    .isPresent());
            assertThat(IntStream.range(0, cluster.size()))
                    .allSatisfy(node ->
                            assertThat(cluster.commands(node).clientList()).contains("user=likes"));
            LikeEventBus bus = adapter.eventBus("a", EventTransport.AUTO, InstantSource.system());
            Set<CharacterName> heard = ConcurrentHashMap.newKeySet();
            other.eventBus("b", EventTransport.AUTO, InstantSource.system()).subscribe(new LikeEventListener() {
                @Override
                public void onLikeEvent(LikeEvent event) {
                    heard.add(event.character());
                }

                @Override
                public void onEventsMissed() {}
            });
            await().untilAsserted(() -> {
                characters.forEach(character -> bus.publish(new CharacterLiked(character.name(), 1, Instant.EPOCH)));
                assertThat(heard).hasSize(characters.size());
            });
        }
    }
}
