package maple.like.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import maple.like.application.Decider;
import maple.like.application.PartitionState;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.LikeToggleContract;
import maple.like.application.contract.PendingLikesContract;
import maple.like.application.contract.PrimaryFixture;
import maple.like.application.contract.PrimaryInspectionContract;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.LikeToggle.Outcome;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The contracts of a primary store. One subclass for each kind of Redis. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class RedisContracts implements PrimaryFixture {
    private final List<RedisAdapter> adapters = new ArrayList<>();
    private Server server;

    record Server(String uri, Supplier<List<RedisCommands<String, String>>> masters, AutoCloseable closing) {
        static Server of(TestRedis redis) {
            return new Server(redis.uri().toString(), () -> List.of(redis.commands()), redis);
        }
    }

    abstract Server newServer();

    @BeforeAll
    void start() {
        server = newServer();
    }

    @AfterAll
    void stop() throws Exception {
        server.closing().close();
    }

    @AfterEach
    void closeInstances() {
        adapters.forEach(RedisAdapter::close);
        adapters.clear();
    }

    @Override
    public Instance instance(InMemoryLedger database) {
        RedisAdapter adapter = TestRedis.adapter(server.uri(), PARTITIONS, Duration.ofSeconds(5));
        adapters.add(adapter);
        return new Instance(adapter.likeToggle(database), adapter.pendingLikes(), adapter.inspection());
    }

    @Override
    public void expireTotals() {
        server.masters().get().forEach(node -> node.keys("*:count:*").forEach(node::del));
    }

    @Override
    public void empty() {
        server.masters().get().forEach(RedisCommands::flushall);
    }

    private void setMaxMemory(String bytes) {
        server.masters().get().forEach(node -> node.configSet("maxmemory", bytes));
    }

    @Test
    void aFullRedisIsDrainedThenHandedOverAndTakenBackOnceItHasMemory() {
        InMemoryLedger database = new InMemoryLedger(PARTITIONS);
        Instance instance = instance(database);
        empty();
        GameCharacter character = Fresh.character();
        int partition = PARTITIONS.of(character.ocid());
        database.register(character);
        LikeToggle likes = database.failover(instance.likes(), instance.pending());
        AccountId liker = Fresh.account();
        AccountId unliker = Fresh.account();
        likes.apply(liker, character, LikeIntent.LIKE);
        likes.apply(unliker, character, LikeIntent.LIKE);
        database.syncAll(instance.pending());
        likes.apply(unliker, character, LikeIntent.UNLIKE);
        AccountId pending = Fresh.account();
        likes.apply(pending, character, LikeIntent.LIKE);
        try {
            setMaxMemory("1");
            expireTotals();
            assertThatExceptionOfType(PrimaryUnavailableException.class)
                    .isThrownBy(() -> likes.apply(Fresh.account(), character, LikeIntent.LIKE))
                    .matches(PrimaryUnavailableException::isFull);
            assertThat(likes.status(pending, character)).contains(new LikeStatus(true, new LikeCount(2)));
            assertThat(likes.status(unliker, character)).contains(new LikeStatus(false, new LikeCount(2)));
            database.syncAll(instance.pending());
            assertThat(database.rows()).hasSize(2);
            assertThat(likes.apply(unliker, character, LikeIntent.TOGGLE).orElseThrow())
                    .isEqualTo(new Outcome(new LikeStatus(true, new LikeCount(3)), true, 0, Decider.DATABASE));
            assertThatExceptionOfType(PrimaryUnavailableException.class)
                    .isThrownBy(() -> instance.likes().status(pending, character))
                    .havingCause()
                    .withMessageContaining("CLOSED");
            database.syncAll(instance.pending());
            assertThat(database.state(partition)).isEqualTo(PartitionState.FAILED_OVER);
            assertThat(likes.count(character)).contains(new LikeCount(3));
        } finally {
            setMaxMemory("0");
        }
        database.syncAll(instance.pending());
        assertThat(database.state(partition)).isEqualTo(PartitionState.ACTIVE);
        assertThat(likes.apply(liker, character, LikeIntent.TOGGLE).orElseThrow())
                .isEqualTo(new Outcome(new LikeStatus(false, new LikeCount(2)), true, -1, Decider.PRIMARY));
    }

    /** As one does whose disk is full, or whose replicas are gone. */
    private void refuseWrites(boolean refuse) {
        server.masters().get().forEach(node -> node.configSet("min-replicas-to-write", refuse ? "1" : "0"));
    }

    @Test
    void thePendingChangesOfARedisThatRefusesWritesAreStoredBeforeTheDatabaseDecides() {
        InMemoryLedger database = new InMemoryLedger(PARTITIONS);
        Instance instance = instance(database);
        empty();
        GameCharacter character = Fresh.character();
        int partition = PARTITIONS.of(character.ocid());
        database.register(character);
        LikeToggle likes = database.failover(instance.likes(), instance.pending());
        AccountId unliker = Fresh.account();
        likes.apply(unliker, character, LikeIntent.LIKE);
        database.syncAll(instance.pending());
        AccountId claimed = Fresh.account();
        likes.apply(claimed, character, LikeIntent.LIKE);
        likes.apply(unliker, character, LikeIntent.UNLIKE);
        database.awaitPartition(
                partition,
                locked -> instance.pending().claim(partition, locked.row().generation(), locked.token(), 2));
        AccountId pending = Fresh.account();
        likes.apply(pending, character, LikeIntent.LIKE);
        try {
            refuseWrites(true);
            assertThat(likes.apply(pending, character, LikeIntent.TOGGLE).orElseThrow())
                    .isEqualTo(new Outcome(new LikeStatus(false, new LikeCount(1)), true, 0, Decider.DATABASE));
            assertThat(likes.status(claimed, character)).contains(new LikeStatus(true, new LikeCount(1)));
            assertThat(likes.status(unliker, character)).contains(new LikeStatus(false, new LikeCount(1)));
        } finally {
            refuseWrites(false);
        }
        await("a heartbeat")
                .ignoreExceptionsInstanceOf(PrimaryUnavailableException.class)
                .untilAsserted(() -> database.syncAll(instance.pending()));
        assertThat(database.state(partition)).isEqualTo(PartitionState.ACTIVE);
        assertThat(likes.apply(claimed, character, LikeIntent.TOGGLE).orElseThrow())
                .isEqualTo(new Outcome(new LikeStatus(false, new LikeCount(0)), true, -1, Decider.PRIMARY));
        database.syncAll(instance.pending());
        assertThat(database.rows()).isEmpty();
    }

    @Nested
    class Toggle extends LikeToggleContract {
        @Override
        protected PrimaryFixture primary() {
            return RedisContracts.this;
        }
    }

    @Nested
    class Pending extends PendingLikesContract {
        @Override
        protected PrimaryFixture primary() {
            return RedisContracts.this;
        }
    }

    @Nested
    class Inspection extends PrimaryInspectionContract {
        @Override
        protected PrimaryFixture primary() {
            return RedisContracts.this;
        }
    }
}
