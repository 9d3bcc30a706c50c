package maple.like.bench.section;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import maple.like.bench.load.Traffic;
import maple.like.bench.load.Wrk.Load;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.machine.Workspace;
import maple.like.bench.report.Series;

/** The SQL statements of toggles whose characters and totals are known: the database logs each that it gets. */
final class Statements implements Section {
    private static final String DATABASE = "statements";

    /** Not the empty ones, by which the pool finds out whether a connection is alive. */
    private static final Pattern LOGGED = Pattern.compile(DATABASE + " LOG: +(statement|execute[^:]*): .*\\S.*");

    private static final Duration SETTLE = Duration.ofSeconds(1);

    @Override
    public void run(Bench bench) {
        bench.postgres().create(DATABASE);
        bench.postgres().execute("postgres", "alter database " + DATABASE + " set log_statement = 'all'");
        LikeServer server = bench.servers().startOn(Kind.SERVICE, DATABASE, List.of("--like.sync.interval=10m"));
        Workspace.pause(SETTLE);
        int before = bench.postgres().program().output().length();
        Load load = bench.wrk().run(server, Traffic.TOGGLES, bench.options().turn());
        Workspace.pause(SETTLE);
        List<String> statements = bench.postgres()
                .program()
                .output()
                .substring(before)
                .lines()
                .filter(line -> LOGGED.matcher(line).matches())
                .toList();
        bench.servers().stop(server);

        statements.stream().limit(10).forEach(Bench::say);
        String measured = statements.size() + " in " + Series.number((double) load.requests(), 0) + " toggles";
        bench.report().goal("SQL statements of a warm toggle", "0", measured, statements.isEmpty());
    }
}
