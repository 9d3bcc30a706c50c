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

/** What the sections of a run share. */
public final class Bench {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final Options options;
    private final Population population = Population.create(InstantSource.system());
    private final Workspace workspace;
    private final Postgres postgres;
    private final Servers servers;
    private final Wrk wrk;
    private final Report report = new Report("JDK " + System.getProperty("java.version"));
    private final Map<Kind, Double> most = new EnumMap<>(Kind.class);
    private final Set<String> warm = new HashSet<>();

    private Bench(Options options, Workspace workspace) {
        this.options = options;
        this.workspace = workspace;
        this.postgres = Postgres.start(workspace, options.postgres());
        this.servers = new Servers(workspace, postgres, population, options);
        this.wrk = new Wrk(workspace, population);
    }

    /** Measures what is asked for. */
    public static Report run(Options options, Workspace workspace) {
        Bench bench = new Bench(options, workspace);
        bench.introduce();
        options.sections().stream().sorted().forEach(section -> {
            say("section " + section);
            section.section().run(bench);
        });
        return bench.report;
    }

    private void introduce() {
        report.preface(Machine.describe());
        report.preface("JDK " + System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version")
                + "; each server with `" + String.join(" ", Servers.JVM_FLAGS) + "`; commit " + options.commit());
        report.preface(Machine.version("redis-server", "--version") + ", nothing persisted, one for each server; "
                + Machine.version(options.postgres().resolve("postgres").toString(), "--version") + ", fsync on");
        report.preface("wrk with " + Wrk.THREADS + " threads and " + Wrk.CONNECTIONS + " connections; "
                + options.rounds() + " rounds of " + options.turn() + " s turns after " + options.warmUp()
                + " s of warm-up; load average before the run " + Machine.loadAverage());
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

    /** Has a server compiled and its caches filled for a kind of request, once. */
    void warmUp(LikeServer server, Traffic traffic, int seconds) {
        if (warm.add(server.name() + traffic)) {
            say("warming " + server.name() + " up with " + traffic);
            wrk.run(server, traffic, seconds);
            server.awaitStored();
        }
    }

    /** What a server does at most, in a turn after which everything is stored. */
    double rate(LikeServer server, Traffic traffic) {
        double rate = wrk.run(server, traffic, options.turn()).rate();
        server.awaitStored();
        say(server.name() + " " + traffic + " " + Series.number(rate, 0) + "/s");
        return rate;
    }

    /** How many toggles per second a server of a kind does at most. */
    double most(Kind kind) {
        return most.computeIfAbsent(kind, unknown -> rate(servers.of(kind), Traffic.TOGGLES));
    }

    /** Remembers how many toggles per second a server of a kind does at most. */
    void setMost(Kind kind, double perSecond) {
        most.put(kind, perSecond);
    }

    /** Gives everybody a turn in each round. */
    <S, T> Turns<S, T> takeTurns(List<S> participants, Function<S, T> turn) {
        return Turns.take(options.rounds(), participants, turn);
    }
}
