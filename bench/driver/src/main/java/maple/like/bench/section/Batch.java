package maple.like.bench.section;

import java.util.List;
import maple.like.bench.load.Traffic;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.report.Series;

/** Batches of 50 names per second: with a token against single statuses, without one against the ceiling. */
final class Batch implements Section {
    private static final int WARM_UP = 20;

    @Override
    public void run(Bench bench) {
        LikeServer service = bench.servers().of(Kind.SERVICE);
        LikeServer ceiling = bench.servers().of(Kind.CEILING);
        for (Traffic traffic : List.of(Traffic.STATUS, Traffic.BATCH, Traffic.PUBLIC_BATCH)) {
            bench.warmUp(service, traffic, WARM_UP);
        }
        bench.warmUp(ceiling, Traffic.PUBLIC_BATCH, WARM_UP);

        Turns<Traffic, Double> own =
                bench.takeTurns(List.of(Traffic.STATUS, Traffic.BATCH), traffic -> bench.rate(service, traffic));
        Series batches = own.series(Traffic.BATCH, rate -> rate);
        Series fiftySingle = own.series(Traffic.STATUS, rate -> rate / Traffic.BATCH_SIZE);
        bench.report().atLeast("batches of 50 with a token / 50 single statuses", 10, batches.over(fiftySingle));

        Turns<LikeServer, Double> all =
                bench.takeTurns(List.of(ceiling, service), server -> bench.rate(server, Traffic.PUBLIC_BATCH));
        Series counts = all.series(service, rate -> rate);
        bench.report()
                .atLeast(
                        "batches of 50 without a token, service / ceiling",
                        0.7,
                        counts.over(all.series(ceiling, rate -> rate)));
        bench.report()
                .note("The service answers " + batches.medianText(0) + " batches of 50 per second with a token, "
                        + counts.medianText(0) + " without.");
    }
}
