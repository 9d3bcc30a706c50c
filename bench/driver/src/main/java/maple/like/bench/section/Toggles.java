package maple.like.bench.section;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maple.like.bench.load.Traffic;
import maple.like.bench.load.Wrk.Load;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.report.Report;
import maple.like.bench.report.Series;

/** Toggles per second, all in turns, and what a toggle costs Redis and the server. */
final class Toggles implements Section {
    private static final double MICROS = 1e3;

    @Override
    public void run(Bench bench) {
        List<Kind> kinds = List.copyOf(bench.options().servers());
        Map<Kind, Set<String>> commands = new EnumMap<>(Kind.class);
        for (Kind kind : kinds) {
            LikeServer server = bench.servers().of(kind);
            bench.warmUp(server, Traffic.TOGGLES, bench.options().warmUp());
            commands.put(kind, server.redis().commandsDuring(() -> bench.wrk().run(server, Traffic.TOGGLES, 1)));
            server.awaitStored();
        }
        Turns<Kind, Turn> turns = bench.takeTurns(
                kinds, kind -> turn(bench, bench.servers().of(kind), commands.getOrDefault(kind, Set.of())));
        kinds.forEach(kind -> bench.setMost(kind, turns.series(kind, Turn::rate).median()));
        report(bench.report(), kinds, turns);
        bench.report().remark("Commands of Redis counted: " + commands + ".");
    }

    private static Turn turn(Bench bench, LikeServer server, Set<String> commands) {
        Duration server0 = server.program().cpu();
        Duration redis0 = server.redis().program().cpu();
        long micros0 = server.redis().micros(commands);
        Load load = bench.wrk().run(server, Traffic.TOGGLES, bench.options().turn());
        long waiting = server.waiting();
        long begun = System.nanoTime();
        server.awaitStored();
        double drain = (System.nanoTime() - begun) / 1e9;
        double toggles = load.requests();
        Turn turn = new Turn(
                load.rate(),
                server.program().cpu().minus(server0).toNanos() / MICROS / toggles,
                server.redis().program().cpu().minus(redis0).toNanos() / MICROS / toggles,
                (server.redis().micros(commands) - micros0) / toggles,
                waiting,
                drain);
        Bench.say(server.name() + " " + Series.number(turn.rate(), 0) + "/s, Redis "
                + Series.number(turn.redisCpu(), 1) + " µs, " + waiting + " waited, stored " + Series.number(drain, 1)
                + " s later");
        return turn;
    }

    private static void report(Report report, List<Kind> kinds, Turns<Kind, Turn> turns) {
        List<List<String>> rows = new ArrayList<>();
        for (Kind kind : kinds) {
            Series rate = turns.series(kind, Turn::rate);
            rows.add(List.of(
                    kind.toString(),
                    rate.text(0),
                    kinds.contains(Kind.CEILING)
                            ? rate.over(turns.series(Kind.CEILING, Turn::rate)).text(2)
                            : "–",
                    turns.series(kind, Turn::serverCpu).text(1),
                    redis(kind, turns.series(kind, Turn::redisCpu)),
                    redis(kind, turns.series(kind, Turn::redisCommands))));
        }
        report.table(
                "Toggles",
                List.of(
                        "server",
                        "per second",
                        "of the ceiling",
                        "µs of the JVM's processor time each",
                        "µs of Redis's processor time each",
                        "µs in Redis's commands each"),
                rows);
        if (!kinds.contains(Kind.SERVICE)) {
            return;
        }
        report.remark("The times include the flush that follows a turn. When a turn ended, "
                + turns.series(Kind.SERVICE, Turn::waiting).text(0) + " changes of the service waited; the last was"
                + " stored " + turns.series(Kind.SERVICE, Turn::drain).text(1) + " s later.");
        Series service = turns.series(Kind.SERVICE, Turn::rate);
        new EnumMap<>(Map.of(Kind.CEILING, 0.70, Kind.SOURCE, 4.0, Kind.TRANSACTION, 6.0, Kind.EARLIER, 1.0))
                .forEach((kind, goal) -> {
                    if (kinds.contains(kind)) {
                        report.atLeast(
                                "toggles, service / " + kind, goal, service.over(turns.series(kind, Turn::rate)));
                    }
                });
    }

    private static String redis(Kind kind, Series micros) {
        return kind.usesRedis() ? micros.text(1) : "–";
    }

    /**
     * What one turn came to; times are microseconds for each toggle.
     *
     * @param rate toggles per second
     * @param serverCpu processor time of the server
     * @param redisCpu processor time of Redis
     * @param redisCommands time that Redis spent in commands that clients sent
     * @param waiting changes that were not stored when the load ended
     * @param drain seconds until they were
     */
    private record Turn(
            double rate, double serverCpu, double redisCpu, double redisCommands, double waiting, double drain) {}
}
