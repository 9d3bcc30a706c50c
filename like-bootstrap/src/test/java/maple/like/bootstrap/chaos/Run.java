package maple.like.bootstrap.chaos;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maple.like.adapter.redis.ChildProcess;
import maple.like.adapter.redis.TestRedis;
import maple.like.bootstrap.Service;
import maple.like.bootstrap.chaos.Operation.Relation;
import maple.like.bootstrap.chaos.Oracle.Violation;
import maple.like.bootstrap.chaos.Windows.Window;

/** A service of three instances under load, to which faults happen; then everything is mended, and looked at. */
final class Run {
    private static final int INSTANCES = 3;
    private static final int PARTITIONS = 2;
    private static final int MOST_FINDINGS = 10;
    private static final int ACCOUNTS = 40;
    private static final List<String> CHARACTERS = List.of("Adele", "Aran", "Evan", "Kanna", "Shade", "아델");
    private static final Duration TO_START = Duration.ofMinutes(5);
    private static final Duration TO_SEE = Duration.ofSeconds(10);
    private static final Duration TO_HEAL = Duration.ofMinutes(1);
    private static final long WELL = TimeUnit.SECONDS.toNanos(3);
    private static final long BETWEEN_LOOKS_MILLIS = 20;

    /** How long a breaker stays open, and a little. */
    private static final long TO_TRUST = TimeUnit.MILLISECONDS.toNanos(1500);

    /** How long a request that nobody waits for any more can be about something. */
    private static final long TO_GIVE_UP = TimeUnit.SECONDS.toNanos(5);

    /** The command timeout, less a little. */
    private static final long SLOW = TimeUnit.MILLISECONDS.toNanos(450);

    private final long seed;
    private final Duration length;
    private final Set<Fault.Kind> kinds;
    private final Path directory;
    private final long begun = System.nanoTime();
    private final LongSupplier clock = () -> System.nanoTime() - begun;

    /** @param directory for the logs of all processes; emptied */
    Run(long seed, Duration length, Set<Fault.Kind> kinds, Path directory) {
        this.seed = seed;
        this.length = length;
        this.kinds = kinds;
        this.directory = directory;
    }

    Report go() throws InterruptedException {
        empty(directory);
        Redis redis = new Redis(directory);
        List<Instance> instances = new ArrayList<>();
        ScheduledThreadPoolExecutor auditor = new ScheduledThreadPoolExecutor(1);
        try (Database database = new Database()) {
            CHARACTERS.forEach(database::addCharacter);
            IntStream.range(0, INSTANCES)
                    .mapToObj(number -> new Instance(number, properties(number, redis, database), directory))
                    .forEach(instances::add);
            instances.forEach(Instance::start);
            try (Clients clients = new Clients(relations(), instances, clock);
                    Faults faults = new Faults(kinds, instances, redis, database, clients::ready, clock)) {
                faults.supervise();
                await("instances have started; see " + directory)
                        .atMost(TO_START)
                        .until(() -> instances.stream().allMatch(clients::ready));
                Future<?> audit = auditor.scheduleWithFixedDelay(
                        () -> database.look(clock.getAsLong()), 0, BETWEEN_LOOKS_MILLIS, TimeUnit.MILLISECONDS);
                clients.begin(seed);
                faults.run(seed, length.toNanos());
                return examine(clients, faults, instances, redis, database, audit);
            }
        } finally {
            auditor.shutdownNow();
            ChildProcess.endAll();
        }
    }

    private static List<Relation> relations() {
        return CHARACTERS.stream()
                .flatMap(character ->
                        IntStream.range(0, ACCOUNTS).mapToObj(account -> new Relation("account-" + account, character)))
                .toList();
    }

    private static Map<String, String> properties(int number, Redis redis, Database database) {
        Map<String, String> properties;
        try (TestRedis server = TestRedis.at(redis.uri())) {
            properties = new HashMap<>(Service.configured(server, database.server));
        }
        properties.put("like.redis.uri", redis.uri() + "?clientName=instance-" + number);
        properties.put("like.redis.partitions", Integer.toString(PARTITIONS));
        properties.put("spring.datasource.url", database.url());
        return properties;
    }

