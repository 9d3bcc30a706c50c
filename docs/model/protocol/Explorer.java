package protocol;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Runs the model again and again, each time with the next seed, until a promise is broken or the time is over. */
public final class Explorer {
    private static final String USAGE = """
            usage: java docs/model/ProtocolModel.java [options] [seconds] [seed]
              seconds            how long to explore (default 10); 0 runs and prints the one run of the seed
              --break=NAME       switch a safeguard off
              --NAME-as-built    follow the code where it differs from the intended rule
              --mutations        switch each safeguard off in turn, for at most these seconds, beginning with a seed that finds
                                 it unless there is one; fails unless all are found
            """;

    private final Set<Break> broken;
    private final Set<AsBuilt> asBuilt;
    private final Set<String> transitions = new TreeSet<>();
    private long runs;
    private long steps;
    private long answers;

    private Explorer(Set<Break> broken, Set<AsBuilt> asBuilt) {
        this.broken = broken;
        this.asBuilt = asBuilt;
    }

    /** @return 0 if every promise is kept, 1 if one is broken, 2 if an argument is wrong */
    public static int run(String... arguments) {
        Set<Break> broken = EnumSet.noneOf(Break.class);
        Set<AsBuilt> asBuilt = EnumSet.noneOf(AsBuilt.class);
        List<String> numbers = new ArrayList<>();
        boolean mutations = false;
        double seconds;
        long seed;
        try {
            for (String argument : arguments) {
                if (argument.startsWith("--break=")) {
                    broken.add(Break.valueOf(constant(argument.substring("--break=".length()))));
                } else if (argument.endsWith("-as-built")) {
                    asBuilt.add(AsBuilt.valueOf(constant(argument.substring(2).replace("-as-built", ""))));
                } else if (argument.equals("--mutations")) {
                    mutations = true;
                } else {
                    numbers.add(argument);
                }
            }
            seconds = numbers.isEmpty() ? 10 : Double.parseDouble(numbers.get(0));
            seed = numbers.size() < 2 ? new Random().nextInt(1_000_000_000) : Long.parseLong(numbers.get(1));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(USAGE);
            for (Break each : Break.values()) {
                System.err.printf("  --break=%-30s %s%n", each.option(), each.effect);
            }
            for (AsBuilt each : AsBuilt.values()) {
                System.err.printf("  --%-36s %s%n", each.option(), each.effect);
            }
            return 2;
        }
        if (mutations) {
            return mutate(seconds, numbers.size() < 2 ? null : seed);
        }
        Explorer explorer = new Explorer(broken, asBuilt);
        return seconds == 0 ? explorer.replay(seed) : explorer.report(seconds, seed);
    }

    private static String constant(String option) {
        return option.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private int report(double seconds, long seed) {
        Long found = explore(seconds, seed);
        if (found != null) {
            replay(found);
            System.out.printf("seed %d breaks a promise, after %d runs from seed %d%n", found, runs, seed);
            return 1;
        }
        System.out.printf(Locale.ROOT, "seed %d: every promise was kept in %,d runs, %,d steps, %,d answers%n",
                seed, runs, steps, answers);
        System.out.println("transitions of the partition: " + String.join(", ", transitions));
        return 0;
    }

    /** @return the seed of the first run that breaks a promise, or null */
    private Long explore(double seconds, long seed) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do {
            World world = new World(new RandomChoices(seed + runs), broken, asBuilt, false);
            try {
                world.run();
            } catch (Violation e) {
                return seed + runs;
            }
            transitions.addAll(world.transitions);
            steps += world.now;
            answers += world.operations.stream().filter(operation -> operation.reply != null).count();
            runs++;
        } while (System.nanoTime() < end);
        return null;
    }

    private int replay(long seed) {
        World world = new World(new RandomChoices(seed), broken, asBuilt, true);
        String outcome = "every promise is kept";
        int status = 0;
        try {
            world.run();
        } catch (Violation e) {
            outcome = "VIOLATION: " + e.getMessage();
            status = 1;
        }
        world.trace.forEach(System.out::println);
        System.out.println(outcome);
        return status;
    }

    private static int mutate(double seconds, Long seed) {
        int missed = 0;
        for (Break each : Break.values()) {
            Explorer explorer = new Explorer(EnumSet.of(each), Set.of());
            long begun = System.nanoTime();
            Long found = explorer.explore(seconds, seed == null ? each.seed : seed);
            missed += found == null ? 1 : 0;
            System.out.printf(Locale.ROOT, "%-28s %s, %,d runs, %.1f s: %s%n", each.option(),
                    found == null ? "NOT FOUND" : "found by seed " + found, explorer.runs + 1,
                    (System.nanoTime() - begun) / 1e9, each.effect);
        }
        System.out.println(missed == 0 ? "each safeguard is needed" : missed + " safeguards were not missed");
        return missed == 0 ? 0 : 1;
    }
}
