package maple.like.bench.section;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import maple.like.bench.machine.BenchException;
import org.jspecify.annotations.Nullable;

/**
 * The options of a run.
 *
 * @param sections to measure
 * @param rounds turns of each server
 * @param turn seconds of a turn
 * @param warmUp seconds of load before the first turn
 * @param servers that toggle in turns
 * @param service the jar of the service
 * @param earlier the jar of an older version to compare with, or {@code null}
 * @param prepare the script {@code deploy/prepare}
 * @param yardsticks the jar of the yardsticks
 * @param postgres the directory of PostgreSQL's binaries
 * @param commit the measured version
 * @param report the file for the report, or {@code null}
 */
public record Options(
        Set<Sections> sections,
        int rounds,
        int turn,
        int warmUp,
        Set<Kind> servers,
        Path service,
        @Nullable Path earlier,
        Path prepare,
        Path yardsticks,
        Path postgres,
        String commit,
        @Nullable Path report) {

    /** Parses {@code --name=value} and names of sections. */
    public static Options parse(String[] args) {
        Map<String, String> values = new HashMap<>();
        List<Sections> sections = new ArrayList<>();
        for (String arg : args) {
            if (arg.startsWith("--")) {
                int separator = arg.indexOf('=');
                values.put(arg.substring(2, separator), arg.substring(separator + 1));
            } else {
                sections.add(section(arg));
            }
        }
        String earlier = values.get("earlier");
        String report = values.get("report");
        return new Options(
                sections.isEmpty() ? EnumSet.allOf(Sections.class) : EnumSet.copyOf(sections),
                number(values, "rounds"),
                number(values, "turn"),
                number(values, "warm-up"),
                servers(values.get("servers"), earlier != null),
                path(values, "service"),
                earlier == null ? null : Path.of(earlier).toAbsolutePath(),
                path(values, "prepare"),
                path(values, "yardsticks"),
                path(values, "postgres"),
                values.getOrDefault("commit", "unknown"),
                report == null ? null : Path.of(report));
    }

    private static Sections section(String name) {
        try {
            return Sections.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new BenchException("Unknown section " + name + ". Sections: "
                    + List.of(Sections.values()).toString().toLowerCase(Locale.ROOT));
        }
    }

    private static Set<Kind> servers(@Nullable String named, boolean earlier) {
        Set<Kind> servers = EnumSet.allOf(Kind.class);
        if (named != null) {
            List<String> names = List.of(named.trim().split(" +"));
            servers.removeIf(kind -> !names.contains(kind.toString()));
            if (servers.size() < names.size()) {
                throw new BenchException("Unknown server among " + names + ". Servers: " + List.of(Kind.values()));
            }
        }
        if (!earlier) {
            servers.remove(Kind.EARLIER);
        }
        return servers;
    }

    private static int number(Map<String, String> values, String name) {
        String value = value(values, name);
        try {
            int number = Integer.parseInt(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new BenchException(name + " is not a number: " + value, e);
        }
        throw new BenchException(name + " must be 1 or more: " + value);
    }

    private static Path path(Map<String, String> values, String name) {
        return Path.of(value(values, name)).toAbsolutePath();
    }

    private static String value(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new BenchException("--" + name + "=… is missing");
        }
        return value;
    }
}
