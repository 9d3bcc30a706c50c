package maple.like.bench.section;

import java.util.List;
import java.util.stream.Stream;
import maple.like.bench.load.OpenLoop;
import maple.like.bench.load.Traffic;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.machine.Machine;
import maple.like.bench.report.Series;
import org.HdrHistogram.Histogram;

/**
 * How long a toggle takes at a quarter and at half of a server's own maximum: the service's half would be more than
 * {@code source} and {@code transaction} can do at all.
 */
final class Latency implements Section {
    private static final double QUARTER = 0.25;
    private static final double HALF = 0.5;
    private static final double MILLIS = 1e6;
    private static final int WARM_UP = 10;
    private static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 99.9);

    private long seed;

    @Override
    public void run(Bench bench) {
        List<Kind> kinds = List.copyOf(bench.options().servers());
        for (Kind kind : kinds) {
            bench.warmUp(
                    bench.servers().of(kind), Traffic.TOGGLES, bench.options().warmUp());
            bench.most(kind);
        }
        OpenLoop load = new OpenLoop(bench.population(), Traffic.TOGGLES);
        // Mostly idle connections are a load different from wrk's, for the generator too.
        kinds.forEach(kind -> run(bench, load, new Point(kind, HALF), WARM_UP));
        Turns<Point, Histogram> turns = bench.takeTurns(
                Stream.of(QUARTER, HALF)
                        .flatMap(part -> kinds.stream().map(kind -> new Point(kind, part)))
                        .toList(),
                point -> turn(bench, load, point));

        for (Kind kind : kinds) {
            for (double percentile : PERCENTILES) {
                bench.report()
                        .bar(
                                "Latency at half load, milliseconds",
                                kind + ", p" + Series.number(percentile, percentile % 1 == 0 ? 0 : 1),
                                percentile(turns, new Point(kind, HALF), percentile));
            }
        }
        Series service = percentile(turns, new Point(Kind.SERVICE, HALF), 99);
        bench.report().goal("p99 of a toggle at half load", "≤ 5 ms", service.text(1, " ms"), service.median() <= 5);
        if (kinds.contains(Kind.SOURCE)) {
            compare(bench, turns, HALF, 99, Kind.SOURCE, 0.2);
        }
        if (kinds.contains(Kind.CEILING)) {
            for (double part : List.of(QUARTER, HALF)) {
                compare(bench, turns, part, 99, Kind.CEILING, 1.5);
                compare(bench, turns, part, 99.9, Kind.CEILING, 1.5);
            }
        }
    }

    private static void compare(
            Bench bench, Turns<Point, Histogram> turns, double part, double percentile, Kind kind, double most) {
        bench.report()
                .atMost(
                        "p%s at %s load, service / %s"
                                .formatted(
                                        Series.number(percentile, percentile % 1 == 0 ? 0 : 1),
                                        part == HALF ? "half" : "quarter",
                                        kind),
                        most,
                        percentile(turns, new Point(Kind.SERVICE, part), percentile)
                                .over(percentile(turns, new Point(kind, part), percentile)));
    }

    private Histogram turn(Bench bench, OpenLoop load, Point point) {
        Histogram latencies = run(bench, load, point, bench.options().turn());
        Bench.say(point.kind() + " at " + Series.number(bench.most(point.kind()) * point.part(), 0) + "/s: p99 "
                + millis(latencies, 99) + " ms, p99.9 " + millis(latencies, 99.9) + " ms");
        return latencies;
    }

    private Histogram run(Bench bench, OpenLoop load, Point point, int seconds) {
        LikeServer server = bench.servers().of(point.kind());
        double rate = bench.most(point.kind()) * point.part();
        Histogram latencies = Machine.first(() -> load.run(server, rate, seconds, ++seed));
        server.awaitFlushed();
        return latencies;
    }

    private static Series percentile(Turns<Point, Histogram> turns, Point point, double percentile) {
        return turns.series(point, latencies -> latencies.getValueAtPercentile(percentile) / MILLIS);
    }

    private static String millis(Histogram latencies, double percentile) {
        return Series.number(latencies.getValueAtPercentile(percentile) / MILLIS, 1);
    }

    /** A server under a part of its maximum. */
    private record Point(Kind kind, double part) {}
}
