package maple.like.adapter.redis;

import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.contract.Fresh;
import maple.like.application.memory.InMemoryLedger;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.GameCharacter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the calls about each partition go while nodes and slots of a cluster come and go. */
class ClusterRoutesTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(4);
    private static final Duration TO_FAIL_OVER = Duration.ofSeconds(60);

    private final TestCluster cluster = TestCluster.startedWithReplicas();
    private final InMemoryLedger store = new InMemoryLedger(PARTITIONS);
    private final List<GameCharacter> characters = new ArrayList<>();
    private final Queue<Integer> doubts = new ConcurrentLinkedQueue<>();
    private final RedisAdapter adapter = RedisAdapter.connect(
            new RedisSettings(RedisNodes.parse(cluster.uri()), Duration.ofSeconds(1), Duration.ofMinutes(30), 0),
            PARTITIONS,
            new SimpleMeterRegistry());
    private final LikeToggle likes = adapter.likeToggle(store);

    @BeforeEach
    void likeOneOfEachPartition() {
        PARTITIONS.all().forEach(partition -> {
            GameCharacter character = Stream.generate(Fresh::character)
                    .filter(each -> PARTITIONS.of(each.ocid()) == partition)
                    .findFirst()
                    .orElseThrow();
            store.register(character);
            characters.add(character);
            like(partition);
        });
        adapter.onDoubt(doubts::add);
    }

    @AfterEach
    void close() {
        adapter.close();
        cluster.close();
    }

    private void like(int partition) {
        GameCharacter character = characters.get(partition);
        assertThat(likes.apply(Fresh.relationTo(character), character.name(), LIKE))
                .isPresent();
    }

    private static String key(int partition) {
        return "{likes:" + partition + "}:relations";
    }

    private void settle(int partition) {
        adapter.pendingLikes().settle(partition, new PartitionState(0, Map.of()), entries -> Map.of());
    }

    @Test
    void eachPartitionIsOnTheNodeOfItsSlotAndEveryNodeHasOne() {
        PARTITIONS
                .all()
                .forEach(partition -> assertThat(
                                cluster.commandsFor(key(partition)).scard(key(partition)))
                        .isEqualTo(1));
        assertThat(PARTITIONS
                        .all()
                        .map(partition -> cluster.ownerOf(key(partition)))
                        .distinct())
                .hasSize(3);
        assertThat(adapter.ping()).isPositive();
    }

    @Test
    void aNodeThatDiesConcernsItsPartitionsAlone() {
        int dead = cluster.ownerOf(key(0));
        await("the replica has it").until(() -> cluster.commands(dead).waitForReplication(1, 1_000) == 1);
        cluster.kill(dead);
        for (int i = 0; i < 100; i++) {
            like(3);
        }
        await().untilAsserted(() -> assertThat(doubts).contains(0));
        await().atMost(TO_FAIL_OVER).ignoreExceptions().untilAsserted(() -> like(0));
        assertThat(doubts).doesNotContain(1, 2, 3);
        await("all know who took over").until(() -> cluster.ownerOf(key(0)) != dead);
        assertThat(cluster.commandsFor(key(0)).scard(key(0))).isEqualTo(2);
    }

    @Test
    void aNodeThatStandsStillIsLeftForTheOneThatTookOver() {
        int still = cluster.ownerOf(key(0));
        await("the replica has it").until(() -> cluster.commands(still).waitForReplication(1, 1_000) == 1);
        cluster.pause(still, true);
        try {
            await().atMost(TO_FAIL_OVER).ignoreExceptions().untilAsserted(() -> like(0));
            assertThat(doubts).contains(0).doesNotContain(1, 2, 3);
        } finally {
            cluster.pause(still, false);
        }
    }

    @Test
    void aSlotThatBeginsToMoveIsRefusedAsAWholeAndServedWhereItArrives() {
        for (int i = 0; i < 3; i++) {
            like(1);
        }
        int from = cluster.ownerOf(key(1));
        int to = (from + 1) % cluster.masters();
        // All that settle.lua and toggle.lua read is there, so nothing but the absent key tells Redis to refuse them.
        RedisCommands<String, String> redis = cluster.commands(from);
        redis.sadd("{likes:1}:relations:unliked", "a:b");
        redis.hset("{likes:1}:batch", "c:d", "1");
        redis.set("{likes:1}:complete", "1");
        cluster.beginToMove(key(1), to);
        await("doubts, although nobody calls")
                .untilAsserted(() -> assertThat(doubts).contains(1));
        GameCharacter character = characters.get(1);
        long before = redis.scard(key(1));
        assertThatExceptionOfType(BufferUnavailableException.class)
                .isThrownBy(() -> likes.apply(Fresh.relationTo(character), character.name(), TOGGLE))
                .satisfies(refused -> assertThat(refused.isUnasked()).isTrue());
        assertThatExceptionOfType(BufferUnavailableException.class).isThrownBy(() -> settle(1));
        assertThat(redis.scard(key(1))).isEqualTo(before);
        like(2);
        cluster.finishMove(key(1), to);
        await().ignoreExceptions().untilAsserted(() -> like(1));
        assertThat(cluster.commands(to).scard(key(1))).isEqualTo(before + 1);
        assertThat(doubts).doesNotContain(0, 2, 3);
    }

    @Test
    void aSlotThatIsRefusedForLessThanASilenceIsNotGivenUp() {
        settle(1);
        cluster.beginToMove(key(1), 0);
        Thread mended = new Thread(() -> cluster.stopMoving(key(1), 0));
        mended.start();
        settle(1);
        assertThat(doubts).doesNotContain(0, 2, 3);
    }
}
