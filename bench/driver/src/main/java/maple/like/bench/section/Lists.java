package maple.like.bench.section;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import maple.like.bench.load.OpenLoop;
import maple.like.bench.load.Traffic;
import maple.like.bench.machine.BenchException;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.machine.Machine;
import maple.like.bench.report.Series;
import org.HdrHistogram.Histogram;

/** How long the ranking, likers and likes take at a steady rate, with many likes in Redis and in the database. */
final class Lists implements Section {
    private static final String NAME = "lists";
    private static final double PER_SECOND = 100;
    private static final int WARM_UP = 10;
    private static final double MILLIS = 1e6;

    private long seed;

    @Override
    public void run(Bench bench) {
        LikeServer server = bench.servers().start(Kind.SERVICE, NAME, List.of("--like.likers.visible-to=everybody"));
        bench.warmUp(server, Traffic.TOGGLES, bench.options().warmUp()); // likes of the accounts that ask
        Relations.fill(bench, server.redis(), Relations.MANY);
        store(bench);
        for (Traffic traffic : List.of(Traffic.RANKING, Traffic.LIKERS, Traffic.LIKES)) {
            OpenLoop load = new OpenLoop(bench.population(), traffic);
            run(load, server, WARM_UP);
            Series p99 = new Series(
                    bench
                            .takeTurns(
                                    List.of(traffic),
                                    turn -> run(load, server, bench.options().turn()))
                            .of(traffic)
                            .stream()
                            .map(latencies -> latencies.getValueAtPercentile(99) / MILLIS)
                            .toList());
            bench.report()
                    .goal(
                            "p99 of " + traffic.name().toLowerCase(Locale.ROOT) + ", 5,000,000 likes, 100/s",
                            "≤ 10 ms",
                            p99.text(1, " ms"),
                            p99.median() <= 10);
        }
        bench.servers().stop(server);
    }

    private Histogram run(OpenLoop load, LikeServer server, int seconds) {
        return Machine.first(() -> load.run(server, PER_SECOND, seconds, ++seed));
    }

    /** The rows of what {@link Relations#fill} put into Redis. */
    private static void store(Bench bench) {
        Bench.say("storing " + Relations.MANY + " rows");
        bench.postgres().execute(NAME, "create table filled (account text, target text)");
        try (Connection connection = bench.postgres().connect(NAME)) {
            Relations.copy(bench, connection, "filled", Relations.MANY);
            try (Statement statement = connection.createStatement()) {
                statement.execute("insert into character_like (target_ocid, liker_account_id, created_at)"
                        + " select target, account, now() from filled on conflict do nothing");
                statement.execute("update game_character c set like_count ="
                        + " (select count(*) from character_like l where l.target_ocid = c.ocid)");
                statement.execute("analyze");
            }
        } catch (SQLException e) {
            throw new BenchException("The likes cannot be stored", e);
        }
    }
}
