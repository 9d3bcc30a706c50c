package maple.like.adapter.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.CharacterName;
import maple.like.domain.RelationKey;

/** The changes that wait in Redis for the database. */
final class RedisPendingLikes implements PendingLikes {
    private static final LuaScript CLAIM = LuaScript.named("claim");
    private static final LuaScript FINISH = LuaScript.named("finish");
    private static final LuaScript IMPOSE = LuaScript.named("impose");
    private static final LuaScript RESTORE = LuaScript.named("restore");

    private final RedisCalls redis;
    private final LikeKeys[] keys;

    RedisPendingLikes(RedisCalls redis, LikePartitions partitions) {
        this.redis = redis;
        this.keys = LikeKeys.ofAll(partitions);
    }

    @Override
    public Claim claim(int partition, PartitionState stored, int limit) {
        finish(partition, stored); // a batch whose owner died between the commit and this
        LikeKeys k = keys[partition];
        List<Object> answer = CLAIM.call(
                redis,
                new String[] {k.pending, k.unliked, k.buffer, k.batch, k.generation, k.complete, k.warmup},
                Long.toString(stored.generation()),
                Integer.toString(limit),
                k.countPrefix);
        long number = (Long) answer.get(0);
        Map<CharacterName, Long> drift = new HashMap<>();
        forEachPair(answer.get(2), (name, delta) -> drift.put(new CharacterName(name), Long.valueOf(delta)));
        long cursor = (Long) answer.get(4);
        return new Claim(
                number == 0 ? Optional.empty() : Optional.of(new LikeBatch(number, entries(answer.get(1)))),
                drift,
                (Long) answer.get(3),
                cursor < 0 ? OptionalLong.empty() : OptionalLong.of(cursor));
    }

    @Override
    public LikeBatch impose(int partition, PartitionState stored, List<JournalEntry> journal) {
        finish(partition, stored);
        Map<RelationKey, JournalEntry> last = new LinkedHashMap<>();
        Map<RelationKey, Long> changes = new HashMap<>();
        for (JournalEntry entry : journal) {
            last.put(entry.relation(), entry);
            changes.merge(entry.relation(), entry.change(), Long::sum);
        }
        LikeKeys k = keys[partition];
        List<String> arguments = new ArrayList<>(2 + 4 * last.size());
        arguments.add(Long.toString(stored.generation()));
        arguments.add(k.countPrefix);
        last.forEach((relation, entry) -> {
            arguments.add(relation.value());
            arguments.add(entry.name().value());
            arguments.add(entry.liked() ? "1" : "0");
            arguments.add(String.valueOf(changes.get(relation)));
        });
        List<Object> answer = IMPOSE.call(
                redis,
                new String[] {k.relations, k.pending, k.unliked, k.buffer, k.batch, k.generation, k.complete},
                arguments.toArray(String[]::new));
        return new LikeBatch((Long) answer.get(0), entries(answer.get(1)));
    }

    private static Map<RelationKey, Boolean> entries(Object flat) {
        Map<RelationKey, Boolean> entries = new HashMap<>();
        forEachPair(flat, (relation, sign) -> entries.put(RelationKey.parse(relation), sign.equals("1")));
        return entries;
    }

    @Override
    public void finish(int partition, PartitionState stored) {
        LikeKeys k = keys[partition];
        List<String> arguments = new ArrayList<>(2 + 2 * stored.deltas().size());
        arguments.add(Long.toString(stored.generation()));
        arguments.add(k.countPrefix);
        stored.deltas().forEach((name, delta) -> {
            arguments.add(name.value());
            arguments.add(Long.toString(delta));
        });
        FINISH.call(redis, new String[] {k.buffer, k.batch, k.generation}, arguments.toArray(String[]::new));
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
        RESTORE.call(
                redis,
                new String[] {k.relations, k.unliked, k.batch, k.generation, k.complete, k.warmup},
                arguments.toArray(String[]::new));
    }

    @Override
    public long backlog(int partition) {
        LikeKeys k = keys[partition];
        long claimed = redis.call("HLEN", commands -> commands.hlen(k.batch));
        return redis.call("SCARD", commands -> commands.scard(k.pending))
                + redis.call("SCARD", commands -> commands.scard(k.unliked))
                + (claimed == 0 ? 0 : claimed - 1); // one field is the number
    }

    private interface PairConsumer {
        void accept(String first, String second);
    }

    private static void forEachPair(Object flat, PairConsumer consumer) {
        List<?> values = (List<?>) flat;
        for (int i = 0; i < values.size(); i += 2) {
            consumer.accept((String) values.get(i), (String) values.get(i + 1));
        }
    }
}
