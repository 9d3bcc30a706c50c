package maple.like.bench.section;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import maple.like.bench.machine.Http;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.machine.Program;
import maple.like.bench.machine.Redis;
import maple.like.bench.machine.Workspace;
import maple.like.bench.report.Series;

/** Seconds from the start of the process until it says that it is ready. */
final class Startup implements Section {
    private static final String DATABASE = "startup";
    private static final List<Way> WAYS = List.of(new Way("java -jar", List.of()));
    private static final int FEATURE = 25;
    private static final double WANTED = 3;
    private static final Duration POLL = Duration.ofMillis(10);
    private static final long LONGEST = Duration.ofMinutes(2).toNanos();

    private final Http http = new Http();
    private int starts;

    @Override
    public void run(Bench bench) {
        LikeServer first = bench.servers().start(Kind.SERVICE, DATABASE, List.of());
        first.awaitStored();
        bench.servers().stop(first);
        Redis redis = Redis.start(bench.workspace(), "starts");
        Turns<Way, Double> turns = bench.takeTurns(WAYS, way -> start(bench, redis, way));
        bench.workspace().stop(redis.program());

        List<List<String>> rows = new ArrayList<>();
        for (Way way : WAYS) {
            Series seconds = turns.series(way, each -> each);
            rows.add(List.of(way.name(), seconds.text(2)));
            if (Runtime.version().feature() >= FEATURE) {
                bench.report()
                        .goal(
                                "start to ready, " + way.name(),
                                "≤ 3 s",
                                seconds.text(2, " s"),
                                seconds.median() <= WANTED);
            }
        }
        bench.report().table("Start", List.of("started with", "seconds until ready"), rows);
    }

    private double start(Bench bench, Redis redis, Way way) {
        int port = Workspace.freePort();
        List<String> command = bench.servers().command(Kind.SERVICE, DATABASE, redis, port, way.jvmFlags(), List.of());
        long begun = System.nanoTime();
        Program program = bench.workspace().start("start-" + ++starts, command);
        while (!http.isReady(port)) {
            if (!program.isAlive() || System.nanoTime() - begun > LONGEST) {
                throw program.failed("did not get ready");
            }
            Workspace.pause(POLL);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        bench.workspace().stop(program);
        Bench.say(way.name() + " was ready after " + Series.number(seconds, 2) + " s");
        return seconds;
    }

    /**
     * A way to start the service.
     *
     * @param name what the report calls it
     * @param jvmFlags flags besides those that every server has
     */
    private record Way(String name, List<String> jvmFlags) {}
}
