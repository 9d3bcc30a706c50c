package maple.like.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import maple.like.bench.machine.BenchException;
import maple.like.bench.machine.Workspace;
import maple.like.bench.report.Report;
import maple.like.bench.section.Bench;
import maple.like.bench.section.Options;

/** Runs the benchmark with the JDK that runs this; {@code bench/run} says how. */
public final class Main {
    private Main() {}

    /** Ends with 0 if everything could be measured, whatever came out. */
    public static void main(String[] args) throws IOException {
        try (Workspace workspace = new Workspace()) {
            Options options = Options.parse(args);
            Report report = Bench.run(options, workspace);
            System.out.println();
            System.out.println(report.text());
            Path file = options.report();
            if (file != null) {
                Files.writeString(file, report.text(), StandardCharsets.UTF_8);
            }
        } catch (BenchException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }
}
