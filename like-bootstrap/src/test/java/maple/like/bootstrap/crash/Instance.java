package maple.like.bootstrap.crash;

import static maple.like.bootstrap.crash.Deployment.PARTITIONS;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import maple.like.adapter.jpa.JpaLikes;
import maple.like.adapter.redis.CacheSettings;
import maple.like.adapter.redis.CaffeineLikeCounts;
import maple.like.adapter.redis.RedisPorts;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.likes.FencedLedger;
import maple.like.application.likes.LikeTopology;
import maple.like.application.likes.LikeTopology.Memory;
import maple.like.application.likes.LikeTopology.Redis;
import maple.like.application.likes.LikeTopology.Surroundings;
import maple.like.application.port.in.EraseAccount;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.RetireCharacter;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterResolver;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;

/** A process of the service: one of its topologies, on connections that a test can break. */
final class Instance {
    final Connections connections;
    final LikeTopology topology;
    final ToggleLike toggle;
    final ReadLikes read;
    final SyncLikes sync;
    final EraseAccount erasure;
    final RetireCharacter retirement;

    enum Kind {
        /** Redis decides. */
        REDIS,
        /** Memory decides, and the database follows. Most of what is stored is evicted. */
        IN_MEMORY,
        /** Memory decides, and Redis follows. */
        MEMORY_BEFORE_REDIS
    }

    /** @param resolved characters that the database was asked for, by any instance */
    Instance(
            Kind kind,
            Connections connections,
            Map<CharacterName, Optional<GameCharacter>> resolved,
            ExecutorService forwarders,
            int batchSize) {
        this.connections = connections;
        JpaLikes jpa = new JpaLikes(connections.sessions, PARTITIONS, InstantSource.system());
        LikeLedger ledger = new ImpatientLedger(jpa.ledger());
        if (kind == Kind.IN_MEMORY) {
            ledger = FencedLedger.takeOver(ledger, PARTITIONS);
        }
        CaffeineLikeCounts cache = new CaffeineLikeCounts(
                new CacheSettings(Duration.ofMinutes(5), 100), Ticker.systemTicker(), new SimpleMeterRegistry());
        Surroundings surroundings =
                new Surroundings(PARTITIONS, ledger, jpa.counts(), cache, connections.events, System::nanoTime);
        RedisPorts ports = connections.redis();
        Redis redis = new Redis(ports.likeToggle(jpa.counts()), ports.pendingLikes());
        Memory memory = new Memory(() -> {}, 8, 1_000);
        topology = switch (kind) {
            case REDIS -> LikeTopology.redis(surroundings, redis);
            case IN_MEMORY -> LikeTopology.inMemory(surroundings, memory);
            case MEMORY_BEFORE_REDIS -> LikeTopology.memoryBeforeRedis(surroundings, redis, memory, forwarders);
        };
        CharacterResolver resolver = new StoredCharacters(jpa.directory(), resolved);
        toggle = LikeUseCases.toggleLike(
                resolver, topology.likes(), connections.events, InstantSource.system(), Duration.ofMinutes(10));
        read = LikeUseCases.readLikes(resolver, topology.likes());
        sync = LikeUseCases.syncLikes(ledger, topology.pending(), jpa.directory(), batchSize, batchSize);
        SyncLikes storing = partition -> {
            if (topology.writeBehind() != null) {
                forward(partition);
            }
            return sync.sync(partition);
        };
        erasure = LikeUseCases.eraseAccount(
                jpa.erasure(),
                jpa.lists(),
                jpa.retirement(),
                topology.likes(),
                topology.pending(),
                ledger,
                connections.events,
                storing,
                PARTITIONS,
                InstantSource.system(),
                Runnable::run);
        retirement = LikeUseCases.retireCharacter(
                jpa.retirement(),
                topology.likes(),
                jpa.counts(),
                connections.events,
                sync,
                PARTITIONS,
                InstantSource.system(),
                () -> {});
    }

    /** Revokes the verification of every partition, as a broken connection or a late heartbeat does. */
    void revoke() {
        PARTITIONS.all().forEach(topology.revoke()::accept);
    }

    /** One round for the partition that scenarios are about. */
    void flush() {
        sync.sync(0);
    }

    /** Forwards what is pending in memory to Redis. */
    void forward(int partition) {
        try {
            topology.writeBehind().forward(partition);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    void flushAll() {
        flushAll(0);
    }

    /** Rounds until nothing is pending in a partition, and a warm-up has copied its last page. */
    void flushAll(int partition) {
        SyncLikes.Report report;
        do {
            report = sync.sync(partition);
        } while (report.outcome() == SyncLikes.Outcome.STORED || report.more());
    }

    /** Resolves the characters of the database, each by one query of the first instance that is asked. */
    private record StoredCharacters(CharacterDirectory directory, Map<CharacterName, Optional<GameCharacter>> found)
            implements CharacterResolver {
        @Override
        public Optional<GameCharacter> find(CharacterName name) {
            return found.computeIfAbsent(name, directory::find);
        }

        @Override
        public Optional<GameCharacter> resolve(CharacterName name, AccountId caller) {
            return find(name);
        }
    }

    /** Waits for no lock: the instances of a test share a thread, so a lock that is taken stays taken. */
    private record ImpatientLedger(LikeLedger ledger) implements LikeLedger {
        @Override
        public <R> Optional<R> tryPartition(int partition, Function<LockedPartition, R> work) {
            return ledger.tryPartition(partition, work);
        }

        @Override
        public <R> R awaitPartition(int partition, Function<LockedPartition, R> work) {
            return ledger.tryPartition(partition, work)
                    .orElseThrow(() -> new DatabaseUnavailableException("The lock was not released in time", null));
        }

        @Override
        public Map<Integer, Decided> decide(Map<Integer, List<Change>> changes, Runnable beforeCommit) {
            changes.keySet().forEach(partition -> awaitPartition(partition, locked -> true));
            return ledger.decide(changes, beforeCommit);
        }
    }
}
