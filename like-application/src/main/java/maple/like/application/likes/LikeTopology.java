package maple.like.application.likes;

import java.util.concurrent.ExecutorService;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import maple.like.application.port.out.LikeCountCache;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.LikePartitions;
import org.jspecify.annotations.Nullable;

/**
 * Composes what stands between the use cases and the stores, one method for each topology. The service, its crash tests
 * and its benchmark use these compositions and no others.
 *
 * <pre>
 * redis              CachedLikeToggle -> FailoverLikeToggle -> Redis
 * inMemory           CachedLikeToggle -> InMemoryLikeToggle
 * memoryBeforeRedis  CachedLikeToggle -> WriteBehindLikeToggle, and each flush interval -> FailoverLikeToggle -> Redis
 * </pre>
 *
 * @param likes what the use cases call
 * @param pending what is flushed to the database
 * @param revoke to be called with a partition whose Redis is suspected, see {@link FailoverLikeToggle#revoke}
 * @param writeBehind what is forwarded to Redis, where memory precedes it
 */
public record LikeTopology(
        LikeToggle likes,
        PendingLikes pending,
        IntConsumer revoke,
        @Nullable WriteBehindLikeToggle writeBehind) {
    /**
     * Every topology's surroundings.
     *
     * @param partitions the same for every instance
     * @param ledger works under partition locks
     * @param counts reads counts and relations of the database
     * @param cache the L1
     * @param events invalidate the L1
     * @param nanoTime by which waits are measured
     */
    public record Surroundings(
            LikePartitions partitions,
            LikeLedger ledger,
            LikeCountStore counts,
            LikeCountCache cache,
            LikeEventBus events,
            LongSupplier nanoTime) {
        private LikeToggle cached(LikeToggle likes) {
            CachedLikeToggle cached = new CachedLikeToggle(likes, cache);
            events.subscribe(cached);
            return cached;
        }

        private FailoverLikeToggle failover(Redis redis) {
            return new FailoverLikeToggle(redis.likes(), redis.pending(), ledger, counts, partitions, nanoTime);
        }
    }

    /**
     * Redis.
     *
     * @param likes changes and reads likes in Redis
     * @param pending its pending changes
     */
    public record Redis(LikeToggle likes, PendingLikes pending) {}

    /**
     * The memory of the only instance.
     *
     * @param requireLease throws if this instance may not decide now
     * @param maxCached stored relations, and totals, that all partitions together keep; 1 or more
     * @param maxPending changes that may be pending in all partitions together; 1 or more
     */
    public record Memory(Runnable requireLease, int maxCached, int maxPending) {
        private static int each(int all, LikePartitions partitions) {
            return Math.max(1, all / partitions.count());
        }
    }

    /** Redis decides. */
    public static LikeTopology redis(Surroundings surroundings, Redis redis) {
        FailoverLikeToggle failover = surroundings.failover(redis);
        return new LikeTopology(surroundings.cached(failover), redis.pending(), failover::revoke, null);
    }

    /** Memory decides, in place of Redis, and is reconciled before it does. The ledger should be fenced. */
    public static LikeTopology inMemory(Surroundings surroundings, Memory memory) {
        LikePartitions partitions = surroundings.partitions();
        InMemoryLikeToggle likes = new InMemoryLikeToggle(
                partitions,
                surroundings.counts(),
                memory.requireLease(),
                Memory.each(memory.maxCached(), partitions),
                Memory.each(memory.maxPending(), partitions));
        Reconciler reconciler = new Reconciler(likes);
        partitions
                .all()
                .forEach(partition -> surroundings.ledger().awaitPartition(partition, locked -> {
                    reconciler.reconcile(partition, locked);
                    return true;
                }));
        return new LikeTopology(surroundings.cached(likes), likes, partition -> {}, null);
    }

    /**
     * Memory decides, and Redis follows.
     *
     * @param forwarders forward changes, many at a time; stays the caller's to shut down
     */
    public static LikeTopology memoryBeforeRedis(
            Surroundings surroundings, Redis redis, Memory memory, ExecutorService forwarders) {
        FailoverLikeToggle failover = surroundings.failover(redis);
        WriteBehindLikeToggle likes = new WriteBehindLikeToggle(
                surroundings.partitions(),
                failover,
                memory.requireLease(),
                forwarders,
                Memory.each(memory.maxPending(), surroundings.partitions()));
        return new LikeTopology(surroundings.cached(likes), redis.pending(), failover::revoke, likes);
    }
}
