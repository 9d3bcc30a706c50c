package maple.like.bench.section;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import maple.like.bench.load.Traffic;
import maple.like.bench.report.Series;

/** Counts and statuses per second, of the service and of the ceiling. */
final class Reads implements Section {
    private static final int WARM_UP = 20;

    @Override
    public void run(Bench bench) {
        List<Kind> kinds = List.of(Kind.CEILING, Kind.SERVICE);
        List<List<String>> rows = new ArrayList<>();
        for (Traffic traffic : List.of(Traffic.COUNT, Traffic.STATUS)) {
            kinds.forEach(kind -> bench.warmUp(bench.servers().of(kind), traffic, WARM_UP));
            Turns<Kind, Double> turns =
                    bench.takeTurns(kinds, kind -> bench.rate(bench.servers().of(kind), traffic));
            Series ceiling = turns.series(Kind.CEILING, rate -> rate);
            Series service = turns.series(Kind.SERVICE, rate -> rate);
            rows.add(List.of(
                    traffic.toString().toLowerCase(Locale.ROOT),
                    ceiling.text(0),
                    service.text(0),
                    service.over(ceiling).text(2)));
            if (traffic == Traffic.COUNT) {
                bench.report().atLeast("reads of a count, service / ceiling", 0.90, service.over(ceiling));
            }
        }
        bench.report().table("Reads", List.of("call", "ceiling per second", "service per second", "ratio"), rows);
    }
}
