package maple.like.adapter.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.StoreUnavailableException;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.CharacterName;
import maple.like.domain.RelationKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The changes that wait in Redis for the database. */
final class RedisPendingLikes implements PendingLikes {
    private static final LuaScript CLAIM = LuaScript.named("claim");
    private static final LuaScript SETTLE = LuaScript.named("settle");
    private static final LuaScript REBUILD = LuaScript.named("rebuild");
    private static final LuaScript IMPOSE = LuaScript.named("impose");
    private static final LuaScript RESTORE = LuaScript.named("restore");

    private static final Logger LOG = LoggerFactory.getLogger(RedisPendingLikes.class);

    /** Nobody but a caller that does not know yet of the outage changes anything meanwhile. */
    private static final int REBUILDS = 5;

    private final RedisCalls[] redis;
    private final LikeKeys[] keys;

    /** @param redis by partition */
    RedisPendingLikes(RedisCalls[] redis, LikePartitions partitions) {
        this.redis = redis;
        this.keys = LikeKeys.ofAll(partitions);
    }

    @Override
    public void settle(
            int partition,
            PartitionState stored,
            Function<Map<RelationKey, Boolean>, Map<CharacterName, Long>> changes) {
        if (isInStep(partition, stored)) {
            return;
        }
        for (int attempt = 0; attempt < REBUILDS; attempt++) {
            List<Object> answer = callSettle(partition, stored);
            requireLock(partition, stored, answer);
            if ((Long) answer.get(0) == 1) {
                if (attempt > 0) {
                    // Until the rebuild, what was read from the database long before was still taken for a new total.
                    dropTotals(partition);
                }
                return;
            }
            Map<RelationKey, Boolean> waiting = entries(answer.get(1));
            LOG.warn(
                    "Redis is behind the database in partition {}, because it went back to an earlier state or was"
                            + " audited: {} changes wait in it, and all else is copied from the database again",
                    partition,
                    waiting.size());
            dropTotals(partition);
            rebuild(partition, stored, waiting, changes.apply(waiting));
        }
        throw new BufferUnavailableException("Redis changes while it is brought in step with the database", null);
    }

    /** The usual answer, for which the deltas need not be sent. */
    private boolean isInStep(int partition, PartitionState stored) {
        List<Object> answer = SETTLE.repeat(
                redis[partition], settledKeys(keys[partition]), new String[] {Long.toString(stored.generation())});
        requireLock(partition, stored, answer);
        return (Long) answer.get(0) == 1;
    }

    private List<Object> callSettle(int partition, PartitionState stored) {
        LikeKeys k = keys[partition];
        List<String> arguments = new ArrayList<>(2 + 2 * stored.deltas().size());
        arguments.add(Long.toString(stored.generation()));
        arguments.add(k.countPrefix);
        stored.deltas().forEach((name, delta) -> {
            arguments.add(name.value());
            arguments.add(Long.toString(-delta));
        });
        return SETTLE.repeat(redis[partition], settledKeys(k), arguments.toArray(String[]::new));
    }

    private static String[] settledKeys(LikeKeys k) {
        return new String[] {k.buffer, k.batch, k.generation, k.relations, k.pending, k.unliked, k.absent};
    }

    /** Every total there is now; none can be computed before Redis is in step. */
    private void dropTotals(int partition) {
        RedisCalls calls = redis[partition];
        LikeKeys k = keys[partition];
        ScanArgs totals = ScanArgs.Builder.limit(1_000).match(k.countPrefix + "*");
        KeyScanCursor<String> page = calls.repeat("SCAN", commands -> commands.scan(totals));
        while (true) {
            String[] found = page.getKeys().toArray(String[]::new);
            if (found.length > 0) {
                calls.repeat("UNLINK", commands -> commands.unlink(found));
            }
            if (page.isFinished()) {
                return;
            }
            KeyScanCursor<String> last = page;
            page = calls.repeat("SCAN", commands -> commands.scan(last, totals));
        }
    }

    private void rebuild(
            int partition, PartitionState stored, Map<RelationKey, Boolean> waiting, Map<CharacterName, Long> buffer) {
        LikeKeys k = keys[partition];
        List<String> arguments = new ArrayList<>(2 + 2 * waiting.size() + 2 * buffer.size());
        arguments.add(Long.toString(stored.generation()));
        arguments.add(Integer.toString(waiting.size()));
        waiting.forEach((relation, liked) -> {
            arguments.add(relation.value());
            arguments.add(liked ? "1" : "-1");
        });
        add(arguments, buffer);
        REBUILD.repeat(
                redis[partition],
                new String[] {
                    k.relations, k.pending, k.unliked, k.buffer, k.batch, k.generation, k.complete, k.warmup, k.absent
                },
                arguments.toArray(String[]::new));
    }

    private static void add(List<String> arguments, Map<CharacterName, Long> deltas) {
        deltas.forEach((name, delta) -> {
            arguments.add(name.value());
            arguments.add(Long.toString(delta));
        });
    }

