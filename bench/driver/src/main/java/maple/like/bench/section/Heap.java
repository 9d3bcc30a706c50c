package maple.like.bench.section;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maple.like.bench.load.Traffic;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.machine.Program;
import maple.like.bench.report.Series;

/** The memory of the service and the ceiling after the load. */
final class Heap implements Section {
    private static final Pattern USED = Pattern.compile("heap .*used (\\d+)K");
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final double MEBIBYTE = 1 << 20;

    private int calls;

    @Override
    public void run(Bench bench) {
        Memory ceiling = measure(bench, Kind.CEILING);
        Memory service = measure(bench, Kind.SERVICE);
        bench.report()
                .note("After the load the heap holds " + service.heap() + " MiB (ceiling " + ceiling.heap()
                        + ") and the process " + service.resident() + " MiB (" + ceiling.resident() + ").");
    }

    private Memory measure(Bench bench, Kind kind) {
        LikeServer server = bench.servers().of(kind);
        bench.warmUp(server, Traffic.TOGGLES, bench.options().warmUp());
        double resident = server.program().residentBytes() / MEBIBYTE;
        return new Memory(Series.number(usedAfterCollection(bench, server.program()), 0), Series.number(resident, 0));
    }

    private record Memory(String heap, String resident) {}

    /** In MiB. */
    double usedAfterCollection(Bench bench, Program program) {
        jcmd(bench, program, "GC.run");
        Matcher matcher = USED.matcher(jcmd(bench, program, "GC.heap_info"));
        if (!matcher.find()) {
            throw program.failed("did not report its heap");
        }
        return Long.parseLong(matcher.group(1)) * 1024 / MEBIBYTE;
    }

    private String jcmd(Bench bench, Program program, String command) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        return bench.workspace().run("jcmd-" + ++calls, List.of(jcmd, Long.toString(program.pid()), command), TIMEOUT);
    }
}
