package maple.like.bench.section;

import java.util.List;
import maple.like.bench.load.Traffic;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.report.Series;

/** All accounts toggle one character, compared with 1,000 characters. */
final class Hot implements Section {
    @Override
    public void run(Bench bench) {
        LikeServer service = bench.servers().of(Kind.SERVICE);
        bench.warmUp(service, Traffic.TOGGLES, bench.options().warmUp());
        Turns<Traffic, Double> turns =
                bench.takeTurns(List.of(Traffic.TOGGLES, Traffic.HOT), traffic -> bench.rate(service, traffic));
        Series spread = turns.series(Traffic.TOGGLES, rate -> rate);
        Series hot = turns.series(Traffic.HOT, rate -> rate);
        bench.report().atLeast("toggles of one character / of 1,000", 0.9, hot.over(spread));
    }
}
