package maple.like.bench.section;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maple.like.bench.load.Traffic;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.machine.Program;
import maple.like.bench.report.Series;

/** The memory of a server that has been under load. */
final class Heap implements Section {
    private static final Pattern USED = Pattern.compile("heap .*used (\\d+)K");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final double MEBIBYTE = 1 << 20;

    private int calls;

    @Override
    public void run(Bench bench) {
        List<List<String>> rows = new ArrayList<>();
        for (Kind kind : List.of(Kind.CEILING, Kind.SERVICE)) {
            LikeServer server = bench.servers().of(kind);
            bench.warmUp(server, Traffic.TOGGLES, bench.options().warmUp());
            double resident = server.program().residentBytes() / MEBIBYTE;
            rows.add(List.of(
                    kind.toString(),
                    Series.number(usedAfterCollection(bench, server.program()), 0),
                    Series.number(resident, 0)));
        }
        bench.report()
                .table(
                        "Memory after the load",
                        List.of("server", "heap used after a collection, MiB", "resident, MiB"),
                        rows);
    }

    private double usedAfterCollection(Bench bench, Program program) {
        jcmd(bench, program, "GC.run");
        Matcher matcher = USED.matcher(jcmd(bench, program, "GC.heap_info"));
        if (!matcher.find()) {
            throw program.failed("does not tell its heap");
        }
        return Long.parseLong(matcher.group(1)) * 1024 / MEBIBYTE;
    }

    private String jcmd(Bench bench, Program program, String command) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        return bench.workspace().run("jcmd-" + ++calls, List.of(jcmd, Long.toString(program.pid()), command), PATIENCE);
    }
}
