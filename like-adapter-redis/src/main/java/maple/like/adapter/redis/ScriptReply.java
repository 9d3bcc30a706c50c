package maple.like.adapter.redis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import maple.like.application.KeptAnswer;
import maple.like.application.RelationChanges;
import maple.like.domain.CharacterName;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.RelationKey;

/**
 * The list that a script replies with.
 *
 * @param values {@code Long}s, {@code String}s and lists of {@code String}s
 */
record ScriptReply(List<Object> values) {
    long number(int index) {
        return (Long) values.get(index);
    }

    boolean flag(int index) {
        return number(index) == 1;
    }

    String text(int index) {
        return (String) values.get(index);
    }

    List<RelationKey> relations(int index) {
        List<RelationKey> relations = new ArrayList<>();
        list(index).forEach(text -> relations.add(RelationKey.parse(text)));
        return relations;
    }

    /** A list of relation and {@code "1"} or {@code "-1"} in turns. */
    RelationChanges changes(int index) {
        Map<RelationKey, Boolean> changes = new LinkedHashMap<>();
        List<String> pairs = list(index);
        for (int i = 0; i < pairs.size(); i += 2) {
            changes.put(RelationKey.parse(pairs.get(i)), pairs.get(i + 1).equals("1"));
        }
        return RelationChanges.of(changes);
    }

    /** A list of name and delta in turns, without those of 0. */
    Map<CharacterName, Long> deltas(int index) {
        Map<CharacterName, Long> deltas = new HashMap<>();
        List<String> pairs = list(index);
        for (int i = 0; i < pairs.size(); i += 2) {
            long delta = Long.parseLong(pairs.get(i + 1));
            if (delta != 0) {
                deltas.put(new CharacterName(pairs.get(i)), delta);
            }
        }
        return deltas;
    }

    /** Lines of relation, idempotency key, whether liked, and when it expires. */
    Set<KeptAnswer> answers(int index) {
        return answers(text(index));
    }

    static Set<KeptAnswer> answers(String lines) {
        return lines.lines()
                .map(line -> line.split(" "))
                .map(parts -> {
                    RelationKey relation = RelationKey.parse(parts[0]);
                    return new KeptAnswer(
                            relation.account(),
                            new IdempotencyKey(parts[1]),
                            relation.target(),
                            parts[2].equals("1"),
                            Instant.ofEpochMilli(Long.parseLong(parts[3])));
                })
                .collect(Collectors.toSet());
    }

    @SuppressWarnings("unchecked") // lists in the replies of our scripts hold strings alone
    private List<String> list(int index) {
        return (List<String>) values.get(index);
    }
}
