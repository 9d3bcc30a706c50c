package maple.like.bench.section;

import java.util.List;
import maple.like.bench.load.Traffic;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.report.Series;

/** What it costs that everybody toggles the same character. */
final class Hot implements Section {
    @Override
    public void run(Bench bench) {
        LikeServer service = bench.servers().of(Kind.SERVICE);
        bench.warmUp(service, Traffic.TOGGLES, bench.options().warmUp());
        Turns<Traffic, Double> turns =
                bench.takeTurns(List.of(Traffic.TOGGLES, Traffic.HOT), traffic -> bench.rate(service, traffic));
        Series spread = turns.series(Traffic.TOGGLES, rate -> rate);
        Series hot = turns.series(Traffic.HOT, rate -> rate);
        bench.report()
                .table(
                        "One character",
                        List.of("toggles of", "service per second"),
                        List.of(
                                List.of("1,000 characters", spread.text(0)),
                                List.of("one character", hot.text(0)),
                                List.of("ratio", hot.over(spread).text(2))));
        bench.report().atLeast("toggles of one character / of 1,000", 0.9, hot.over(spread));
    }
}
