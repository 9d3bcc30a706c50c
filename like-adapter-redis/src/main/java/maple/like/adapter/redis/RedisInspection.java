package maple.like.adapter.redis;

import io.lettuce.core.MapScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ValueScanCursor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PendingLikes.LikesPage;
import maple.like.application.port.out.PrimaryInspection;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeKeys;
import maple.like.domain.RelationKey;

/** What Redis holds. A cursor names the key that a page is of, and Redis's own cursor in it. */
final class RedisInspection implements PrimaryInspection {
    private static final LuaScript RELATIONS = LuaScript.named("inspect_relations");
    private static final LuaScript COUNTS = LuaScript.named("inspect_counts");
    private static final LuaScript BACKLOG = LuaScript.named("inspect_backlog");

    /** Fields of the batch besides relations; see {@code prelude.lua}. */
    private static final Set<String> BATCH_FIELDS = Set.of("number", "token", "journal", "answers");

    /** What has a meaning in Redis's patterns. */
    private static final Pattern GLOB = Pattern.compile("[*?\\[\\]\\\\^]");

    private static final String FIRST = "0";
    private static final char SEPARATOR = ':';

    private final RedisConnection[] redis;
    private final ScriptKeys[] keys;

    /**
     * Asks nothing yet.
     *
     * @param redis by partition
     * @param keys by partition
     */
    RedisInspection(RedisConnection[] redis, ScriptKeys[] keys) {
        this.redis = redis;
        this.keys = keys;
    }

    @Override
    public Page page(int partition, String cursor, int limit) {
        LikeKeys names = keys[partition].names();
        return page(
                partition, List.of(names.relations(), names.pending(), names.unliked(), names.batch()), cursor, limit);
    }

    /** As {@link #page}, of relations with a pending change alone. */
    Page pendingAfter(int partition, String cursor, int limit) {
        LikeKeys names = keys[partition].names();
        return page(partition, List.of(names.pending(), names.unliked(), names.batch()), cursor, limit);
    }

    /** As {@link PendingLikes.Records#likesOf}. */
    LikesPage likesOf(AccountId account, int partition, String cursor, int limit) {
        ScanCursor from = ScanCursor.of(cursor.equals(START) ? FIRST : cursor);
        ScanArgs args = ScanArgs.Builder.limit(limit).match(literally(account.value()) + SEPARATOR + "*");
        List<String> members = new ArrayList<>();
        ScanCursor end = scan(redis[partition], keys[partition].names().relations(), from, args, members);
        List<RelationKey> relations = members.stream()
                .flatMap(member -> relation(member).stream())
                .filter(relation -> relation.account().equals(account)) // another account's id may go on with a colon
                .toList();
        return new LikesPage(relations, end.isFinished() ? Optional.empty() : Optional.of(end.getCursor()));
    }

    /** A pattern that matches this text alone. */
    static String literally(String text) {
        return GLOB.matcher(text).replaceAll("\\\\$0");
    }

    private static Optional<RelationKey> relation(String member) {
        try {
            return Optional.of(RelationKey.parse(member));
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private Page page(int partition, List<String> scanned, String cursor, int limit) {
        LikeKeys names = keys[partition].names();
        int which = 0;
        ScanCursor from = ScanCursor.of(FIRST);
        if (!cursor.equals(START)) {
            int separator = cursor.indexOf(SEPARATOR);
            which = Integer.parseInt(cursor.substring(0, separator));
            from = ScanCursor.of(cursor.substring(separator + 1));
        }
        String key = scanned.get(which);
        List<String> members = new ArrayList<>();
        ScanArgs args = ScanArgs.Builder.limit(limit);
        ScanCursor end = key.equals(names.batch())
                ? scanBatch(redis[partition], key, from, args, members)
                : scan(redis[partition], key, from, args, members);
        List<RelationKey> relations = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        for (String member : members) {
            relation(member).ifPresentOrElse(relations::add, () -> unreadable.add(member));
        }
        Optional<String> next;
        if (!end.isFinished()) {
            next = Optional.of(which + String.valueOf(SEPARATOR) + end.getCursor());
        } else if (which + 1 < scanned.size()) {
            next = Optional.of((which + 1) + String.valueOf(SEPARATOR) + FIRST);
        } else {
            next = Optional.empty();
        }
        return new Page(relations, unreadable, next);
    }

    private static ScanCursor scan(
            RedisConnection redis, String key, ScanCursor from, ScanArgs args, List<String> members) {
        ValueScanCursor<String> page = redis.repeat("SSCAN", commands -> commands.sscan(key, from, args));
        members.addAll(page.getValues());
        return page;
    }

    private static ScanCursor scanBatch(
            RedisConnection redis, String key, ScanCursor from, ScanArgs args, List<String> members) {
        MapScanCursor<String, String> page = redis.repeat("HSCAN", commands -> commands.hscan(key, from, args));
        members.addAll(page.getMap().keySet());
        members.removeAll(BATCH_FIELDS);
        return page;
    }

    @Override
    public Relations relations(int partition, Collection<RelationKey> relations) {
        List<RelationKey> asked = List.copyOf(relations);
        ScriptReply reply = RELATIONS.repeat(
                redis[partition],
                keys[partition].all(),
                asked.stream().map(RelationKey::value).toArray(String[]::new));
        Map<RelationKey, RelationState> states = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            states.put(asked.get(i), new RelationState(reply.flag(2 * i + 1), pending(reply.number(2 * i + 2))));
        }
        return new Relations(reply.flag(0), states);
    }

    private static Pending pending(long code) {
        if (code == 0) {
            return Pending.NONE;
        }
        if (code == 2) {
            return Pending.BOTH;
        }
        return code > 0 ? Pending.LIKE : Pending.UNLIKE;
    }

    @Override
    public Map<GameCharacter, CountState> counts(int partition, Collection<GameCharacter> characters) {
        List<GameCharacter> asked = List.copyOf(characters);
        ScriptReply reply = COUNTS.repeat(
                redis[partition],
                keys[partition].with(asked.stream().map(GameCharacter::name).toList()),
                asked.stream().map(character -> character.name().value()).toArray(String[]::new));
        Map<GameCharacter, CountState> counts = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            String total = reply.text(2 * i + 1);
            counts.put(
                    asked.get(i),
                    new CountState(
                            Long.parseLong(reply.text(2 * i)),
                            total.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(total))));
        }
        return counts;
    }

    @Override
    public Optional<Backlog> backlog(int partition, int limit) {
        ScriptReply reply = BACKLOG.repeat(redis[partition], keys[partition].all(), Integer.toString(limit));
        return reply.flag(0) ? Optional.of(new Backlog(reply.changes(1), reply.deltas(2))) : Optional.empty();
    }
}
