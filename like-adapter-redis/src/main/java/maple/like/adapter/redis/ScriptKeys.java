package maple.like.adapter.redis;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeKeys;

/** The KEYS that every script of a partition is given, in the order of {@code prelude.lua}. */
final class ScriptKeys {
    private final LikeKeys names;
    private final String[] fixed;

    ScriptKeys(LikeKeys names) {
        this.names = names;
        this.fixed = new String[] {
            names.relations(),
            names.pending(),
            names.unliked(),
            names.buffer(),
            names.batch(),
            names.generation(),
            names.complete(),
            names.warmup(),
            names.closed(),
            names.journal(),
            names.unstoredAnswers(),
            names.absent()
        };
    }

    LikeKeys names() {
        return names;
    }

    /** Those of a script that needs no totals. */
    String[] all() {
        return fixed.clone();
    }

    /** Those of a script that needs the totals of these characters. */
    String[] with(Collection<CharacterName> counted) {
        return with(counted, List.of());
    }

    /** Those of a script that needs totals and other keys, too. */
    String[] with(Collection<CharacterName> counted, Collection<String> others) {
        String[] all = Arrays.copyOf(fixed, fixed.length + counted.size() + others.size());
        int next = fixed.length;
        for (CharacterName name : counted) {
            all[next++] = names.count(name);
        }
        for (String other : others) {
            all[next++] = other;
        }
        return all;
    }
}
