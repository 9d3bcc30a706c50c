package maple.like.adapter.jpa;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.domain.CharacterName;
import maple.like.domain.RelationKey;

/**
 * What the last batch changed of each count, and what it was refused, as text: a line {@code name TAB change LF} for
 * each count, and a line {@code TAB name TAB state TAB relation LF} for each relation that stays liked (1) or not liked
 * (0). Neither names nor relations hold control characters, so nothing needs escaping.
 */
final class DeltaLines {
    static final String NONE = "";

    private static final char SEPARATOR = '\t';
    private static final char END = '\n';
    private static final String LIKED = "1";

    private DeltaLines() {}

    static String write(Map<CharacterName, Long> deltas) {
        Map<String, Long> sorted = new TreeMap<>();
        deltas.forEach((name, delta) -> sorted.put(name.value(), delta));
        StringBuilder lines = new StringBuilder();
        sorted.forEach((name, delta) ->
                lines.append(name).append(SEPARATOR).append(delta).append(END));
        return lines.toString();
    }

    static String write(Map<CharacterName, Long> deltas, List<JournalEntry> refused) {
        StringBuilder lines = new StringBuilder(write(deltas));
        refused.forEach(entry -> lines.append(SEPARATOR)
                .append(entry.name().value())
                .append(SEPARATOR)
                .append(entry.liked() ? LIKED : "0")
                .append(SEPARATOR)
                .append(entry.relation().value())
                .append(END));
        return lines.toString();
    }

    static List<JournalEntry> refused(String lines) {
        return lines.lines()
                .filter(DeltaLines::isRefusal)
                .map(line -> line.split(String.valueOf(SEPARATOR), -1))
                .map(fields -> new JournalEntry(
                        LikePartitionEntity.REFUSED,
                        RelationKey.parse(fields[3]),
                        new CharacterName(fields[1]),
                        fields[2].equals(LIKED),
                        0))
                .toList();
    }

    private static boolean isRefusal(String line) {
        return line.charAt(0) == SEPARATOR;
    }

    static Map<CharacterName, Long> read(String lines) {
        Map<CharacterName, Long> deltas = new HashMap<>();
        lines.lines().filter(line -> !isRefusal(line)).forEach(line -> {
            int separator = separatorIn(line);
            deltas.put(new CharacterName(line.substring(0, separator)), changeAfter(separator, line));
        });
        return deltas;
    }

    /** The change of one name, without building the rest. */
    static long changeOf(CharacterName name, String lines) {
        String start = name.value() + SEPARATOR;
        int at = lines.startsWith(start) ? 0 : lines.indexOf(END + start) + 1;
        if (at == 0 && !lines.startsWith(start)) {
            return 0;
        }
        String line = lines.substring(at, lines.indexOf(END, at));
        return changeAfter(separatorIn(line), line);
    }

    private static int separatorIn(String line) {
        int separator = line.indexOf(SEPARATOR);
        if (separator < 0) {
            throw new IllegalStateException("A line of like_partition.deltas is not name, tab, change: " + line);
        }
        return separator;
    }

    private static long changeAfter(int separator, String line) {
        return Long.parseLong(line.substring(separator + 1));
    }
}
