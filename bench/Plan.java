import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Computes what a load needs from what was measured. {@code docs/performance.md} says where each figure comes from, and what
 * was not measured: separate machines, their network, and other hardware. Three figures are estimates, and say so.
 */
public final class Plan {
    /** A processor that is busier than this makes callers wait. */
    private static final double BUSY = 2.0 / 3;

    // Processor time in microseconds, JDK 25.
    private static final double TOGGLE_JVM = 123.6; // with its share of the flush
    private static final double STATUS_JVM = 2 * 1e6 / 12_113 - 20; // two cores, of which Redis and wrk take a part
    private static final double COUNT_JVM = 2 * 1e6 / 22_713 - 15; // likewise; from L1
    private static final double EVENT_JVM = 6; // a change of another instance
    private static final double UPDATE_JVM = 15; // one update of one stream; estimated
    private static final double TOGGLE_REDIS = 27.8; // 7.4 toggles a call
    private static final double TOGGLE_REDIS_ALONE = 36.9; // 2.8 toggles a call
    private static final double STATUS_REDIS = 15; // estimated: a toggle without flush and writes takes 15 in commands
    private static final double TOGGLE_DATABASE = 11;

    private static final double FLUSHED_PER_SECOND = 38_762; // by the instance that flushes a partition

    // Bytes.
    private static final double RELATION_REDIS = 132;
    private static final double PENDING_REDIS = 100; // estimated: once more in a set
    private static final double TOTAL_REDIS = 100;
    private static final double L1_ENTRY = 150;
    private static final double STREAM_HEAP = 19_600;
    private static final double BASE_HEAP = 39 << 20;
    private static final double LOG_DATABASE = 2_900;

    private static final int UPDATES_PER_SECOND = 5; // like.live.max-rate

    private final Map<String, Double> load = new LinkedHashMap<>();

    private Plan(String... arguments) {
        load.put("toggles", 1_000.0);
        load.put("statuses", 2_000.0);
        load.put("counts", 10_000.0);
        load.put("streams", 0.0);
        load.put("names", 20.0);
        load.put("characters", 100_000.0);
        load.put("likes", 10_000_000.0);
        load.put("outage", 60.0);
        load.put("cores", 2.0);
        for (String argument : arguments) {
            String[] parts = argument.replaceFirst("^--", "").split("=", 2);
            if (parts.length < 2 || !load.containsKey(parts[0])) {
                throw new IllegalArgumentException("No such figure: " + argument + ". " + usage());
            }
            try {
                load.put(parts[0], Double.parseDouble(parts[1].replace("_", "")));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("Not a number: " + argument, e);
            }
        }
    }

    private static String usage() {
        return """
                Usage: bench/plan [--toggles=1000] [--statuses=2000] [--counts=10000] [--streams=0] [--names=20]
                  [--characters=100000] [--likes=10000000] [--outage=60] [--cores=2]
                toggles, statuses and counts per second; streams open at once, of so many names each; characters that are
                liked or read within half an hour; stored likes; seconds without the database that Redis absorbs; cores
                of an instance.""";
    }

    private double of(String figure) {
        return load.get(figure);
    }

    private void print() {
        double toggles = of("toggles");
        double updates = of("streams") * Math.min(of("names") * UPDATES_PER_SECOND, toggles * of("names") / of("characters"));
        double requests = toggles * TOGGLE_JVM + of("statuses") * STATUS_JVM + of("counts") * COUNT_JVM + updates * UPDATE_JVM;
        double perInstance = of("cores") * 1e6 * BUSY;
        // Every instance reads the events of all others.
        double forEvents = toggles * EVENT_JVM;
        if (forEvents >= perInstance) {
            throw new IllegalArgumentException("The events of " + toggles + " toggles a second fill an instance of "
                    + of("cores") + " cores; give it more");
        }
        long instances = (long) Math.ceil(requests / (perInstance - forEvents));
        double redis = toggles * TOGGLE_REDIS + of("statuses") * STATUS_REDIS;
        long nodes = (long) Math.ceil(redis / (1e6 * BUSY));
        if (nodes > 1) {
            nodes = (long) Math.ceil((toggles * TOGGLE_REDIS_ALONE + of("statuses") * STATUS_REDIS) / (1e6 * BUSY));
        }
        long flushing = (long) Math.ceil(toggles / (FLUSHED_PER_SECOND * BUSY));
        long partitions = Math.max(nodes, flushing);

        System.out.println("Load");
        load.forEach((name, value) -> line(name, String.format(Locale.ROOT, "%,.0f", value)));
        System.out.println("Instances");
        line("instances", (instances + 1) + " (" + instances + " and one that may fail), of " + (long) of("cores") + " cores");
        line("busy", cores(requests + forEvents * instances) + " in all, " + cores(forEvents) + " of each for events of the others");
        line("heap of each", size(BASE_HEAP + of("characters") * L1_ENTRY + of("streams") / instances * STREAM_HEAP)
                + " in use; -Xmx two to three times that");
        line("updates of streams", String.format(Locale.ROOT, "%,.0f a second", updates));
        System.out.println("Redis");
        line("nodes", nodes + ", and a replica for each");
        line("partitions", partitions + " (like.redis.partitions)");
        line("busy", cores(redis));
        line("memory", size(of("likes") * RELATION_REDIS + toggles * of("outage") * PENDING_REDIS + of("characters") * TOTAL_REDIS)
                + " in all; maxmemory half as much again");
        System.out.println("Database");
        line("rows", String.format(Locale.ROOT, "%,.0f", of("likes")));
        line("changes stored", String.format(Locale.ROOT, "%,.0f a second at most (a relation that changes twice in one flush is stored once)", toggles));
        line("log written", size(toggles * LOG_DATABASE) + " a second at most");
        line("busy", cores(toggles * TOGGLE_DATABASE) + ", commits and replicas not counted");
        System.out.println("Costs are those of docs/performance.md: a measurement on one machine. Measure yours with bench/run.");
    }

    private static void line(String name, String value) {
        System.out.printf("  %-20s %s%n", name, value);
    }

    private static String cores(double micros) {
        return String.format(Locale.ROOT, "%.2f cores", micros / 1e6);
    }

    private static String size(double bytes) {
        return bytes >= 1 << 30
                ? String.format(Locale.ROOT, "%.1f GiB", bytes / (1 << 30))
                : String.format(Locale.ROOT, "%.0f MiB", Math.max(1, bytes / (1 << 20)));
    }

    /** Prints the plan; ends with 2 where an argument is of no use. */
    public static void main(String... arguments) {
        try {
            new Plan(arguments).print();
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }
}
