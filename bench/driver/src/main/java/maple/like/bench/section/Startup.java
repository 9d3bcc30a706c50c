package maple.like.bench.section;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import maple.like.bench.machine.Http;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.machine.Program;
import maple.like.bench.machine.Redis;
import maple.like.bench.machine.Workspace;
import maple.like.bench.report.Series;
import org.jspecify.annotations.Nullable;

/** Seconds from the start of the process until it is ready. */
final class Startup implements Section {
    private static final String DATABASE = "startup";
    private static final String JAR = "`java -jar`";
    private static final String PREPARED = "`deploy/prepare`";
    private static final double WANTED = 3;
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration LONGEST_PREPARATION = Duration.ofMinutes(5);
    private static final long LONGEST = Duration.ofMinutes(2).toNanos();

    private final Http http = new Http();
    private int starts;

    @Override
    public void run(Bench bench) {
        LikeServer first = bench.servers().start(Kind.SERVICE, DATABASE, List.of());
        first.awaitFlushed();
        bench.servers().stop(first);
        Redis redis = Redis.start(bench.workspace(), "starts");
        Path prepared = prepare(bench);
        List<String> ways = List.of(JAR, PREPARED);
        Turns<String, Double> turns =
                bench.takeTurns(ways, way -> start(bench, redis, way, way.equals(PREPARED) ? prepared : null));
        bench.workspace().stop(redis.program());

        for (String way : ways) {
            Series seconds = turns.series(way, each -> each);
            bench.report().goal("start to ready, " + way, "≤ 3 s", seconds.text(2, " s"), seconds.median() <= WANTED);
        }
    }

    /** Runs {@code deploy/prepare}. */
    private static Path prepare(Bench bench) {
        Path directory = bench.workspace().directory().resolve("prepared");
        Bench.say("preparing a start");
        bench.workspace()
                .run(
                        "prepare",
                        List.of(
                                "env",
                                "JAVA_HOME=" + System.getProperty("java.home"),
                                bench.options().prepare().toString(),
                                bench.options().service().toString(),
                                directory.toString()),
                        LONGEST_PREPARATION);
        return directory;
    }

    private double start(Bench bench, Redis redis, String way, @Nullable Path prepared) {
        int port = Workspace.freePort();
        List<String> command = bench.servers().command(Kind.SERVICE, DATABASE, redis, port, List.of(), List.of());
        if (prepared != null) {
            List<String> arguments = command.subList(command.indexOf("-jar") + 2, command.size());
            command = Stream.concat(
                            Stream.of(
                                    "env",
                                    "JAVA_HOME=" + System.getProperty("java.home"),
                                    "JDK_JAVA_OPTIONS=" + String.join(" ", Servers.JVM_FLAGS),
                                    prepared.resolve("start").toString()),
                            arguments.stream())
                    .toList();
        }
        long begun = System.nanoTime();
        Program program = bench.workspace().start("start-" + ++starts, command);
        while (!http.isReady(port)) {
            if (!program.isAlive() || System.nanoTime() - begun > LONGEST) {
                throw program.failed("did not become ready");
            }
            Workspace.pause(POLL);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        bench.workspace().stop(program);
        Bench.say(way + " was ready after " + Series.number(seconds, 2) + " s");
        return seconds;
    }
}
