package maple.like.adapter.redis;

import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.LikeUnconfirmedException;
import maple.like.application.contract.Fresh;
import maple.like.application.memory.InMemoryLedger;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes.Claim;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What other systems see in Redis, key by key: the names are spelled out here, because they are a wire format. */
class RedisStateTest {
    private static final RelationKey RELATION = new RelationKey(new AccountId("acc123"), new Ocid("char456"));
    private static final CharacterName NAME = new CharacterName("MapleStory");
    private static final PartitionState NEW = new PartitionState(0, Map.of());

    private static TestRedis server;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final InMemoryLedger store = new InMemoryLedger();
    private RedisAdapter adapter;
    private LikeToggle likes;
    private RedisCommands<String, String> redis;

    @BeforeAll
    static void start() {
        server = TestRedis.started();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() {
        redis = server.commands();
        redis.flushall();
        adapter = connect(1);
        likes = adapter.likeToggle(store);
        store.register(new GameCharacter(RELATION.target(), NAME));
    }

    @AfterEach
    void close() {
        adapter.close();
    }

    private RedisAdapter connect(int partitions) {
        return connect(partitions, Duration.ofSeconds(5));
    }

    private RedisAdapter connect(int partitions, Duration commandTimeout) {
        return RedisAdapter.connect(
                new RedisSettings(server.uri(), commandTimeout, Duration.ofMinutes(30), 0),
                new LikePartitions(partitions),
                meters);
    }

    private Claim claim(PartitionState stored) {
        adapter.pendingLikes().settle(0, stored, entries -> Map.of());
        return adapter.pendingLikes().claim(0, stored, 100);
    }

    private void toggle() {
        likes.apply(RELATION, NAME, TOGGLE);
    }

    @Test
    void afterALike() {
        toggle();
        assertThat(redis.smembers("{likes}:relations")).containsExactly("acc123:char456");
        assertThat(redis.smembers("{likes}:relations:pending")).containsExactly("acc123:char456");
        assertThat(redis.smembers("{likes}:relations:unliked")).isEmpty();
        assertThat(redis.hgetall("{likes}:buffer")).isEqualTo(Map.of("MapleStory", "1"));
        assertThat(redis.get("{likes}:count:MapleStory")).isEqualTo("1");
    }

    @Test
    void afterAnUnlike() {
        toggle();
        toggle();
        assertThat(redis.smembers("{likes}:relations")).isEmpty();
        assertThat(redis.smembers("{likes}:relations:pending")).isEmpty();
        assertThat(redis.smembers("{likes}:relations:unliked")).containsExactly("acc123:char456");
        assertThat(redis.hgetall("{likes}:buffer")).isEqualTo(Map.of("MapleStory", "0"));
        assertThat(redis.get("{likes}:count:MapleStory")).isEqualTo("0");
    }

    @Test
    void afterAClaimAndAfterItsEnd() {
        toggle();
        claim(NEW);
        assertThat(redis.hgetall("{likes}:batch")).isEqualTo(Map.of("number", "1", "acc123:char456", "1"));
        assertThat(redis.smembers("{likes}:relations")).containsExactly("acc123:char456");
        assertThat(redis.exists("{likes}:relations:pending")).isZero();
        assertThat(redis.get("{likes}:generation")).isEqualTo("0");

        adapter.pendingLikes().finish(0, new PartitionState(1, Map.of(NAME, 1L)));
        assertThat(redis.exists("{likes}:batch", "{likes}:buffer")).isZero();
        assertThat(redis.get("{likes}:generation")).isEqualTo("1");
    }

    @Test
    void anUnlikeIsClaimedAsMinusOne() {
        toggle();
        toggle();
        claim(NEW);
        assertThat(redis.hgetall("{likes}:batch")).isEqualTo(Map.of("number", "1", "acc123:char456", "-1"));
    }

    @Test
    void onlyTheTotalExpires() {
        toggle();
        claim(NEW);
        toggle();
        assertThat(redis.ttl("{likes}:count:MapleStory")).isBetween(1_795L, 1_800L);
        redis.keys("*").stream()
                .filter(key -> !key.startsWith("{likes}:count:"))
                .forEach(key -> assertThat(redis.ttl(key)).as(key).isEqualTo(-1));
    }

    @Test
    void everyPartitionHasATagOfItsOwn() {
        adapter.close();
        adapter = connect(2);
        likes = adapter.likeToggle(new InMemoryLedgerOf(2).with(RELATION.target(), NAME));
        toggle();
        int partition = new LikePartitions(2).of(RELATION.target());
        assertThat(redis.keys("*"))
                .containsExactlyInAnyOrder(
                        "{likes:" + partition + "}:relations",
                        "{likes:" + partition + "}:relations:pending",
                        "{likes:" + partition + "}:buffer",
                        "{likes:" + partition + "}:generation",
                        "{likes:" + partition + "}:count:MapleStory");
    }

    private record InMemoryLedgerOf(int partitions) {
        InMemoryLedger with(Ocid ocid, CharacterName name) {
            InMemoryLedger ledger = new InMemoryLedger(new LikePartitions(partitions));
            ledger.register(new GameCharacter(ocid, name));
            return ledger;
        }
    }

    @Test
    void aWarmToggleIsOneCommand() {
        toggle();
        toggle();
        long scripts = calls("evalsha");
        long others = calls("eval") + calls("get") + calls("publish");
        toggle();
        assertThat(calls("evalsha") - scripts).isEqualTo(1);
        assertThat(calls("eval") + calls("get") + calls("publish") - others)
                .as("GET of the total, inside the script")
                .isEqualTo(1);
    }

    private long calls(String command) {
        return redis.info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_" + command + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+).*", "$1")))
                .sum();
    }

    @Test
    void scriptsThatRedisForgotAreSentAgain() {
        toggle();
        redis.scriptFlush();
        toggle();
        assertThat(redis.get("{likes}:count:MapleStory")).isEqualTo("0");
    }

    @Test
    void aCountThatNoRelationAccountsForIsDriftAndDropped() {
        toggle();
        PartitionState stored = new PartitionState(1, Map.of(NAME, 1L));
        claim(NEW);
        adapter.pendingLikes().finish(0, stored);
        redis.hset("{likes}:buffer", "MapleStory", "3");
        Claim claim = claim(stored);
        assertThat(claim.drift()).isEqualTo(Map.of(NAME, 3L));
        assertThat(redis.exists("{likes}:buffer", "{likes}:count:MapleStory")).isZero();
    }

    @Test
    void aNegativeTotalIsCountedAndComputedAnew() {
        toggle();
        redis.set("{likes}:count:MapleStory", "-5");
        assertThatExceptionOfType(BufferUnavailableException.class).isThrownBy(this::toggle);
        assertThat(meters.counter("like.drift").count()).isEqualTo(1);
        assertThat(adapter.likeReader(store).count(new GameCharacter(RELATION.target(), NAME)))
                .contains(LikeCount.ZERO);
    }

    @Test
    void whatRedisRefusesIsAnOutageOfTheBuffer() {
        redis.set("{likes}:relations", "not a set");
        assertThatExceptionOfType(BufferUnavailableException.class)
                .isThrownBy(this::toggle)
                .withMessageContaining("toggle");
    }

    @Test
    void aRedisThatIsNotThereIsAnOutageOfTheBufferUntilItIs() {
        GameCharacter character = Fresh.character();
        adapter.close();
        adapter = connect(1, Duration.ofSeconds(1));
        likes = adapter.likeToggle(store);
        server.stop();
        RedisAdapter early = connect(1, Duration.ofSeconds(1));
        try {
            assertThatExceptionOfType(BufferUnavailableException.class)
                    .isThrownBy(() -> likes.apply(Fresh.relationTo(character), character.name(), TOGGLE));
            assertThatExceptionOfType(BufferUnavailableException.class).isThrownBy(early::ping);
        } finally {
            server.start();
        }
        await().ignoreExceptions().untilAsserted(() -> assertThat(early.ping()).isPositive());
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(adapter.ping()).isPositive());
        early.close();
    }

    @Test
    void whatDoesNoHarmIfItRunsTwiceIsSentAgainWhereTheConnectionBreaks() {
        for (int i = 0; i < 20; i++) {
            redis.clientKill(KillArgs.Builder.typeNormal().skipme());
            adapter.pendingLikes().settle(0, NEW, entries -> Map.of());
        }
    }

    @Test
    void aChangeIsAcknowledgedOnceReplicasHaveItWhereThatIsAskedFor() {
        RedisSettings settings = new RedisSettings(server.uri(), Duration.ofSeconds(4), Duration.ofMinutes(30), 1);
        RedisAdapter confirmed = RedisAdapter.connect(settings, new LikePartitions(1), meters);
        LikeToggle likesConfirmed = confirmed.likeToggle(store);
        assertThatExceptionOfType(LikeUnconfirmedException.class)
                .isThrownBy(() -> likesConfirmed.apply(RELATION, NAME, LIKE))
                .withMessage("0 of 1 replicas have the change");
        assertThat(redis.smembers("{likes}:relations")).hasSize(1);
        assertThat(confirmed.likeReader(store).status(RELATION, NAME)).isPresent();

        TestRedis replica = TestRedis.started();
        replica.commands().replicaof("127.0.0.1", server.uri().getPort());
        await().ignoreExceptions()
                .untilAsserted(() ->
                        assertThat(likesConfirmed.apply(RELATION, NAME, LIKE)).isPresent());
        assertThat(replica.commands().smembers("{likes}:relations")).hasSize(1);
        replica.close();
        confirmed.close();
    }

    @Test
    void aPasswordThatRedisDoesNotKnowIsRefusedAtOnce() {
        RedisURI uri = RedisURI.builder(server.uri())
                .withAuthentication("nobody", "wrong")
                .build();
        RedisSettings settings = new RedisSettings(uri, Duration.ofSeconds(2), Duration.ofMinutes(30), 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisAdapter.connect(settings, new LikePartitions(1), meters));
    }
}
