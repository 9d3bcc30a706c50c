package maple.like.adapter.redis;

import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the calls of each partition go while nodes of a cluster fail and slots move. */
class ClusterTopologyTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(4);
    private static final Duration TO_FAIL_OVER = Duration.ofSeconds(60);

    /** Both are long enough that a slow machine is no reason for a suspicion, nor for a failover of the cluster. */
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(8);

    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(4);

    private final TestCluster cluster = TestCluster.startedWithReplicas(NODE_TIMEOUT);
    private final InMemoryLedger store = new InMemoryLedger(PARTITIONS);
    private final List<GameCharacter> characters = new ArrayList<>();
    private final Queue<Integer> suspicions = new ConcurrentLinkedQueue<>();
    private final RedisAdapter adapter = TestRedis.adapter(cluster.uri(), PARTITIONS, COMMAND_TIMEOUT);
    private final LikeToggle likes = adapter.likeToggle(store);

    @BeforeEach
    void likeOneOfEachPartition() {
        store.reconcile(adapter.pendingLikes());
        PARTITIONS.all().forEach(partition -> {
            GameCharacter character = Fresh.characterIn(partition, PARTITIONS);
            store.register(character);
            characters.add(character);
            like(partition);
        });
        adapter.onSuspicion(suspicions::add);
    }

    @AfterEach
    void close() {
        adapter.close();
        cluster.close();
    }

    private void like(int partition) {
        assertThat(likes.apply(Fresh.account(), characters.get(partition), LIKE))
                .isPresent();
    }

    private static String key(int partition) {
        return "{likes:" + partition + "}:relations";
    }

    private void reconcile(int partition) {
        store.awaitPartition(partition, locked -> adapter.pendingLikes().reconcile(partition, locked));
    }

    private int replicatedOwnerOf0() {
        int owner = cluster.ownerOf(key(0));
        RedisCommands<String, String> redis = cluster.commands(owner);
        redis.set("{likes:0}:last", ""); // a connection waits for its own writes alone
        await("the replica has it").until(() -> redis.waitForReplication(1, 1_000) == 1);
        return owner;
    }

    @Test
    void aNodeThatDiesConcernsItsPartitionsAlone() {
        int dead = replicatedOwnerOf0();
        cluster.kill(dead);
        for (int i = 0; i < 100; i++) {
            like(3);
        }
        await().atMost(TO_FAIL_OVER).untilAsserted(() -> assertThat(suspicions).contains(0));
        await().atMost(TO_FAIL_OVER).ignoreExceptions().untilAsserted(() -> like(0));
        await("all know the new primary").atMost(TO_FAIL_OVER).until(() -> cluster.ownerOf(key(0)) != dead);
        assertThat(cluster.commandsFor(key(0)).scard(key(0))).isEqualTo(2);
    }

    @Test
    void aNodeThatStopsReplyingIsLeftForTheOneThatTookOver() {
        int still = replicatedOwnerOf0();
        try (TestRedis.Paused paused = cluster.pause(still)) {
            await().atMost(TO_FAIL_OVER).ignoreExceptions().untilAsserted(() -> like(0));
            assertThat(suspicions).contains(0);
            like(3);
        }
    }

    @Test
    void aSlotThatBeginsToMoveIsRefusedAsAWholeAndServedWhereItArrives() {
        for (int i = 0; i < 3; i++) {
            like(1);
        }
        int from = cluster.ownerOf(key(1));
        int to = (from + 1) % cluster.masters();
        // All that reconcile.lua and toggle.lua read is there, so nothing but the absent key tells Redis to refuse
        // them.
        RedisCommands<String, String> redis = cluster.commands(from);
        redis.sadd("{likes:1}:relations:unliked", "a:b");
        redis.hset("{likes:1}:batch", "c:d", "1");
        redis.set("{likes:1}:complete", "1");
        cluster.beginToMove(key(1), to);
        await("a suspicion, although nothing is asked")
                .atMost(TO_FAIL_OVER)
                .untilAsserted(() -> assertThat(suspicions).contains(1));
        long before = redis.scard(key(1));
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(() -> likes.apply(Fresh.account(), characters.get(1), TOGGLE))
                .satisfies(refused -> assertThat(refused.wasSent()).isFalse());
        assertThatExceptionOfType(PrimaryUnavailableException.class).isThrownBy(() -> reconcile(1));
        assertThat(redis.scard(key(1))).isEqualTo(before);
        like(2);
        cluster.finishMove(key(1), to);
        await().atMost(TO_FAIL_OVER).ignoreExceptions().untilAsserted(() -> like(1));
        assertThat(cluster.commands(to).scard(key(1))).isEqualTo(before + 1);
        assertThat(suspicions).doesNotContain(0, 2, 3);
    }

    @Test
    void aSlotThatNoNodeServesIsAnOutageOfItsPartition() {
        int owner = cluster.ownerOf(key(2));
        cluster.commands(owner).clusterDelSlots(SlotHash.getSlot(key(2)));
        await().atMost(TO_FAIL_OVER)
                .untilAsserted(() -> assertThatExceptionOfType(PrimaryUnavailableException.class)
                        .isThrownBy(() -> reconcile(2))
                        .satisfies(refused ->
                                assertThat(refused.reason()).containsAnyOf("CLUSTERDOWN", "No node of the cluster")));
        assertThat(suspicions).contains(2);
        like(1);
        cluster.commands(owner).clusterAddSlots(SlotHash.getSlot(key(2)));
        await().atMost(TO_FAIL_OVER).ignoreExceptions().untilAsserted(() -> like(2));
    }

    @Test
    void aSlotThatIsRefusedForLessThanAReplyTimeoutIsNotFailedOver() {
        reconcile(1);
        cluster.beginToMove(key(1), 0);
        Thread mended = new Thread(() -> cluster.stopMoving(key(1), 0));
        mended.start();
        reconcile(1);
        assertThat(suspicions).doesNotContain(0, 2, 3);
    }
}
