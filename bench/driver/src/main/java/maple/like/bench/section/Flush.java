package maple.like.bench.section;

import java.util.List;
import maple.like.bench.report.Report;
import maple.like.bench.report.Series;

/** How fast pending likes in Redis become rows, compared with merely inserting the rows. */
final class Flush implements Section {
    private static final int LIKES = 100_000;
    private static final int FIRST = 200_000;
    private static final int BATCH = 1_000;

    @Override
    public void run(Bench bench) {
        try (FlushedLikes flushed = FlushedLikes.open(bench, BATCH)) {
            RawInserts raw = new RawInserts(bench.postgres(), FlushedLikes.DATABASE, BATCH);
            PendingRelations relations = new PendingRelations(bench.population());
            Bench.say("warming the flush up");
            List<Storing> both = List.of(flushed, raw);
            both.forEach(storing -> storing.store(relations.next(FIRST)));
            Turns<Storing, Storing.Result> turns = bench.takeTurns(both, storing -> {
                Storing.Result result = storing.store(relations.next(LIKES));
                Bench.say(storing.name() + " stored " + Series.number(result.perSecond(), 0) + " relations/s");
                return result;
            });
            report(bench.report(), turns, flushed, raw);
        }
    }

    private static void report(
            Report report, Turns<Storing, Storing.Result> turns, FlushedLikes flushed, RawInserts raw) {
        Series rate = turns.series(flushed, Storing.Result::perSecond);
        Series rawRate = turns.series(raw, Storing.Result::perSecond);
        Series batch = turns.series(flushed, result -> result.batchMillis().median());
        report.bar("Relations stored per second", "flush", rate);
        report.bar("Relations stored per second", "merely inserting the rows", rawRate);
        report.atLeast("relations flushed / rows inserted", 0.5, rate.over(rawRate));
        report.goal("flush of a batch of 1,000", "< 100 ms", batch.text(1, " ms"), batch.median() < 100);
        report.note("The flush stores " + rate.medianText(0)
                + " relations per second; merely inserting the rows reaches " + rawRate.medianText(0)
                + ". p99 of a batch: " + p99(turns, flushed) + " ms (" + p99(turns, raw) + ").");
    }

    private static String p99(Turns<Storing, Storing.Result> turns, Storing storing) {
        return turns.series(storing, result -> result.batchMillis().percentile(99))
                .medianText(1);
    }
}
