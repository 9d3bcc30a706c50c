package maple.like.bench.section;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maple.like.bench.load.Traffic;
import maple.like.bench.load.Wrk.Load;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.report.Report;
import maple.like.bench.report.Series;

/** Toggles per second of each server, and the CPU time per toggle. */
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
            server.awaitFlushed();
        }
        Turns<Kind, Turn> turns = bench.takeTurns(
                kinds, kind -> turn(bench, bench.servers().of(kind), commands.getOrDefault(kind, Set.of())));
        kinds.forEach(kind -> bench.setMost(kind, turns.series(kind, Turn::rate).median()));
        report(bench.report(), kinds, turns);
    }

    private static Turn turn(Bench bench, LikeServer server, Set<String> commands) {
        Duration server0 = server.program().cpu();
        Duration redis0 = server.redis().program().cpu();
        long micros0 = server.redis().micros(commands);
        Load load = bench.wrk().run(server, Traffic.TOGGLES, bench.options().turn());
        long backlog = server.backlog();
        long begun = System.nanoTime();
        server.awaitFlushed();
        double drain = (System.nanoTime() - begun) / 1e9;
        double toggles = load.requests();
        Turn turn = new Turn(
                load.rate(),
                server.program().cpu().minus(server0).toNanos() / MICROS / toggles,
                server.redis().program().cpu().minus(redis0).toNanos() / MICROS / toggles,
                (server.redis().micros(commands) - micros0) / toggles,
                backlog,
                drain);
        Bench.say(server.name() + " " + Series.number(turn.rate(), 0) + "/s, Redis "
                + Series.number(turn.redisCpu(), 1) + " µs, backlog " + backlog + ", flushed " + Series.number(drain, 1)
                + " s later");
        return turn;
    }

    private static void report(Report report, List<Kind> kinds, Turns<Kind, Turn> turns) {
        for (Kind kind : kinds) {
            Series rate = turns.series(kind, Turn::rate);
            report.bar("Toggles per second", kind.toString(), rate);
            report.server(List.of(
                    kind.toString(),
                    rate.medianText(0),
                    kinds.contains(Kind.CEILING)
                            ? rate.over(turns.series(Kind.CEILING, Turn::rate)).medianText(2)
                            : "–",
                    turns.series(kind, Turn::serverCpu).medianText(1),
                    redis(kind, turns.series(kind, Turn::redisCpu)),
                    redis(kind, turns.series(kind, Turn::redisCommands))));
        }
        if (!kinds.contains(Kind.SERVICE)) {
            return;
        }
        report.note("The times are per toggle and include the flush after a turn. A turn leaves a backlog of "
                + turns.series(Kind.SERVICE, Turn::backlog).medianText(0) + " changes; the last one is stored "
                + turns.series(Kind.SERVICE, Turn::drain).medianText(1) + " s later.");
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
        return kind.usesRedis() ? micros.medianText(1) : "–";
    }

    /**
     * The figures of one turn; times are microseconds per toggle.
     *
     * @param rate toggles per second
     * @param serverCpu CPU time of the server
     * @param redisCpu CPU time of Redis
     * @param redisCommands time that Redis spent in commands of clients
     * @param backlog changes that were not flushed when the load ended
     * @param drain seconds until they were
     */
    private record Turn(
            double rate, double serverCpu, double redisCpu, double redisCommands, double backlog, double drain) {}
}
