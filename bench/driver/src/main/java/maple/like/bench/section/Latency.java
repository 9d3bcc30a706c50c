package maple.like.bench.section;

import java.util.List;
import maple.like.bench.load.OpenLoop;
import maple.like.bench.load.Traffic;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.machine.Machine;
import maple.like.bench.report.Series;
import org.HdrHistogram.Histogram;

/**
 * How long a toggle takes at half of a server's own maximum: the service's half would be more than {@code source} and
 * {@code transaction} can do at all.
 */
final class Latency implements Section {
    private static final double LOAD = 0.5;
    private static final double MILLIS = 1e6;
    private static final int WARM_UP = 10;
    private static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0);

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
        kinds.forEach(kind -> run(bench, load, kind, WARM_UP));
        Turns<Kind, Histogram> turns = bench.takeTurns(kinds, kind -> turn(bench, load, kind));

        kinds.forEach(kind -> Bench.say(kind + " at " + Series.number(bench.most(kind) * LOAD, 0) + "/s: p99 of a turn "
                + p99(turns, kind).text(1, " ms")));
        for (Kind kind : kinds) {
            for (double percentile : PERCENTILES) {
                bench.report()
                        .bar(
                                "Latency at half load, milliseconds",
                                kind + ", p" + Series.number(percentile, 0),
                                percentile(turns, kind, percentile));
            }
        }
        Series service = p99(turns, Kind.SERVICE);
        bench.report().goal("p99 of a toggle at half load", "≤ 5 ms", service.text(1, " ms"), service.median() <= 5);
        if (kinds.contains(Kind.SOURCE)) {
            bench.report().atMost("p99 at half load, service / source", 0.2, service.over(p99(turns, Kind.SOURCE)));
        }
    }

    private Histogram turn(Bench bench, OpenLoop load, Kind kind) {
        Histogram latencies = run(bench, load, kind, bench.options().turn());
        Bench.say(
                kind + " at " + Series.number(bench.most(kind) * LOAD, 0) + "/s: p99 " + millis(latencies, 99) + " ms");
        return latencies;
    }

    private Histogram run(Bench bench, OpenLoop load, Kind kind, int seconds) {
        LikeServer server = bench.servers().of(kind);
        Histogram latencies = Machine.first(() -> load.run(server, bench.most(kind) * LOAD, seconds, ++seed));
        server.awaitFlushed();
        return latencies;
    }

    private static Series p99(Turns<Kind, Histogram> turns, Kind kind) {
        return percentile(turns, kind, 99);
    }

    private static Series percentile(Turns<Kind, Histogram> turns, Kind kind, double percentile) {
        return turns.series(kind, latencies -> latencies.getValueAtPercentile(percentile) / MILLIS);
    }

    private static String millis(Histogram latencies, double percentile) {
        return Series.number(latencies.getValueAtPercentile(percentile) / MILLIS, 1);
    }
}
