package maple.like.application.likes;

import static maple.like.domain.LikeIntent.LIKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.likes.LikeTopology.Memory;
import maple.like.application.likes.LikeTopology.Redis;
import maple.like.application.likes.LikeTopology.Surroundings;
import maple.like.application.port.out.LikeCountCache;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterLiked;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class LikeTopologyTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(2);

    @AutoClose("shutdownNow")
    private final ExecutorService forwarders = Executors.newSingleThreadExecutor();

    private final InMemoryLedger database = new InMemoryLedger(PARTITIONS);
    private final ModelLikes primary = new ModelLikes(PARTITIONS, database);
    private final Cache cache = new Cache();
    private final Bus bus = new Bus();
    private final Redis redis = new Redis(primary, primary);
    private final AtomicBoolean leased = new AtomicBoolean(true);
    private final Memory memory = new Memory(this::requireLease, 100, 2);
    private final Surroundings surroundings =
            new Surroundings(PARTITIONS, database, database, cache, bus, System::nanoTime);
    private final GameCharacter character = Fresh.character();
    private final AccountId account = Fresh.account();

    LikeTopologyTest() {
        database.register(character);
    }

    private void requireLease() {
        if (!leased.get()) {
            throw PrimaryUnavailableException.notSent("no lease", null);
        }
    }

    /** Keeps totals until they are invalidated. */
    private static final class Cache implements LikeCountCache {
        final Map<Ocid, LikeCount> totals = new HashMap<>();

        @Override
        public Map<GameCharacter, LikeCount> get(
                Collection<GameCharacter> characters,
                Function<Collection<GameCharacter>, Map<GameCharacter, LikeCount>> loader) {
            Map<GameCharacter, LikeCount> found = new HashMap<>();
            for (GameCharacter character : characters) {
                totals.computeIfAbsent(
                        character.ocid(),
                        ocid -> loader.apply(List.of(character)).get(character));
                found.put(character, totals.get(character.ocid()));
            }
            return found;
        }

        @Override
        public void invalidate(Ocid ocid) {
            totals.remove(ocid);
        }

        @Override
        public void invalidateAll() {
            totals.clear();
        }
    }

    private static final class Bus implements LikeEventBus {
        final List<Listener> listeners = new ArrayList<>();

        @Override
        public void publish(LikeEvent event) {
            listeners.forEach(listener -> listener.onLikeEvent(event));
        }

        @Override
        public void subscribe(Listener listener) {
            listeners.add(listener);
        }

        @Override
        public void reportLoss() {
            listeners.forEach(Listener::onEventsLost);
        }
    }

    private static CachedLikeToggle outermost(LikeTopology topology) {
        return (CachedLikeToggle) topology.likes();
    }

    @Test
    void aChangePassesTheCacheAndAtMostOneMoreDecorator() {
        LikeTopology memoryFirst = LikeTopology.memoryBeforeRedis(surroundings, redis, memory, forwarders);
        LikeTopology inMemory = LikeTopology.inMemory(surroundings, memory);
        assertThat(outermost(LikeTopology.redis(surroundings, redis)).likes()).isInstanceOf(FailoverLikeToggle.class);
        assertThat(outermost(inMemory).likes())
                .isInstanceOf(InMemoryLikeToggle.class)
                .isSameAs(inMemory.pending());
        assertThat(outermost(memoryFirst).likes()).isSameAs(memoryFirst.writeBehind());
        assertThat(memoryFirst.pending()).isSameAs(primary);
    }

    @Test
    void redisDecidesBehindAFailoverThatCanBeRevoked() {
        LikeTopology topology = LikeTopology.redis(surroundings, redis);
        assertThat(topology.pending()).isSameAs(primary);
        topology.likes().apply(account, character, LIKE);
        assertThat(primary.count(character)).contains(new LikeCount(1));
        database.setAvailable(false);
        assertThat(topology.likes().status(account, character)).isPresent();
        topology.revoke().accept(PARTITIONS.of(character.ocid()));
        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(() -> topology.likes().status(account, character));
        database.setAvailable(true);
        primary.setAvailable(false);
        topology.likes().apply(account, character, LIKE);
        assertThat(database.rows()).as("the database decides").hasSize(1);
    }

    @Test
    void theL1IsInvalidatedByChangesEventsAndLosses() {
        LikeTopology topology = LikeTopology.redis(surroundings, redis);
        assertThat(topology.likes().count(character)).contains(LikeCount.ZERO);
        primary.apply(account, character, LIKE);
        assertThat(topology.likes().count(character)).as("from the L1").contains(LikeCount.ZERO);
        bus.publish(new CharacterLiked(character, 1, new LikeCount(1), Instant.EPOCH));
        assertThat(topology.likes().count(character)).contains(new LikeCount(1));
        topology.likes().apply(Fresh.account(), character, LIKE);
        assertThat(topology.likes().count(character)).contains(new LikeCount(2));
        primary.apply(Fresh.account(), character, LIKE);
        bus.listeners.forEach(LikeEventBus.Listener::onEventsLost);
        assertThat(topology.likes().count(character)).contains(new LikeCount(3));
        assertThat(topology.likes().status(account, character).orElseThrow().likeCount())
                .isEqualTo(new LikeCount(3));
    }

    @Test
    void memoryDecidesInPlaceOfRedisWithinItsLeaseAndItsBounds() {
        LikeTopology topology = LikeTopology.inMemory(surroundings, memory);
        topology.likes().apply(account, character, LIKE);
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .as("2 changes in 2 partitions are 1 each")
                .isThrownBy(() -> topology.likes().apply(Fresh.account(), character, LIKE));
        leased.set(false);
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(() -> topology.likes().status(account, character));
    }

    @Test
    void memoryDecidesBeforeRedisWhichFollows() throws InterruptedException {
        LikeTopology topology = LikeTopology.memoryBeforeRedis(surroundings, redis, memory, forwarders);
        WriteBehindLikeToggle writeBehind =
                (WriteBehindLikeToggle) outermost(topology).likes();
        topology.likes().apply(account, character, LIKE);
        assertThat(primary.count(character)).contains(LikeCount.ZERO);
        primary.setAvailable(false);
        writeBehind.forward(PARTITIONS.of(character.ocid()));
        assertThat(database.rows()).as("forwarded through the failover").hasSize(1);
        leased.set(false);
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(() -> topology.likes().apply(account, character, LIKE));
    }
}
