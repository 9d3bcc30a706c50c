package maple.like.bench.report;

import java.util.ArrayList;
import java.util.List;

/** What a run has to say, as Markdown: the goals, then everything that was measured. */
public final class Report {
    private static final List<String> GOAL_HEADER = List.of("goal", "wanted", "measured", "met?");

    private final String title;
    private final List<String> preface = new ArrayList<>();
    private final List<List<String>> goals = new ArrayList<>();
    private final StringBuilder details = new StringBuilder();

    /** Begins one. */
    public Report(String title) {
        this.title = title;
    }

    /** Adds a fact about the whole run. */
    public void preface(String line) {
        preface.add("- " + line);
    }

    /** Adds a goal that was met or not. */
    public void goal(String what, String wanted, String measured, boolean met) {
        goals.add(List.of(what, wanted, measured, met ? "yes" : "**no**"));
    }

    /** Adds a goal about a number that is at least as great as wanted. */
    public void atLeast(String what, double wanted, Series measured) {
        goal(what, "≥ " + plain(wanted), measured.text(2), measured.median() >= wanted);
    }

    /** Adds a goal about a number that is at most as great as wanted. */
    public void atMost(String what, double wanted, Series measured) {
        goal(what, "≤ " + plain(wanted), measured.text(2), measured.median() <= wanted);
    }

    private static String plain(double value) {
        return Series.number(value, value == Math.rint(value) ? 0 : 2);
    }

    /** Adds a table. */
    public void table(String heading, List<String> header, List<List<String>> rows) {
        details.append("\n#### ").append(heading).append("\n\n").append(markdown(header, rows));
    }

    /** Adds a remark to the table before it. */
    public void remark(String text) {
        details.append('\n').append(text).append('\n');
    }

    private static String markdown(List<String> header, List<List<String>> rows) {
        StringBuilder table = new StringBuilder();
        table.append(row(header)).append("|---".repeat(header.size())).append("|\n");
        rows.forEach(cells -> table.append(row(cells)));
        return table.toString();
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    /** The whole of it. */
    public String text() {
        return "### " + title + "\n\n" + String.join("\n", preface) + "\n\n"
                + (goals.isEmpty() ? "" : markdown(GOAL_HEADER, goals)) + details;
    }
}