    private Report examine(
            Clients clients, Faults faults, List<Instance> instances, Redis redis, Database database, Future<?> audit)
            throws InterruptedException {
        List<String> broken = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        expect(broken, TO_HEAL, "the database no longer decides by itself", () -> !database.detached());
        // Calls to a healthy service: they show what it makes of all that has happened, and what events were lost.
        long well = clock.getAsLong() + WELL;
        await().atMost(TO_HEAL).until(() -> clock.getAsLong() > well);
        List<Operation> operations = clients.end();
        expect(broken, TO_HEAL, "nothing waits in Redis", () -> waiting(redis).isEmpty() && !database.detached());
        waiting(redis).forEach((key, value) -> broken.add("still in Redis: " + key + " " + value));

        Set<Relation> stored = database.relations();
        Set<Relation> inRedis = redis.ask(server -> IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> server.commands().smembers("{likes:" + partition + "}:relations"))
                .flatMap(Set::stream)
                .map(member -> Database.relation(member.split(":", 2)[0], member.split(":", 2)[1]))
                .collect(HashSet::new, Set::add, Set::addAll));
        if (!inRedis.equals(stored)) {
            broken.add("Redis and the database differ: Redis alone has " + without(inRedis, stored)
                    + ", the database alone has " + without(stored, inRedis));
        }
        Map<String, Long> rows = stored.stream().collect(groupingBy(Relation::character, counting()));
        expect(
                broken,
                TO_SEE,
                "every instance counts the rows",
                () -> miscounts(clients, instances, rows).isEmpty());
        broken.addAll(miscounts(clients, instances, rows));
        // What Redis lost may have been counted by what it did not lose: that is noticed, counted and put right.
        List<String> drift = faults.losses().isEmpty() ? broken : notes;
        instances.forEach(instance -> drift(clients.get(instance, "/actuator/prometheus"), instance, drift, broken));
        List<Relation> relations = relations();
        for (int i = 0; i < relations.size(); i++) {
            Relation relation = relations.get(i);
            Operation status = clients.status(relation, instances.get(i % INSTANCES));
            for (int tries = 1; tries < 5 && !status.acknowledged(); tries++) {
                status = clients.status(relation, instances.get(i % INSTANCES));
            }
            if (!status.acknowledged() || status.liked() != stored.contains(relation)) {
                broken.add("stored is " + stored.contains(relation) + ", but: " + relation + " " + status);
            }
        }
        if (database.setAside() > 0) {
            broken.add(database.setAside() + " changes were set aside");
        }
        if (audit.isDone()) {
            broken.add("nobody looked into the database to the end");
        }
        audit.cancel(false);
        database.miscounted().stream()
                .limit(MOST_FINDINGS)
                .forEach(line -> broken.add("like_count is not the number of rows: " + line));
        return report(operations, faults, database, stored, broken, notes);
    }

    private static List<String> miscounts(Clients clients, List<Instance> instances, Map<String, Long> rows) {
        List<String> found = new ArrayList<>();
        for (Instance instance : instances) {
            for (String character : CHARACTERS) {
                long expected = rows.getOrDefault(character, 0L);
                long counted = clients.count(character, instance);
                if (counted != expected) {
                    found.add(instance + " counts " + counted + " likes of " + character + "; rows: " + expected);
                }
            }
        }
        return found;
    }

    private static Set<Relation> without(Set<Relation> all, Set<Relation> some) {
        Set<Relation> left = new HashSet<>(all);
        left.removeAll(some);
        return left;
    }

    private static void expect(List<String> broken, Duration patience, String what, BooleanSupplier condition) {
        try {
            await().atMost(patience).pollInterval(Duration.ofMillis(50)).until(condition::getAsBoolean);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            broken.add("not within " + patience.toSeconds() + " s: " + what);
        }
    }

    private static Map<String, String> waiting(Redis redis) {
        return redis.ask(server -> {
            Map<String, String> waiting = new TreeMap<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                String prefix = "{likes:" + partition + "}:";
                for (String set : List.of(prefix + "relations:pending", prefix + "relations:unliked")) {
                    Set<String> members = server.commands().smembers(set);
                    if (!members.isEmpty()) {
                        waiting.put(set, members.toString());
                    }
                }
                for (String hash : List.of(prefix + "buffer", prefix + "batch")) {
                    Map<String, String> fields = server.commands().hgetall(hash);
                    fields.values().removeIf("0"::equals);
                    if (!fields.isEmpty()) {
                        waiting.put(hash, fields.toString());
                    }
                }
                if (server.commands().exists(prefix + "complete") == 0) {
                    waiting.put(prefix + "complete", "is missing");
                }
            }
            return waiting;
        });
    }

    /** The metric of an instance is forgotten when it is killed; its log is not. */
    private static void drift(String metrics, Instance instance, List<String> drift, List<String> broken) {
        List<String> lines = metrics.lines()
                .filter(line -> line.startsWith("like_drift_total"))
                .toList();
        if (lines.isEmpty()) {
            broken.add(instance + " does not tell like_drift_total: "
                    + metrics.lines().findFirst());
        } else if (!lines.stream().allMatch(line -> line.endsWith(" 0.0"))) {
            drift.add(instance + " has drifted: " + lines);
        }
        try (Stream<String> log = Files.lines(instance.log)) {
            log.filter(line -> line.contains("\"level\":\"ERROR\"") && line.contains("\"logger\":\"maple."))
                    .limit(MOST_FINDINGS)
                    .forEach(line -> (line.contains("no relation accounts for") ? drift : broken)
                            .add(instance + " logged an error: " + line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Report report(
            List<Operation> operations,
            Faults faults,
            Database database,
            Set<Relation> stored,
            List<String> broken,
            List<String> notes) {
        Windows alone = new Windows(Database.decidedByItself(database.samples()));
        List<Window> troubles = new ArrayList<>();
        List<Window> delays = new ArrayList<>();
        for (Fault fault : faults.faults()) {
            if (fault.kind.troublesRedis()) {
                troubles.add(new Window(fault.begun, alone.calmAfter(fault.lifted, TO_TRUST)));
            }
            if (fault.kind.delays()) {
                delays.add(new Window(fault.begun, fault.lifted));
            }
        }
        for (Window window : Database.decidedByItself(database.samples())) {
            troubles.add(new Window(window.from(), alone.calmAfter(window.to(), TO_TRUST)));
        }
        Windows delayed = new Windows(delays);
        Oracle oracle = new Oracle(
                alone,
                new Windows(troubles),
                SLOW,
                operation -> delayed.calmAfter(operation.completed(), TO_GIVE_UP),
                faults.losses());
        List<Violation> violations = oracle.judge(operations, stored, clock.getAsLong());
        Report report = new Report(
                seed,
                operations,
                faults.faults(),
                faults.losses(),
                database.samples(),
                violations,
                broken,
                notes,
                oracle);
        report.write(directory);
        return report;
    }

    private static void empty(Path directory) {
        try {
            Files.createDirectories(directory);
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    if (!file.equals(directory)) {
                        Files.delete(file);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