    private static void requireLock(int partition, PartitionState stored, List<Object> answer) {
        if ((Long) answer.get(0) < 0) {
            throw new StoreUnavailableException(
                    "The last batch of partition " + partition + " is " + stored.generation()
                            + " in the database and " + answer.get(1) + " in Redis (-1: none)."
                            + " The lock was lost, Redis was emptied just now, or the database was set back",
                    null);
        }
    }

    @Override
    public Claim claim(int partition, PartitionState stored, int limit) {
        LikeKeys k = keys[partition];
        List<Object> answer = CLAIM.repeat(
                redis[partition],
                new String[] {k.pending, k.unliked, k.buffer, k.batch, k.generation, k.complete, k.warmup, k.absent},
                Long.toString(stored.generation()),
                Integer.toString(limit),
                k.countPrefix);
        requireLock(partition, stored, answer);
        long number = (Long) answer.get(0);
        Map<CharacterName, Long> drift = new HashMap<>();
        forEachPair(answer.get(3), (name, delta) -> drift.put(new CharacterName(name), Long.valueOf(delta)));
        long cursor = (Long) answer.get(5);
        return new Claim(
                number == 0 ? Optional.empty() : Optional.of(batch(number, answer)),
                drift,
                (Long) answer.get(4),
                cursor < 0 ? OptionalLong.empty() : OptionalLong.of(cursor));
    }

    private static LikeBatch batch(long number, List<Object> answer) {
        List<?> likes = (List<?>) answer.get(1);
        List<?> unlikes = (List<?>) answer.get(2);
        Map<RelationKey, Boolean> entries = new HashMap<>(2 * (likes.size() + unlikes.size()));
        likes.forEach(relation -> entries.put(RelationKey.parse((String) relation), true));
        unlikes.forEach(relation -> entries.put(RelationKey.parse((String) relation), false));
        return new LikeBatch(number, entries);
    }

    @Override
    public long impose(int partition, PartitionState stored, List<JournalEntry> journal) {
        Map<RelationKey, JournalEntry> last = new LinkedHashMap<>();
        Map<RelationKey, Long> changes = new HashMap<>();
        for (JournalEntry entry : journal) {
            last.put(entry.relation(), entry);
            changes.merge(entry.relation(), entry.change(), Long::sum);
        }
        LikeKeys k = keys[partition];
        List<String> arguments = new ArrayList<>(3 + 4 * last.size());
        arguments.add(Long.toString(stored.generation()));
        arguments.add(Long.toString(journal.get(journal.size() - 1).number()));
        arguments.add(k.countPrefix);
        last.forEach((relation, entry) -> {
            arguments.add(relation.value());
            arguments.add(entry.name().value());
            arguments.add(entry.liked() ? "1" : "0");
            arguments.add(String.valueOf(changes.get(relation)));
        });
        List<Object> answer = IMPOSE.repeat(
                redis[partition],
                new String[] {k.relations, k.pending, k.unliked, k.buffer, k.batch, k.generation, k.complete, k.absent},
                arguments.toArray(String[]::new));
        requireLock(partition, stored, answer);
        return (Long) answer.get(0);
    }

    static Map<RelationKey, Boolean> entries(Object flat) {
        Map<RelationKey, Boolean> entries = new HashMap<>();
        forEachPair(flat, (relation, sign) -> entries.put(RelationKey.parse(relation), sign.equals("1")));
        return entries;
    }

    @Override
    public void finish(int partition, PartitionState stored) {
        callSettle(partition, stored); // whatever else it says is seen to by the next owner of the lock
    }

    @Override
    public void restore(int partition, long generation, long cursor, RelationPage page) {
        LikeKeys k = keys[partition];
        List<String> arguments = new ArrayList<>(4 + page.relations().size());
        arguments.add(Long.toString(generation));
        arguments.add(Long.toString(cursor));
        arguments.add(Long.toString(page.nextCursor()));
        arguments.add(page.last() ? "1" : "0");
        page.relations().forEach(relation -> arguments.add(relation.value()));
        RESTORE.repeat(
                redis[partition],
                new String[] {k.relations, k.unliked, k.batch, k.generation, k.complete, k.warmup, k.absent},
                arguments.toArray(String[]::new));
    }

    @Override
    public long backlog(int partition) {
        RedisCalls calls = redis[partition];
        LikeKeys k = keys[partition];
        boolean claimed = calls.repeat("HEXISTS", commands -> commands.hexists(k.batch, "number"))
                && !calls.repeat("HEXISTS", commands -> commands.hexists(k.batch, "journal"));
        return calls.repeat("SCARD", commands -> commands.scard(k.pending))
                + calls.repeat("SCARD", commands -> commands.scard(k.unliked))
                + (claimed ? Math.max(0, calls.repeat("HLEN", commands -> commands.hlen(k.batch)) - 1) : 0);
    }

    interface PairConsumer {
        void accept(String first, String second);
    }

    static void forEachPair(Object flat, PairConsumer consumer) {
        List<?> values = (List<?>) flat;
        for (int i = 0; i < values.size(); i += 2) {
            consumer.accept((String) values.get(i), (String) values.get(i + 1));
        }
    }
}
