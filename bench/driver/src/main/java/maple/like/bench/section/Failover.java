package maple.like.bench.section;

import java.util.List;
import maple.like.bench.load.OpenLoop;
import maple.like.bench.load.Traffic;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.machine.Machine;
import maple.like.bench.report.Series;
import org.HdrHistogram.Histogram;

/** Toggles that the database decides while Redis is down, compared with one transaction for each toggle. */
final class Failover implements Section {
    private static final int MANY = 16;
    private static final double LOAD = 0.5;
    private static final double MILLIS = 1e6;
    private static final double LONGEST = 100;

    private long seed;

    @Override
    public void run(Bench bench) {
        LikeServer transaction = bench.servers().of(Kind.TRANSACTION);
        LikeServer one = start(bench, 1);
        LikeServer many = start(bench, MANY);
        List<LikeServer> servers = List.of(transaction, one, many);
        servers.forEach(
                server -> bench.warmUp(server, Traffic.TOGGLES, bench.options().warmUp()));
        Turns<LikeServer, Double> rates = bench.takeTurns(servers, server -> bench.rate(server, Traffic.TOGGLES));
        servers.forEach(server -> bench.report()
                .bar("Toggles per second without Redis", server.name(), rates.series(server, rate -> rate)));
        Series naive = rates.series(transaction, rate -> rate);
        bench.report()
                .atLeast(
                        "toggles without Redis, 1 partition / transaction",
                        1,
                        rates.series(one, rate -> rate).over(naive));
        bench.report()
                .atLeast(
                        "toggles without Redis, " + MANY + " partitions / transaction",
                        2,
                        rates.series(many, rate -> rate).over(naive));

        OpenLoop load = new OpenLoop(bench.population(), Traffic.TOGGLES);
        Turns<LikeServer, Histogram> latencies = bench.takeTurns(
                List.of(one, many),
                server -> Machine.first(() -> load.run(
                        server,
                        rates.series(server, rate -> rate).median() * LOAD,
                        bench.options().turn(),
                        ++seed)));
        for (LikeServer server : List.of(one, many)) {
            Series p99 = latencies.series(server, histogram -> histogram.getValueAtPercentile(99) / MILLIS);
            bench.report()
                    .goal(
                            "p99 without Redis at half load, " + server.name(),
                            "≤ 100 ms",
                            p99.text(1, " ms"),
                            p99.median() <= LONGEST);
            bench.servers().stop(server);
        }
    }

    private static LikeServer start(Bench bench, int partitions) {
        return bench.servers()
                .startWithoutRedis("partitions-" + partitions, List.of("--like.redis.partitions=" + partitions));
    }
}
