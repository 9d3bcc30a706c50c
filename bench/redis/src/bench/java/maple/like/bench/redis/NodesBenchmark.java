package maple.like.bench.redis;

import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.adapter.redis.RedisNodes;
import maple.like.adapter.redis.RedisSettings;
import maple.like.adapter.redis.TestCluster;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.Workers;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.Test;

/**
 * What clusters of 1, 3 and 6 masters take for a toggle and for a like, with one partition on each, all on this machine:
 * toggles through the adapter, the sizes in turns, several rounds. Prints medians, and what they come to where each master
 * has a core of its own. Not a test: {@code bench/nodes} runs it.
 */
class NodesBenchmark {
    private static final int THREADS = 64;
    private static final int CHARACTERS = 1_000;
    private static final int ROUNDS = 5;
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final int LIKES = 600_000;
    private static final int PAGE = 1_000;

    /** @param micros of the processor time of all masters, for a toggle */
    private record Round(double perSecond, double micros, double togglesInACall) {}

    private static final class Size implements AutoCloseable {
        final int masters;
        final TestCluster cluster;
        final RedisAdapter adapter;
        final LikeToggle likes;
        final List<GameCharacter> characters;
        final List<Round> rounds = new ArrayList<>();

        Size(int masters) {
            this.masters = masters;
            this.cluster = TestCluster.startedFor(masters);
            InMemoryLedger store = new InMemoryLedger(new LikePartitions(masters));
            this.adapter = RedisAdapter.connect(
                    new RedisSettings(
                            RedisNodes.parse(cluster.uri()), Duration.ofSeconds(5), Duration.ofMinutes(30), 0),
                    new LikePartitions(masters),
                    new SimpleMeterRegistry());
            store.reconcile(adapter.pendingLikes());
            this.likes = adapter.likeToggle(store);
            this.characters = IntStream.range(0, CHARACTERS)
                    .mapToObj(i -> Fresh.character())
                    .toList();
            characters.forEach(store::register);
        }

        Round round() {
            double cpu = info("cpu", "used_cpu_user:", "used_cpu_sys:");
            double calls = calls();
            long begun = System.nanoTime();
            long end = begun + ROUND.toNanos();
            List<Future<Integer>> clients = new ArrayList<>();
            long toggles = 0;
            try (Workers workers = new Workers()) {
                for (int i = 0; i < THREADS; i++) {
                    int first = i * CHARACTERS / THREADS;
                    AccountId account = Fresh.account();
                    clients.add(workers.begin(() -> {
                        int done = 0;
                        for (; System.nanoTime() < end; done++) {
                            int which = (first + done) % CHARACTERS;
                            likes.apply(account, characters.get(which), LikeIntent.TOGGLE);
                        }
                        return done;
                    }));
                }
                for (Future<Integer> client : clients) {
                    toggles += Workers.resultOf(client);
                }
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            return new Round(
                    toggles / seconds,
                    (info("cpu", "used_cpu_user:", "used_cpu_sys:") - cpu) * 1e6 / toggles,
                    toggles / (calls() - calls));
        }

        private double calls() {
            return info("commandstats", "cmdstat_evalsha:calls=");
        }

        double info(String section, String... fields) {
            return IntStream.range(0, masters)
                    .mapToObj(master -> cluster.commands(master).info(section))
                    .flatMap(String::lines)
                    .flatMap(line -> Arrays.stream(fields)
                            .filter(line::startsWith)
                            .map(field -> line.substring(field.length()).replaceFirst(",.*", "")))
                    .mapToDouble(Double::parseDouble)
                    .sum();
        }

        /** Bytes for a like that the database has: a member of {@code relations}. */
        double bytes() {
            double before = info("memory", "used_memory:");
            for (int partition = 0; partition < masters; partition++) {
                String key = "{likes:" + partition + "}:of-benchmark";
                RedisCommands<String, String> redis = cluster.commandsFor(key);
                int ofPartition = LIKES / masters;
                for (int from = 0; from < ofPartition; from += PAGE) {
                    redis.sadd(
                            key,
                            IntStream.range(from, from + PAGE)
                                    .mapToObj(i -> "account-" + i + ":" + String.format("%032x", i % CHARACTERS))
                                    .toArray(String[]::new));
                }
            }
            double bytes = info("memory", "used_memory:") - before;
            return bytes / LIKES;
        }

        double median(ToDoubleFunction<Round> of) {
            double[] sorted = rounds.stream().mapToDouble(of).sorted().toArray();
            return sorted[sorted.length / 2];
        }

        @Override
        public void close() {
            adapter.close();
            cluster.close();
        }
    }

    @Test
    void compare() {
        Map<Integer, Size> sizes = new LinkedHashMap<>();
        try {
            for (int masters : new int[] {1, 3, 6}) {
                sizes.put(masters, new Size(masters));
            }
            for (int round = -1; round < ROUNDS; round++) {
                for (Size size : sizes.values()) {
                    Round one = size.round();
                    if (round >= 0) {
                        size.rounds.add(one);
                    }
                }
            }
            System.out.println("| masters | toggles/s | toggles in a call | µs of a master's processor for a toggle "
                    + "| calculated: toggles/s, a core for each, two thirds busy | bytes for a like "
                    + "| calculated: million likes in 1 GiB on each |");
            System.out.println("|---|---|---|---|---|---|---|");
            for (Size size : sizes.values()) {
                double micros = size.median(Round::micros);
                double bytes = size.bytes();
                System.out.printf(
                        "| %d | %,.0f (%,.0f to %,.0f) | %.1f | %.1f | %,.0f | %.0f | %.0f |%n",
                        size.masters,
                        size.median(Round::perSecond),
                        size.rounds.stream().mapToDouble(Round::perSecond).min().orElse(0),
                        size.rounds.stream().mapToDouble(Round::perSecond).max().orElse(0),
                        size.median(Round::togglesInACall),
                        micros,
                        size.masters * 1e6 / micros * 2 / 3,
                        bytes,
                        size.masters * (1L << 30) / bytes / 1e6);
            }
        } finally {
            sizes.values().forEach(Size::close);
        }
    }
}
