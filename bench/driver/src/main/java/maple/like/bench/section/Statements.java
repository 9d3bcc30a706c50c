package maple.like.bench.section;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import maple.like.bench.load.Traffic;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.machine.Workspace;
import maple.like.bench.report.Series;

/**
 * SQL statements and Redis's time per toggle while nothing is flushed and the caches are warm. The database logs every
 * statement.
 */
final class Statements implements Section {
    private static final String DATABASE = "statements";

    /** Without the empty statements by which the pool tests connections. */
    private static final Pattern LOGGED = Pattern.compile(DATABASE + " LOG: +(statement|execute[^:]*): .*\\S.*");

    private static final Duration IDLE = Duration.ofSeconds(1);

    @Override
    public void run(Bench bench) {
        bench.postgres().create(DATABASE);
        bench.postgres().execute("postgres", "alter database " + DATABASE + " set log_statement = 'all'");
        LikeServer server = bench.servers().startOn(Kind.SERVICE, DATABASE, List.of("--like.sync.interval=10m"));
        server.redis().subscribe();
        server.redis().subscribe();
        LikeServer source = bench.servers().of(Kind.SOURCE);
        Workspace.pause(IDLE);
        List<Integer> statements = new ArrayList<>();
        double[] toggles = {0};
        List<LikeServer> servers = List.of(server, source);
        bench.warmUp(source, Traffic.TOGGLES, bench.options().warmUp());
        bench.wrk().run(server, Traffic.TOGGLES, bench.options().warmUp()); // nothing is flushed meanwhile
        Turns<LikeServer, RedisTime> turns = bench.takeTurns(servers, each -> {
            int before = bench.postgres().program().output().length();
            RedisTime time = RedisTime.of(bench, each);
            if (each == server) {
                Workspace.pause(IDLE);
                statements.add(statementsSince(bench, before));
                toggles[0] += time.toggles();
            }
            return time;
        });
        bench.servers().stop(server);

        int all = statements.stream().mapToInt(Integer::intValue).sum();
        bench.report()
                .goal(
                        "SQL statements of a warm toggle",
                        "0",
                        all + " in " + Series.number(toggles[0], 0) + " toggles",
                        all == 0);
        Series cpu = turns.series(server, RedisTime::cpu);
        Series sourceCpu = turns.series(source, RedisTime::cpu);
        Series commands = turns.series(server, RedisTime::commands);
        Series sourceCommands = turns.series(source, RedisTime::commands);
        bench.report().atMost("Redis's CPU time per toggle, service / source", 0.5, cpu.over(sourceCpu));
        bench.report()
                .atMost("time in Redis's commands per toggle, service / source", 0.5, commands.over(sourceCommands));
        bench.report()
                .note("Without flushes a toggle takes " + cpu.medianText(1) + " µs of Redis's CPU time (source "
                        + sourceCpu.medianText(1) + ") and " + commands.medianText(1) + " µs in its commands ("
                        + sourceCommands.medianText(1) + "), with "
                        + turns.series(server, RedisTime::togglesPerCall).medianText(1) + " toggles per call.");
    }

    private static int statementsSince(Bench bench, int before) {
        List<String> statements = bench.postgres()
                .program()
                .output()
                .substring(before)
                .lines()
                .filter(line -> LOGGED.matcher(line).matches())
                .toList();
        statements.stream().limit(10).forEach(Bench::say);
        return statements.size();
    }

    /**
     * What one turn cost Redis; times are microseconds per toggle.
     *
     * @param toggles made in the turn
     * @param cpu CPU time, that for I/O and for subscribers included
     * @param commands time in commands
     * @param togglesPerCall toggles that one call of the script carried
     */
    private record RedisTime(double toggles, double cpu, double commands, double togglesPerCall) {
        private static final Set<String> COMMANDS = Set.of("evalsha", "publish");
        private static final double MICROS = 1e3;

        static RedisTime of(Bench bench, LikeServer server) {
            Duration cpu = server.redis().program().cpu();
            long micros = server.redis().micros(COMMANDS);
            long calls = server.redis().calls("evalsha");
            double toggles = bench.wrk()
                    .run(server, Traffic.TOGGLES, bench.options().turn())
                    .requests();
            return new RedisTime(
                    toggles,
                    server.redis().program().cpu().minus(cpu).toNanos() / MICROS / toggles,
                    (server.redis().micros(COMMANDS) - micros) / toggles,
                    toggles / (server.redis().calls("evalsha") - calls));
        }
    }
}
