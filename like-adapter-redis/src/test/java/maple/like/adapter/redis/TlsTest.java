package maple.like.adapter.redis;

import static maple.like.domain.LikeIntent.LIKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.port.out.EventTransport;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rediss://} and {@code rediss-cluster://} with a user and a password: also nodes that the URI does not name. */
class TlsTest {
    private static final String TRUST = "javax.net.ssl.trustStore";
    private static final String TRUST_PASSWORD = "javax.net.ssl.trustStorePassword";
    private static final String USER = "likes:s%40cret%2F1";
    private static final LikePartitions PARTITIONS = new LikePartitions(4);

    @TempDir
    private static Path directory;

    private static TestRedis redis;
    private static TlsProxy proxy;
    private static Path keys;

    @BeforeAll
    static void start() throws Exception {
        redis = TestRedis.started();
        addUserTo(redis.commands());
        keys = directory.resolve("keys.p12");
        TlsProxy.generate(keys);
        proxy = new TlsProxy(keys, redis.port());
    }

    @AfterAll
    static void stop() throws IOException {
        proxy.close();
        redis.close();
    }

    @AfterEach
    void trustNothing() {
        System.clearProperty(TRUST);
        System.clearProperty(TRUST_PASSWORD);
    }

    private static void trustTheProxy() {
        System.setProperty(TRUST, keys.toString());
        System.setProperty(TRUST_PASSWORD, TlsProxy.PASSWORD);
    }

    /** May do everything, with a password that a URI has to escape. */
    private static void addUserTo(RedisCommands<?, ?> server) {
        server.aclSetuser(
                "likes",
                AclSetuserArgs.Builder.on()
                        .addPassword("s@cret/1")
                        .allKeys()
                        .allChannels()
                        .allCommands());
    }

    private static RedisAdapter connect(String scheme, String userAndPassword, int port) {
        String uri = scheme + "://" + userAndPassword + "@127.0.0.1:" + port;
        return TestRedis.adapter(uri, PARTITIONS, Duration.ofSeconds(4));
    }

    @Test
    void likesAndEventsTravelThroughTlsAsAUserWithAPassword() {
        trustTheProxy();
        try (RedisAdapter adapter = connect("rediss", USER, proxy.port())) {
            assertLikesAndEventsOfEveryPartition(adapter);
            assertThat(redis.commands().clientList()).contains("user=likes");
        }
    }

    @Test
    void likesAndEventsOfEveryNodeTravelThroughTlsAsAUserWithAPassword() throws Exception {
        trustTheProxy();
        List<TlsProxy> proxies = new ArrayList<>();
        try (TestCluster cluster = TestCluster.started()) {
            for (int node = 0; node < cluster.masters(); node++) {
                addUserTo(cluster.commands(node));
                proxies.add(new TlsProxy(keys, cluster.port(node)));
            }
            cluster.announce(proxies.stream().map(TlsProxy::port).toList());
            try (RedisAdapter adapter =
                    connect("rediss-cluster", USER, proxies.get(0).port())) {
                assertLikesAndEventsOfEveryPartition(adapter);
                assertThat(cluster.masterCommands())
                        .hasSize(3)
                        .allSatisfy(node -> assertThat(node.clientList()).contains("user=likes"));
            }
        } finally {
            for (TlsProxy each : proxies) {
                each.close();
            }
        }
    }

    private static void assertLikesAndEventsOfEveryPartition(RedisAdapter adapter) {
        InMemoryLedger database = new InMemoryLedger(PARTITIONS);
        database.reconcile(adapter.pendingLikes());
        LikeToggle likes = adapter.likeToggle(database);
        PARTITIONS.all().forEach(partition -> {
            GameCharacter character = Fresh.characterIn(partition, PARTITIONS);
            database.register(character);
            assertThat(likes.apply(Fresh.account(), character, LIKE)).isPresent();
        });
        List<String> channels = PARTITIONS
                .all()
                .mapToObj(partition -> PARTITIONS.keys(partition).events())
                .toList();
        EventTransport transport = adapter.eventTransport(PubSubMode.AUTO);
        Received received = new Received();
        transport.listen(channels, received);
        await().untilAsserted(() -> {
            channels.forEach(channel -> transport.publish(channel, "hello"));
            assertThat(received.channels).containsExactlyInAnyOrderElementsOf(channels);
        });
    }

    @Test
    void aCertificateWithoutATrustedIssuerIsRejected() {
        try (RedisAdapter adapter = connect("rediss", USER, proxy.port())) {
            assertThatExceptionOfType(PrimaryUnavailableException.class).isThrownBy(adapter::ping);
        }
    }
}
