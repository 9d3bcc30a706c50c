package maple.like.adapter.redis;

import static maple.like.domain.LikeIntent.LIKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.sentinel.api.sync.RedisSentinelCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import maple.like.application.LikePartitions;
import maple.like.application.contract.Fresh;
import maple.like.application.memory.InMemoryLedger;
import maple.like.application.port.in.LikeEventListener;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.CharacterLiked;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A master and a replica, watched by a Sentinel. */
class SentinelTest {
    private static final Duration TO_FAIL_OVER = Duration.ofSeconds(60);
    private static final String SET = "{likes}:relations";

    private final RedisClient client = RedisClient.create();
    private final InMemoryLedger store = new InMemoryLedger(new LikePartitions(1));
    private final GameCharacter character = Fresh.character();
    private final AtomicInteger doubts = new AtomicInteger();
    private RedisProcess master;
    private RedisProcess replica;
    private RedisProcess sentinel;
    private RedisAdapter adapter;
    private LikeToggle likes;

    @BeforeEach
    void start() {
        store.register(character);
        master = new RedisProcess("--save", "", "--repl-diskless-sync-delay", "0");
        replica = new RedisProcess(
                "--save", "", "--repl-diskless-sync-delay", "0", "--replicaof", "127.0.0.1 " + master.port);
        await().atMost(TO_FAIL_OVER)
                .until(() -> commands(replica).info("replication").contains("master_link_status:up"));
        sentinel = RedisProcess.sentinel(
                "sentinel monitor main 127.0.0.1 " + master.port + " 1",
                "sentinel down-after-milliseconds main 500",
                "sentinel failover-timeout main 3000");
        await("the Sentinel knows the replica")
                .atMost(TO_FAIL_OVER)
                .until(() -> watcher().replicas("main").size() == 1);
        adapter = connect();
        adapter.onDoubt(partition -> doubts.incrementAndGet());
        likes = adapter.likeToggle(store);
    }

    private RedisAdapter connect() {
        return RedisAdapter.connect(
                new RedisSettings(
                        RedisNodes.parse("redis-sentinel://127.0.0.1:" + sentinel.port + "#main"),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(30),
                        0),
                new LikePartitions(1),
                new SimpleMeterRegistry());
    }

    @AfterEach
    void stop() {
        adapter.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        sentinel.close();
        replica.close();
        master.close();
    }

    private RedisCommands<String, String> commands(RedisProcess server) {
        return client.connect(RedisURI.create("127.0.0.1", server.port)).sync();
    }

    private RedisSentinelCommands<String, String> watcher() {
        return client.connectSentinel(RedisURI.create("127.0.0.1", sentinel.port))
                .sync();
    }

    private void like() {
        assertThat(likes.apply(Fresh.relationTo(character), character.name(), LIKE))
                .isPresent();
    }

    @Test
    void theReplicaIsUsedOnceItHasTakenOver() {
        like();
        assertThat(commands(master).scard(SET)).isEqualTo(1);
        await().until(() -> commands(replica).scard(SET) == 1);
        master.kill();
        await().atMost(TO_FAIL_OVER).ignoreExceptions().untilAsserted(this::like);
        assertThat(commands(replica).scard(SET)).isEqualTo(2);
        assertThat(doubts).hasPositiveValue();
    }

    @Test
    void aMasterThatStandsStillIsLeftForTheOneThatTookOver() {
        like();
        await().until(() -> commands(replica).scard(SET) == 1);
        master.pause(true);
        try {
            await().atMost(TO_FAIL_OVER).ignoreExceptions().untilAsserted(this::like);
            assertThat(commands(replica).scard(SET)).isEqualTo(2);
        } finally {
            master.pause(false);
        }
    }

    @Test
    void aMasterThatIsMadeAReplicaIsNotTrustedAnyMore() {
        like();
        int before = doubts.get();
        commands(master).replicaof("127.0.0.1", replica.port);
        commands(replica).replicaofNoOne();
        await("doubts, although nobody calls and the connection stands")
                .atMost(Duration.ofSeconds(5))
                .until(() -> doubts.get() > before);
    }

    @Test
    void eventsAreHeardAfterAFailover() {
        LikeEventBus publisher = adapter.eventBus("a", EventTransport.AUTO, InstantSource.system());
        try (RedisAdapter other = connect()) {
            LikeEventBus bus = other.eventBus("b", EventTransport.AUTO, InstantSource.system());
            Queue<LikeEvent> heard = new ConcurrentLinkedQueue<>();
            bus.subscribe(new LikeEventListener() {
                @Override
                public void onLikeEvent(LikeEvent event) {
                    heard.add(event);
                }

                @Override
                public void onEventsMissed() {}
            });
            assertHeard(publisher, heard, 1);
            assertThat(watcher().failover("main")).isEqualTo("OK");
            await("the replica has taken over")
                    .atMost(TO_FAIL_OVER)
                    .until(() -> commands(replica).info("replication").contains("role:master"));
            assertHeard(publisher, heard, 2);
        }
    }

    private static void assertHeard(LikeEventBus publisher, Queue<LikeEvent> heard, long delta) {
        LikeEvent event = new CharacterLiked(new CharacterName("somebody"), delta, Instant.EPOCH);
        await().atMost(TO_FAIL_OVER).untilAsserted(() -> {
            publisher.publish(event);
            assertThat(heard).contains(event);
        });
    }
}
