package maple.like.bench.section;

import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import maple.like.bench.load.Population;
import maple.like.bench.load.Traffic;
import maple.like.bench.load.Wrk;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.machine.Machine;
import maple.like.bench.machine.Postgres;
import maple.like.bench.machine.Workspace;
import maple.like.bench.report.Report;
import maple.like.bench.report.Series;

/** Runs the sections, and holds what they share. */
public final class Bench {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final Options options;
    private final Population population = Population.create(InstantSource.system());
    private final Workspace workspace;
    private final Postgres postgres;
    private final Servers servers;
    private final Wrk wrk;
    private final Report report;
    private final Map<Kind, Double> most = new EnumMap<>(Kind.class);
    private final Set<String> warm = new HashSet<>();

    private Bench(Options options, Workspace workspace) {
        this.options = options;
        this.workspace = workspace;
        this.postgres = Postgres.start(workspace, options.postgres());
        this.servers = new Servers(workspace, postgres, population, options);
        this.wrk = new Wrk(workspace, population);
        this.report = new Report(System.getProperty("java.version"), environment(options));
    }

    /** Runs the requested sections. */
    public static Report run(Options options, Workspace workspace) {
        say("load average before the run: " + Machine.loadAverage());
        Bench bench = new Bench(options, workspace);
        options.sections().stream().sorted().forEach(section -> {
            say("section " + section);
            section.section().run(bench);
        });
        return bench.report;
    }

    private static String environment(Options options) {
        return Machine.describe() + "; %s with `" + String.join(" ", Servers.JVM_FLAGS) + "`; commit "
                + options.commit() + ". Redis " + Machine.version("redis-server")
                + " without persistence, PostgreSQL "
                + Machine.version(options.postgres().resolve("postgres").toString()) + " with fsync. wrk with "
                + Wrk.THREADS + " threads and " + Wrk.CONNECTIONS + " connections; " + options.rounds() + " rounds of "
                + options.turn() + " s turns after " + options.warmUp() + " s of warm-up.";
    }

    /** Prints a line of progress. */
    static void say(String text) {
        System.out.println(LocalTime.now(ZoneId.systemDefault()).format(TIME) + " " + text);
    }

    Options options() {
        return options;
    }

    Population population() {
        return population;
    }

    Workspace workspace() {
        return workspace;
    }

    Postgres postgres() {
        return postgres;
    }

    Servers servers() {
        return servers;
    }

    Wrk wrk() {
        return wrk;
    }

    Report report() {
        return report;
    }

    /** Warms a server up for a kind of request, once, and flushes it. */
    void warmUp(LikeServer server, Traffic traffic, int seconds) {
        if (warm.add(server.name() + traffic)) {
            say("warming " + server.name() + " up with " + traffic);
            wrk.run(server, traffic, seconds);
            server.awaitFlushed();
        }
    }

    /** Measures requests per second at full load in one turn, then waits for the flush. */
    double rate(LikeServer server, Traffic traffic) {
        double rate = wrk.run(server, traffic, options.turn()).rate();
        server.awaitFlushed();
        say(server.name() + " " + traffic + " " + Series.number(rate, 0) + "/s");
        return rate;
    }

    /** The toggles per second of a kind of server at full load. */
    double most(Kind kind) {
        return most.computeIfAbsent(kind, unknown -> rate(servers.of(kind), Traffic.TOGGLES));
    }

    /** Sets what {@link #most} returns. */
    void setMost(Kind kind, double perSecond) {
        most.put(kind, perSecond);
    }

    /** Gives each participant a turn in each round. */
    <S, T> Turns<S, T> takeTurns(List<S> participants, Function<S, T> turn) {
        return Turns.take(options.rounds(), participants, turn);
    }
}
