package maple.like.adapter.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ValueScanCursor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import maple.like.application.PrimaryUnavailableException;
import maple.like.domain.LikeKeys;
import maple.like.domain.LikePartitions;

/**
 * What a predecessor of this service left in Redis: its relations, which it removed once they were stored, the likes and
 * unlikes among them that wait for that, and counts that it stored independently. Nothing else may change them meanwhile.
 * Every method waits for a reply.
 */
public final class PredecessorChanges {
    private final RedisConnection redis;
    private final LikeKeys keys;
    private final RedisConnection[] connectionOf;
    private final LikePartitions partitions;

    PredecessorChanges(
            RedisConnection redis, LikeKeys keys, RedisConnection[] connectionOf, LikePartitions partitions) {
        this.redis = redis;
        this.keys = keys;
        this.connectionOf = connectionOf;
        this.partitions = partitions;
    }

    /** A set of relations. */
    public enum Relations {
        /** Relations that are liked. */
        LIKED,
        /** Likes that wait to be stored. */
        LIKES,
        /** Unlikes that wait to be stored. */
        UNLIKES
    }

    /**
     * Some members of a set.
     *
     * @param members as {@code accountId:targetOcid}, unless another writer left something else; some may occur on two pages
     * @param next the cursor of the next page; empty after the last one
     */
    public record Page(List<String> members, Optional<String> next) {}

    /** The name of the key that holds a set. */
    public String key(Relations relations) {
        return switch (relations) {
            case LIKED -> keys.relations();
            case LIKES -> keys.pending();
            case UNLIKES -> keys.unliked();
        };
    }

    /** Reads a page; the first one is that of the cursor {@code 0}. */
    public Page page(Relations relations, String cursor, int limit) {
        ValueScanCursor<String> page = redis.repeat(
                "SSCAN",
                commands -> commands.sscan(key(relations), ScanCursor.of(cursor), ScanArgs.Builder.limit(limit)));
        return new Page(page.getValues(), page.isFinished() ? Optional.empty() : Optional.of(page.getCursor()));
    }

    /** The members that are in another set. */
    public List<String> among(Relations relations, List<String> members) {
        if (members.isEmpty()) {
            return List.of();
        }
        List<Boolean> found = redis.repeat(
                "SMISMEMBER", commands -> commands.smismember(key(relations), members.toArray(String[]::new)));
        List<String> present = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            if (found.get(i)) {
                present.add(members.get(i));
            }
        }
        return present;
    }

    /** Removes members that are stored. */
    public void remove(Relations relations, Collection<String> members) {
        if (!members.isEmpty()) {
            redis.repeat("SREM", commands -> commands.srem(key(relations), members.toArray(String[]::new)));
        }
    }

    /** How many members a set has. */
    public long size(Relations relations) {
        return redis.repeat("SCARD", commands -> commands.scard(key(relations)));
    }

    /** How many names have a count that the predecessor had not stored. */
    public long bufferedCounts() {
        return redis.repeat("HLEN", commands -> commands.hlen(keys.buffer()));
    }

    /** Whether this service uses this Redis. */
    public boolean isOwn() {
        return partitions
                .all()
                .anyMatch(partition -> connectionOf[partition].repeat(
                                "EXISTS",
                                commands -> commands.exists(
                                        partitions.keys(partition).generation()))
                        > 0);
    }

    /** Whether a change of this service waits to be stored. */
    public boolean hasOwnBacklog() {
        return partitions.all().anyMatch(partition -> {
            LikeKeys own = partitions.keys(partition);
            boolean shared = own.relations().equals(keys.relations());
            return connectionOf[partition].repeat(
                            "EXISTS",
                            commands -> shared
                                    ? commands.exists(own.batch())
                                    : commands.exists(own.batch(), own.pending(), own.unliked()))
                    > 0;
        });
    }

    /**
     * Deletes all keys of this service and of the predecessor. To be called once everything is stored.
     *
     * @throws PrimaryUnavailableException if Redis fails; then some keys may remain, and this can be repeated
     */
    public void clear() {
        clear(redis, keys);
        partitions.all().forEach(partition -> clear(connectionOf[partition], partitions.keys(partition)));
    }

    private static void clear(RedisConnection redis, LikeKeys keys) {
        redis.repeat(
                "UNLINK",
                commands -> commands.unlink(
                        keys.buffer(),
                        keys.relations(),
                        keys.pending(),
                        keys.unliked(),
                        keys.batch(),
                        keys.complete(),
                        keys.warmup(),
                        keys.closed(),
                        keys.journal(),
                        keys.generation()));
        ScanArgs counts = ScanArgs.Builder.matches(keys.countPrefix().replaceAll("[\\[\\]*?\\\\]", "\\\\$0") + "*")
                .limit(1_000);
        ScanCursor cursor = ScanCursor.INITIAL;
        do {
            ScanCursor from = cursor;
            KeyScanCursor<String> page = redis.repeat("SCAN", commands -> commands.scan(from, counts));
            if (!page.getKeys().isEmpty()) {
                redis.repeat(
                        "UNLINK", commands -> commands.unlink(page.getKeys().toArray(String[]::new)));
            }
            cursor = page;
        } while (!cursor.isFinished());
    }
}
