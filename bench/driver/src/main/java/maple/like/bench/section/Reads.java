package maple.like.bench.section;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import maple.like.bench.load.Traffic;
import maple.like.bench.report.Series;

/** Counts and statuses per second, of the service and the ceiling. */
final class Reads implements Section {
    private static final int WARM_UP = 20;

    @Override
    public void run(Bench bench) {
        List<Kind> kinds = List.of(Kind.CEILING, Kind.SERVICE);
        Map<Traffic, String> medians = new EnumMap<>(Traffic.class);
        for (Traffic traffic : List.of(Traffic.COUNT, Traffic.STATUS)) {
            kinds.forEach(kind -> bench.warmUp(bench.servers().of(kind), traffic, WARM_UP));
            Turns<Kind, Double> turns =
                    bench.takeTurns(kinds, kind -> bench.rate(bench.servers().of(kind), traffic));
            Series ceiling = turns.series(Kind.CEILING, rate -> rate);
            Series service = turns.series(Kind.SERVICE, rate -> rate);
            medians.put(
                    traffic,
                    service.medianText(0) + " " + (traffic == Traffic.COUNT ? "counts" : "statuses") + " (ceiling "
                            + ceiling.medianText(0) + ")");
            if (traffic == Traffic.COUNT) {
                bench.report().atLeast("reads of a count, service / ceiling", 0.90, service.over(ceiling));
            }
        }
        bench.report()
                .note("The service reads " + medians.get(Traffic.COUNT) + " or " + medians.get(Traffic.STATUS)
                        + " per second.");
    }
}
