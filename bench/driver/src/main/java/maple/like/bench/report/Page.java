package maple.like.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maple.like.bench.machine.BenchException;

/**
 * The figures of several JDKs as Markdown: one table of goals with a column for each JDK. Everything else is of the first
 * JDK.
 */
public final class Page {
    static final List<String> SERVER_HEADER = List.of(
            "server",
            "toggles per second",
            "of the ceiling",
            "JVM CPU, µs",
            "Redis CPU, µs",
            "in Redis's commands, µs");

    private static final String BEGIN = "<!-- figures: begin";
    private static final String END = "<!-- figures: end";
    private static final String FIGURES = "figures";
    private static final int WIDTH = 120;

    private Page() {}

    /**
     * Replaces the figures of a page, and draws them in {@code figures} beside it.
     *
     * @throws BenchException if the page has no comments that enclose them
     */
    public static void write(Path page, List<Report> runs) {
        try {
            List<String> lines = Files.readAllLines(page, StandardCharsets.UTF_8);
            int begin = find(lines, BEGIN);
            int end = find(lines, END);
            if (begin < 0 || end < begin) {
                throw new BenchException(page + " lacks the comments that enclose the figures");
            }
            Files.write(
                    page,
                    Stream.of(
                                    lines.subList(0, begin + 1),
                                    List.of("", text(runs), ""),
                                    lines.subList(end, lines.size()))
                            .flatMap(List::stream)
                            .toList(),
                    StandardCharsets.UTF_8);
            Figures.write(page.resolveSibling(FIGURES), runs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int find(List<String> lines, String start) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(start)) {
                return i;
            }
        }
        return -1;
    }

    /** Formats the figures. */
    public static String text(List<Report> runs) {
        Report first = runs.get(0);
        List<String> parts = new ArrayList<>();
        parts.add(wrap(
                first.environment()
                        .replace(
                                "%s",
                                runs.stream().map(run -> "JDK " + run.jdk()).collect(Collectors.joining(" and "))),
                ""));
        if (!first.goals().isEmpty()) {
            parts.add(goals(runs));
        }
        Figures.titles(first)
                .forEach(title -> parts.add("![" + title + "](" + FIGURES + "/" + Figures.file(title) + ")"));
        if (!first.servers().isEmpty()) {
            parts.add("Medians on " + name(first) + ":");
            parts.add(table(SERVER_HEADER, first.servers()));
        }
        if (!first.notes().isEmpty()) {
            parts.add(
                    first.notes().stream().map(note -> wrap("- " + note, "  ")).collect(Collectors.joining("\n")));
        }
        return String.join("\n\n", parts);
    }

    private static String name(Report run) {
        return "JDK " + run.jdk().replaceAll("\\..*", "");
    }

    private static String goals(List<Report> runs) {
        List<String> header = Stream.concat(
                        Stream.of("goal (bold: missed)", "wanted"),
                        runs.stream().map(Page::name))
                .toList();
        List<Map<String, String>> measured = runs.stream().map(Page::cells).toList();
        List<List<String>> rows = runs.get(0).goals().stream()
                .map(goal -> Stream.concat(
                                Stream.of(goal.what(), goal.wanted()),
                                measured.stream().map(cells -> cells.getOrDefault(goal.what(), "–")))
                        .toList())
                .toList();
        return table(header, rows);
    }

    private static Map<String, String> cells(Report run) {
        Map<String, String> cells = new LinkedHashMap<>();
        run.goals().forEach(goal -> cells.put(goal.what(), goal.cell()));
        return cells;
    }

    private static String table(List<String> header, List<List<String>> rows) {
        return Stream.concat(
                        Stream.of(row(header), "|---".repeat(header.size()) + "|"),
                        rows.stream().map(Page::row))
                .collect(Collectors.joining("\n"));
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    private static String wrap(String text, String indent) {
        StringBuilder wrapped = new StringBuilder();
        int column = 0;
        for (String word : text.split(" ", -1)) {
            if (column > 0 && column + 1 + word.length() > WIDTH) {
                wrapped.append('\n').append(indent);
                column = indent.length();
            } else if (column > 0) {
                wrapped.append(' ');
                column++;
            }
            wrapped.append(word);
            column += word.length();
        }
        return wrapped.toString();
    }
}
