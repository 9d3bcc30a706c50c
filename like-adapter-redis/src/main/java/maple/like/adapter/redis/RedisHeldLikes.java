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
import maple.like.application.LikePartitions;
import maple.like.application.port.out.HeldLikes;
import maple.like.domain.CharacterName;
import maple.like.domain.RelationKey;

/** What Redis holds. A cursor names the key that a page is of, and the cursor of Redis in it. */
final class RedisHeldLikes implements HeldLikes {
    private static final LuaScript HOLDING = LuaScript.named("holding");
    private static final LuaScript COUNTED = LuaScript.named("counted");
    private static final LuaScript WAITING = LuaScript.named("waiting");

    private static final Set<String> NO_RELATIONS = Set.of("number", "journal");
    private static final String FIRST = "0";
    private static final char SEPARATOR = ':';

    private final RedisCalls[] redis;
    private final LikeKeys[] keys;

    /** @param redis by partition */
    RedisHeldLikes(RedisCalls[] redis, LikePartitions partitions) {
        this.redis = redis;
        this.keys = LikeKeys.ofAll(partitions);
    }

    @Override
    public HeldPage page(int partition, String cursor, int limit) {
        LikeKeys k = keys[partition];
        List<String> scanned = List.of(k.relations, k.pending, k.unliked, k.batch);
        int which = 0;
        ScanCursor from = ScanCursor.of(FIRST);
        if (!cursor.equals(START)) {
            int separator = cursor.indexOf(SEPARATOR);
            which = Integer.parseInt(cursor.substring(0, separator));
            from = ScanCursor.of(cursor.substring(separator + 1));
        }
        String key = scanned.get(which);
        List<String> members = new ArrayList<>();
        RedisCalls calls = redis[partition];
        ScanCursor end = key.equals(k.batch)
                ? scanBatch(calls, key, from, limit, members)
                : scan(calls, key, from, limit, members);
        List<RelationKey> relations = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        for (String member : members) {
            try {
                relations.add(RelationKey.parse(member));
            } catch (IllegalArgumentException e) {
                unreadable.add(member);
            }
        }
        Optional<String> next;
        if (!end.isFinished()) {
            next = Optional.of(which + String.valueOf(SEPARATOR) + end.getCursor());
        } else if (which + 1 < scanned.size()) {
            next = Optional.of((which + 1) + String.valueOf(SEPARATOR) + FIRST);
        } else {
            next = Optional.empty();
        }
        return new HeldPage(relations, unreadable, next);
    }

    private static ScanCursor scan(RedisCalls redis, String key, ScanCursor from, int limit, List<String> members) {
        ValueScanCursor<String> page =
                redis.repeat("SSCAN", commands -> commands.sscan(key, from, ScanArgs.Builder.limit(limit)));
        members.addAll(page.getValues());
        return page;
    }

    private static ScanCursor scanBatch(
            RedisCalls redis, String key, ScanCursor from, int limit, List<String> members) {
        MapScanCursor<String, String> page =
                redis.repeat("HSCAN", commands -> commands.hscan(key, from, ScanArgs.Builder.limit(limit)));
        members.addAll(page.getMap().keySet());
        members.removeAll(NO_RELATIONS);
        return page;
    }

    @Override
    public Holding holding(int partition, Collection<RelationKey> relations) {
        LikeKeys k = keys[partition];
        List<RelationKey> asked = List.copyOf(relations);
        List<Object> answer = HOLDING.repeat(
                redis[partition],
                new String[] {k.relations, k.pending, k.unliked, k.batch, k.complete},
                asked.stream().map(RelationKey::value).toArray(String[]::new));
        Map<RelationKey, Held> held = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            long change = (Long) answer.get(2 * i + 2);
            held.put(asked.get(i), new Held((Long) answer.get(2 * i + 1) == 1, change(change)));
        }
        return new Holding((Long) answer.get(0) == 1, held);
    }

    private static Change change(long code) {
        if (code == 0) {
            return Change.NONE;
        }
        if (code == 2) {
            return Change.BOTH;
        }
        return code > 0 ? Change.LIKE : Change.UNLIKE;
    }

    @Override
    public Map<CharacterName, Counted> counted(int partition, Collection<CharacterName> names) {
        LikeKeys k = keys[partition];
        List<CharacterName> asked = List.copyOf(names);
        List<String> read = new ArrayList<>(1 + asked.size());
        read.add(k.buffer);
        asked.forEach(name -> read.add(k.count(name)));
        List<Object> answer = COUNTED.repeat(
                redis[partition],
                read.toArray(String[]::new),
                asked.stream().map(CharacterName::value).toArray(String[]::new));
        Map<CharacterName, Counted> counted = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            String total = (String) answer.get(2 * i + 1);
            counted.put(
                    asked.get(i),
                    new Counted(
                            Long.parseLong((String) answer.get(2 * i)),
                            total.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(total))));
        }
        return counted;
    }

    @Override
    public Optional<Waiting> waiting(int partition, int limit) {
        LikeKeys k = keys[partition];
        List<Object> answer = WAITING.repeat(
                redis[partition],
                new String[] {k.relations, k.pending, k.unliked, k.buffer, k.batch},
                Integer.toString(limit));
        if ((Long) answer.get(0) == 0) {
            return Optional.empty();
        }
        Map<RelationKey, Boolean> changes = RedisPendingLikes.entries(answer.get(1));
        Map<CharacterName, Long> buffered = new HashMap<>();
        RedisPendingLikes.forEachPair(answer.get(2), (name, delta) -> {
            if (!delta.equals("0")) {
                buffered.put(new CharacterName(name), Long.valueOf(delta));
            }
        });
        return Optional.of(new Waiting(changes, buffered));
    }
}
