package maple.like.bench.section;

import java.util.ArrayList;
import java.util.List;
import maple.like.bench.report.Series;

/** How fast likes that wait in Redis become rows, compared with rows that are merely inserted. */
final class Flush implements Section {
    private static final int LIKES = 100_000;
    private static final int FIRST = 200_000;
    private static final int BATCH = 1_000;

    @Override
    public void run(Bench bench) {
        try (FlushedLikes flushed = FlushedLikes.open(bench, BATCH)) {
            RawInserts raw = new RawInserts(bench.postgres(), FlushedLikes.DATABASE, BATCH);
            PendingRelations relations = new PendingRelations(bench.population());
            Bench.say("practising the flush");
            List<Storing> both = List.of(flushed, raw);
            both.forEach(storing -> storing.store(relations.next(FIRST)));
            Turns<Storing, Storing.Result> turns = bench.takeTurns(both, storing -> {
                Storing.Result result = storing.store(relations.next(LIKES));
                Bench.say(storing.name() + " stored " + Series.number(result.perSecond(), 0) + " relations/s");
                return result;
            });
            report(bench, both, turns);
        }
    }

    private static void report(Bench bench, List<Storing> both, Turns<Storing, Storing.Result> turns) {
        List<List<String>> rows = new ArrayList<>();
        for (Storing storing : both) {
            rows.add(List.of(
                    storing.name(),
                    turns.series(storing, Storing.Result::perSecond).text(0),
                    turns.series(storing, result -> result.batchMillis().median())
                            .text(1),
                    turns.series(storing, result -> result.batchMillis().percentile(99))
                            .text(1)));
        }
        Storing flushed = both.get(0);
        Series ratio = turns.series(flushed, Storing.Result::perSecond)
                .over(turns.series(both.get(1), Storing.Result::perSecond));
        Series batch = turns.series(flushed, result -> result.batchMillis().median());
        bench.report()
                .table(
                        "Flush of " + Series.number(LIKES, 0) + " likes, " + Series.number(BATCH, 0)
                                + " in a transaction",
                        List.of("what", "relations per second", "median of a batch, ms", "p99 of a batch, ms"),
                        rows);
        bench.report().atLeast("relations flushed / rows inserted", 0.5, ratio);
        bench.report().goal("flush of a batch of 1,000", "< 100 ms", batch.text(1, " ms"), batch.median() < 100);
    }
}
