package maple.like.adapter.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maple.like.application.KeptAnswer;
import maple.like.application.RelationChanges;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PendingLikes.LikesPage;
import maple.like.application.port.out.PendingLikes.PendingPage;
import maple.like.application.port.out.PrimaryInspection.Page;
import maple.like.application.port.out.PrimaryInspection.Pending;
import maple.like.domain.AccountId;
import maple.like.domain.LikeKeys;
import maple.like.domain.RelationKey;

/** What Redis has recorded, read by ordinary commands. Safe for use by any number of threads. */
final class RedisRecords implements PendingLikes.Records {
    private static final String CLAIMED_ANSWERS = "answers";

    /** Of a claimed batch, besides its relations and their answers. */
    private static final int BATCH_FIELDS = 2;

    private final RedisConnection[] redis;
    private final ScriptKeys[] keys;
    private final RedisInspection inspection;

    /**
     * Asks nothing yet.
     *
     * @param redis by partition
     * @param keys by partition
     */
    RedisRecords(RedisConnection[] redis, ScriptKeys[] keys, RedisInspection inspection) {
        this.redis = redis;
        this.keys = keys;
        this.inspection = inspection;
    }

    @Override
    public PendingPage pendingAfter(int partition, String cursor, int limit) {
        Page page = inspection.pendingAfter(partition, cursor, limit);
        Map<RelationKey, Boolean> changes = new HashMap<>();
        inspection.relations(partition, page.relations()).states().forEach((relation, state) -> {
            if (state.pending() != Pending.NONE) {
                changes.put(relation, state.liked());
            }
        });
        return new PendingPage(RelationChanges.of(changes), answers(partition, page.relations()), page.next());
    }

    /** The answers of pending and claimed changes. */
    private Set<KeptAnswer> answers(int partition, List<RelationKey> relations) {
        LikeKeys names = keys[partition].names();
        RedisConnection node = redis[partition];
        Set<RelationKey> among = Set.copyOf(relations);
        Set<KeptAnswer> answers = new HashSet<>();
        Optional.ofNullable(node.repeat("HMGET", commands -> commands.hmget(names.batch(), CLAIMED_ANSWERS))
                        .get(0)
                        .getValueOrElse(null))
                .map(ScriptReply::answers)
                .ifPresent(claimed -> claimed.stream()
                        .filter(answer -> among.contains(answer.relation()))
                        .forEach(answers::add));
        if (!relations.isEmpty() && node.repeat("EXISTS", commands -> commands.exists(names.unstoredAnswers())) > 0) {
            String[] fields = among.stream().map(RelationKey::value).toArray(String[]::new);
            node.repeat("HMGET", commands -> commands.hmget(names.unstoredAnswers(), fields)).stream()
                    .filter(KeyValue::hasValue)
                    .flatMap(field -> field.getValue().lines().map(line -> field.getKey() + " " + line))
                    .forEach(line -> answers.addAll(ScriptReply.answers(line)));
        }
        return answers;
    }

    @Override
    public void forgetAnswers(int partition, AccountId account) {
        LikeKeys names = keys[partition].names();
        RedisConnection node = redis[partition];
        ScanArgs unstored = ScanArgs.Builder.limit(1_000).match(RedisInspection.literally(account.value()) + ":*");
        ScanCursor from = ScanCursor.INITIAL;
        do {
            ScanCursor cursor = from;
            MapScanCursor<String, String> found =
                    node.repeat("HSCAN", commands -> commands.hscan(names.unstoredAnswers(), cursor, unstored));
            String[] fields = found.getMap().keySet().stream()
                    .filter(relation -> RelationKey.parse(relation).account().equals(account))
                    .toArray(String[]::new);
            if (fields.length > 0) {
                node.repeat("HDEL", commands -> commands.hdel(names.unstoredAnswers(), fields));
            }
            from = found;
        } while (!from.isFinished());
        drop(partition, RedisInspection.literally(names.answerPrefix(account)) + "*");
    }

    @Override
    public LikesPage likesOf(AccountId account, int partition, String cursor, int limit) {
        return inspection.likesOf(account, partition, cursor, limit);
    }

    @Override
    public long backlog(int partition) {
        RedisConnection node = redis[partition];
        LikeKeys names = keys[partition].names();
        boolean claimed = node.repeat("HEXISTS", commands -> commands.hexists(names.batch(), "number"))
                && !node.repeat("HEXISTS", commands -> commands.hexists(names.batch(), "journal"));
        return node.repeat("SCARD", commands -> commands.scard(names.pending()))
                + node.repeat("SCARD", commands -> commands.scard(names.unliked()))
                + (claimed ? Math.max(0, claimed(node, names)) : 0);
    }

    private static long claimed(RedisConnection node, LikeKeys names) {
        boolean withAnswers = node.repeat("HEXISTS", commands -> commands.hexists(names.batch(), CLAIMED_ANSWERS));
        return node.repeat("HLEN", commands -> commands.hlen(names.batch())) - BATCH_FIELDS - (withAnswers ? 1 : 0);
    }

    /** Removes all keys of a pattern. */
    void drop(int partition, String pattern) {
        ScanArgs matching = ScanArgs.Builder.limit(1_000).match(pattern);
        KeyScanCursor<String> page = redis[partition].repeat("SCAN", commands -> commands.scan(matching));
        while (true) {
            String[] found = page.getKeys().toArray(String[]::new);
            if (found.length > 0) {
                redis[partition].repeat("UNLINK", commands -> commands.unlink(found));
            }
            if (page.isFinished()) {
                return;
            }
            KeyScanCursor<String> last = page;
            page = redis[partition].repeat("SCAN", commands -> commands.scan(last, matching));
        }
    }
}
