package maple.like.adapter.redis;

import java.util.Arrays;
import java.util.Collection;
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
        String[] all = Arrays.copyOf(fixed, fixed.length + counted.size());
        int next = fixed.length;
        for (CharacterName name : counted) {
            all[next++] = names.count(name);
        }
        return all;
    }
}
