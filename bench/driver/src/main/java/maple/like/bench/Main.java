package maple.like.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import maple.like.bench.machine.BenchException;
import maple.like.bench.machine.Workspace;
import maple.like.bench.report.Page;
import maple.like.bench.report.Report;
import maple.like.bench.section.Bench;
import maple.like.bench.section.Options;

/** Runs the benchmark with the JDK that runs this; {@code bench/run} documents how. */
public final class Main {
    private Main() {}

    /**
     * Measures, or with {@code page PAGE REPORT…} writes reports into a page. Exits with 0 if everything was measured, met
     * goals or not.
     */
    public static void main(String[] args) {
        try {
            if (args.length > 2 && args[0].equals("page")) {
                Page.write(
                        Path.of(args[1]),
                        Stream.of(args).skip(2).map(Path::of).map(Report::load).toList());
            } else {
                measure(Options.parse(args));
            }
        } catch (BenchException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }

    private static void measure(Options options) {
        try (Workspace workspace = new Workspace()) {
            Report report = Bench.run(options, workspace);
            System.out.println();
            System.out.println(Page.text(List.of(report)));
            Path file = options.report();
            if (file != null) {
                report.save(file);
            }
        }
    }
}
