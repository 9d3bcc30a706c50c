package maple.like.adapter.redis;

import static maple.like.domain.LikeIntent.LIKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.sentinel.api.sync.RedisSentinelCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.port.out.EventTransport;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A master and a replica, watched by a Sentinel. */
class SentinelTest {
    private static final Duration TO_FAIL_OVER = Duration.ofSeconds(60);
    private static final String SET = "{likes}:relations";
    private static final String CHANNEL = "{likes}:events";

    private final RedisClient client = RedisClient.create();
    private final InMemoryLedger store = new InMemoryLedger(new LikePartitions(1));
    private final GameCharacter character = Fresh.character();
    private final AtomicInteger suspicions = new AtomicInteger();
    private TestRedis master;
    private TestRedis replica;
    private TestRedis sentinel;
    private RedisAdapter adapter;
    private LikeToggle likes;

    @BeforeEach
    void start() {
        store.register(character);
        master = TestRedis.started();
        replica = TestRedis.started(Map.of("replicaof", "127.0.0.1 " + master.port()));
        await().atMost(TO_FAIL_OVER)
                .until(() -> replica.commands().info("replication").contains("master_link_status:up"));
        sentinel = TestRedis.sentinel(
                "sentinel monitor main 127.0.0.1 " + master.port() + " 1",
                "sentinel down-after-milliseconds main 500",
                "sentinel failover-timeout main 3000");
        await("the Sentinel knows the replica")
                .atMost(TO_FAIL_OVER)
                .until(() -> watcher().replicas("main").size() == 1);
        adapter = TestRedis.adapter(
                "redis-sentinel://127.0.0.1:" + sentinel.port() + "#main",
                new LikePartitions(1),
                Duration.ofSeconds(1));
        adapter.onSuspicion(partition -> suspicions.incrementAndGet());
        likes = adapter.likeToggle(store);
        store.reconcile(adapter.pendingLikes());
    }

    @AfterEach
    void stop() {
        adapter.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        sentinel.close();
        replica.close();
        master.close();
    }

    private RedisSentinelCommands<String, String> watcher() {
        return client.connectSentinel(RedisURI.create("127.0.0.1", sentinel.port()))
                .sync();
    }

    private void like() {
        assertThat(likes.apply(Fresh.account(), character, LIKE)).isPresent();
    }

    private void likeOnBoth() {
        like();
        await().until(() -> replica.commands().scard(SET) == 1);
    }

    private void assertReplicaTakesOver() {
        await().atMost(TO_FAIL_OVER).ignoreExceptions().untilAsserted(this::like);
        assertThat(replica.commands().scard(SET)).isEqualTo(2);
        assertThat(suspicions).hasPositiveValue();
    }

    @ParameterizedTest
    @CsvSource({"one@, , ", "likes:one@, , ", "one@, , two", "likes:one@, watcher, two"})
    void serverAndSentinelsMayHaveCredentialsOfTheirOwn(String server, String username, String password) {
        master.commands().configSet("requirepass", "one");
        master.commands().aclSetuser("likes", withPassword("one"));
        try (var connection = client.connect(RedisURI.create("127.0.0.1", sentinel.port()))) {
            String ofTheDefaultUser = username != null ? "three" : password != null ? password : "one";
            connection.sync().aclSetuser("watcher", withPassword("two"));
            connection
                    .sync()
                    .aclSetuser("default", AclSetuserArgs.Builder.resetpass().addPassword(ofTheDefaultUser));
        }
        String uri = "redis-sentinel://" + server + "127.0.0.1:" + sentinel.port() + "#main";
        RedisNodes nodes = password == null ? RedisNodes.parse(uri) : RedisNodes.parse(uri, username, password);
        try (RedisAdapter protectedByPassword = RedisAdapter.connect(
                new RedisSettings(nodes, Duration.ofSeconds(1), Duration.ofMinutes(30), 0),
                new LikePartitions(1),
                new SimpleMeterRegistry())) {
            assertThat(protectedByPassword.ping()).isPositive();
        }
    }

    private static AclSetuserArgs withPassword(String password) {
        return AclSetuserArgs.Builder.on().allCommands().allKeys().allChannels().addPassword(password);
    }

    @Test
    void theReasonNamesTheSentinelThatCannotBeReached() {
        sentinel.stop();
        master.stop();
        await().untilAsserted(() -> assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(adapter::ping)
                .satisfies(e -> assertThat(e.reason()).contains("refused", ":" + sentinel.port())));
        master.start();
        sentinel.start();
        await().atMost(TO_FAIL_OVER)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(adapter.ping()).isPositive());
    }

    @Test
    void theReplicaIsUsedOnceItHasTakenOver() {
        likeOnBoth();
        master.stop();
        assertReplicaTakesOver();
    }

    @Test
    void aMasterThatStopsReplyingIsLeftForTheOneThatTookOver() {
        likeOnBoth();
        try (TestRedis.Paused paused = master.pause()) {
            assertReplicaTakesOver();
        }
    }

    @Test
    void aMasterThatBecomesAReplicaIsSuspicious() {
        like();
        int before = suspicions.get();
        master.commands().replicaof("127.0.0.1", replica.port());
        replica.commands().replicaofNoOne();
        await("a suspicion, although nothing is asked and the connection stands")
                .atMost(Duration.ofSeconds(5))
                .until(() -> suspicions.get() > before);
    }

    @Test
    void messagesArriveAfterAFailover() {
        EventTransport publisher = adapter.eventTransport(PubSubMode.AUTO);
        Received received = new Received();
        adapter.eventTransport(PubSubMode.AUTO).listen(List.of(CHANNEL), received);
        assertReceived(publisher, received, "before");
        assertThat(watcher().failover("main")).isEqualTo("OK");
        await("the replica has taken over") // and cuts its connections when it does
                .atMost(TO_FAIL_OVER)
                .ignoreExceptions()
                .until(() -> replica.commands().info("replication").contains("role:master"));
        assertReceived(publisher, received, "after");
    }

    private static void assertReceived(EventTransport publisher, Received received, String message) {
        await().atMost(TO_FAIL_OVER).untilAsserted(() -> {
            publisher.publish(CHANNEL, message);
            assertThat(received.messages).contains(message);
        });
    }
}
