package maple.like.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import maple.like.bench.report.Report.Bar;

/**
 * Draws bars as SVG, one file for each figure: a group of bars for each label, in it one for each JDK, and a line from the
 * smallest to the largest value. The colours follow the reader's light or dark scheme.
 */
final class Figures {
    private static final int WIDTH = 760;
    private static final int LABELS = 220;
    private static final int BARS = 400;
    private static final int TOP = 44;
    private static final int BAR = 18;
    private static final int GAP = 10;
    private static final int MARGIN = 12;
    private static final String STYLE = """
            text { font: 13px system-ui, sans-serif; fill: #1f2328; }
            .title { font-weight: 600; font-size: 15px; }
            .spread { stroke: #1f2328; }
            .jdk0 { fill: #0969da; }
            .jdk1 { fill: #bf8700; }
            .jdk2 { fill: #8250df; }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3; }
              .spread { stroke: #e6edf3; }
              .jdk0 { fill: #4493f8; }
              .jdk1 { fill: #d29922; }
              .jdk2 { fill: #a371f7; }
            }
            """;

    private Figures() {}

    /** The titles of the figures of a run. */
    static Set<String> titles(Report run) {
        return run.bars().stream().map(Bar::figure).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The file of a figure. */
    static String file(String title) {
        return title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".svg";
    }

    /** Draws every figure of the first run, with the bars of all runs. */
    static void write(Path directory, List<Report> runs) {
        try {
            Files.createDirectories(directory);
            for (String title : titles(runs.get(0))) {
                Files.writeString(directory.resolve(file(title)), svg(title, runs), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String svg(String title, List<Report> runs) {
        List<List<Bar>> bars = runs.stream()
                .map(run -> run.bars().stream()
                        .filter(bar -> bar.figure().equals(title))
                        .toList())
                .toList();
        double scale = BARS
                / bars.stream()
                        .flatMap(List::stream)
                        .mapToDouble(Bar::max)
                        .max()
                        .orElseThrow();
        StringBuilder body = new StringBuilder();
        int y = TOP;
        for (Bar first : bars.get(0)) {
            body.append(text("label", MARGIN, y + runs.size() * BAR / 2 + 5, first.label()));
            for (int run = 0; run < runs.size(); run++) {
                for (Bar bar : bars.get(run)) {
                    if (bar.label().equals(first.label())) {
                        body.append(bar(bar, run, y, scale));
                    }
                }
                y += BAR;
            }
            y += GAP;
        }
        if (runs.size() > 1) {
            for (int run = 0; run < runs.size(); run++) {
                int x = LABELS + run * 120;
                body.append(
                        "<rect class=\"jdk%d\" x=\"%d\" y=\"%d\" width=\"12\" height=\"12\"/>\n".formatted(run, x, y));
                body.append(text("label", x + 18, y + 11, "JDK " + runs.get(run).jdk()));
            }
            y += BAR + GAP;
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img">
                <title>%3$s</title>
                <style>
                %4$s</style>
                %5$s%6$s</svg>
                """.formatted(WIDTH, y, escape(title), STYLE, text("title", MARGIN, 24, title), body);
    }

    private static String bar(Bar bar, int run, int y, double scale) {
        double end = LABELS + bar.value() * scale;
        return String.format(
                        Locale.ROOT,
                        "<rect class=\"jdk%d\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
                        run,
                        LABELS,
                        y + 1,
                        Math.max(1, end - LABELS),
                        BAR - 2)
                + "<line class=\"spread\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%3$d\" y2=\"%3$d\"/>\n"
                        .formatted(LABELS + bar.min() * scale, LABELS + bar.max() * scale, y + BAR / 2)
                + text("value", (int) Math.max(end, LABELS + bar.max() * scale) + 8, y + 14, bar.text());
    }

    private static String text(String style, int x, int y, String text) {
        return "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n".formatted(style, x, y, escape(text));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
