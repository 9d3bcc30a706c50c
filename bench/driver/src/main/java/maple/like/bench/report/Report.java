package maple.like.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The figures of one run, that is, of one JDK. {@link Page} shows several runs side by side. */
public final class Report {
    private static final String TAB = "\t";

    private final String jdk;
    private final String environment;
    private final List<Goal> goals = new ArrayList<>();
    private final List<List<String>> servers = new ArrayList<>();
    private final List<Bar> bars = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * Starts an empty report.
     *
     * @param jdk the version
     * @param environment what all runs have in common; {@code %s} stands for their JDKs
     */
    public Report(String jdk, String environment) {
        this.jdk = jdk;
        this.environment = environment;
    }

    /** Adds a goal. */
    public void goal(String what, String wanted, String measured, boolean met) {
        goals.add(new Goal(what, wanted, measured, met));
    }

    /** Adds a goal that a median reaches or exceeds. */
    public void atLeast(String what, double wanted, Series measured) {
        goal(what, "≥ " + plain(wanted), measured.text(2), measured.median() >= wanted);
    }

    /** Adds a goal that a median does not exceed. */
    public void atMost(String what, double wanted, Series measured) {
        goal(what, "≤ " + plain(wanted), measured.text(2), measured.median() <= wanted);
    }

    private static String plain(double value) {
        return Series.number(value, value == Math.rint(value) ? 0 : 2);
    }

    /** Adds a row about a server; the cells are those of {@link Page#SERVER_HEADER}. */
    public void server(List<String> cells) {
        servers.add(List.copyOf(cells));
    }

    /**
     * Adds a bar to a figure.
     *
     * @param figure the title of the figure, which names the unit
     * @param label what was measured
     */
    public void bar(String figure, String label, Series measured) {
        bars.add(new Bar(figure, label, measured.median(), measured.min(), measured.max()));
    }

    /** Adds a sentence or two. */
    public void note(String text) {
        notes.add(text);
    }

    String jdk() {
        return jdk;
    }

    String environment() {
        return environment;
    }

    List<Goal> goals() {
        return goals;
    }

    List<List<String>> servers() {
        return servers;
    }

    List<Bar> bars() {
        return bars;
    }

    List<String> notes() {
        return notes;
    }

    /** Writes the report to a file, as lines of cells separated by tabs. */
    public void save(Path file) {
        List<String> lines = new ArrayList<>();
        lines.add(String.join(TAB, "run", jdk, environment));
        goals.forEach(goal -> lines.add(
                String.join(TAB, "goal", goal.what(), goal.wanted(), goal.measured(), Boolean.toString(goal.met()))));
        servers.forEach(cells -> lines.add("server" + TAB + String.join(TAB, cells)));
        bars.forEach(bar -> lines.add(Stream.of("bar", bar.figure(), bar.label(), bar.value(), bar.min(), bar.max())
                .map(String::valueOf)
                .collect(Collectors.joining(TAB))));
        notes.forEach(note -> lines.add("note" + TAB + note));
        try {
            Files.write(file, lines, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a file that {@link #save} wrote. */
    public static Report load(Path file) {
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            List<String> run = cells(lines.get(0));
            Report report = new Report(run.get(0), run.get(1));
            for (String line : lines.subList(1, lines.size())) {
                List<String> cells = cells(line);
                switch (line.substring(0, line.indexOf(TAB))) {
                    case "goal" ->
                        report.goal(cells.get(0), cells.get(1), cells.get(2), Boolean.parseBoolean(cells.get(3)));
                    case "bar" ->
                        report.bars.add(new Bar(
                                cells.get(0),
                                cells.get(1),
                                Double.parseDouble(cells.get(2)),
                                Double.parseDouble(cells.get(3)),
                                Double.parseDouble(cells.get(4))));
                    case "server" -> report.server(cells);
                    default -> report.note(cells.get(0));
                }
            }
            return report;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> cells(String line) {
        List<String> cells = List.of(line.split(TAB, -1));
        return cells.subList(1, cells.size());
    }

    /**
     * A goal.
     *
     * @param what names the figure
     * @param wanted the limit
     * @param measured the figure
     * @param met whether the figure keeps the limit
     */
    record Goal(String what, String wanted, String measured, boolean met) {
        /** The figure, bold if it misses the goal. */
        String cell() {
            return met ? measured : "**" + measured + "**";
        }
    }

    /**
     * A bar of a figure.
     *
     * @param figure the title of the figure
     * @param label what was measured
     * @param value the median
     * @param min the smallest value
     * @param max the largest value
     */
    record Bar(String figure, String label, double value, double min, double max) {
        private static final double LARGE = 100;

        /** The median as text. */
        String text() {
            return Series.number(value, value < LARGE ? 1 : 0);
        }
    }
}
