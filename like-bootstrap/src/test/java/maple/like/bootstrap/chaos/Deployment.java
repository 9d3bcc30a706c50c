package maple.like.bootstrap.chaos;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.api.sync.RedisCommands;
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
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maple.like.bootstrap.Service;
import maple.like.bootstrap.chaos.Operation.Kind;
import maple.like.bootstrap.chaos.Operation.Relation;
import maple.like.bootstrap.chaos.Oracle.Loss;
import maple.like.domain.LikePartitions;
import org.awaitility.core.ConditionTimeoutException;
import org.springframework.util.FileSystemUtils;

/** Instances of the service as processes under load, and a database that is looked into all the time. */
final class Deployment implements AutoCloseable {
    static final List<String> CHARACTERS = List.of("Adele", "Aran", "Evan", "Kanna", "Shade", "아델");

    private static final int ACCOUNTS = 40;
    private static final int MOST_FINDINGS = 10;
    private static final Duration TO_START = Duration.ofMinutes(5);
    private static final Duration TO_HEAL = Duration.ofMinutes(1);
    private static final long BETWEEN_LOOKS_MILLIS = 20;

    final LikePartitions partitions;
    final Database database;
    final List<Instance> instances;
    final Caller caller = new Caller(this::now);
    final Clients clients;
    private final Path logs;
    private final boolean withRedis;
    private final long begun = System.nanoTime();
    private final ScheduledThreadPoolExecutor looking = new ScheduledThreadPoolExecutor(1);
    private final Future<?> looks;

    /**
     * Starts the instances and waits until they are ready.
     *
     * @param logs a folder, which is emptied
     * @param redis the URI for each instance; empty for none
     * @param more properties
     */
    Deployment(int partitions, int instances, IntFunction<String> redis, Map<String, String> more, Path logs) {
        this.logs = emptied(logs);
        this.withRedis = !redis.apply(0).isEmpty();
        this.partitions = new LikePartitions(partitions);
        this.database = new Database(partitions, CHARACTERS);
        this.instances = IntStream.range(0, instances)
                .mapToObj(number -> new Instance(number, properties(redis.apply(number), more), logs))
                .toList();
        this.clients = new Clients(relations(), this.instances, caller, this::now);
        this.instances.forEach(Instance::start);
        this.instances.forEach(this::awaitReady);
        this.looks = looking.scheduleWithFixedDelay(
                () -> database.look(this::now), 0, BETWEEN_LOOKS_MILLIS, TimeUnit.MILLISECONDS);
    }

    private Map<String, String> properties(String redis, Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(Service.configured(redis, database.server));
        properties.remove("like.redis.uri", "");
        properties.put("spring.datasource.url", database.url());
        properties.put("like.redis.partitions", Integer.toString(partitions.count()));
        properties.putAll(more);
        return properties;
    }

    private static List<Relation> relations() {
        return CHARACTERS.stream()
                .flatMap(character ->
                        IntStream.range(0, ACCOUNTS).mapToObj(account -> new Relation("account-" + account, character)))
                .toList();
    }

    static Path emptied(Path directory) {
        try {
            FileSystemUtils.deleteRecursively(directory);
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nanoseconds since the run began. */
    long now() {
        return System.nanoTime() - begun;
    }

    void awaitReady(Instance instance) {
        await(instance + " is ready; see " + logs).atMost(TO_START).until(() -> caller.ready(instance));
    }

    void continueFor(Duration time) {
        long end = now() + time.toNanos();
        await().atMost(time.plusSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> now() >= end);
    }

    void awaitRedisDecides() {
        await("Redis decides").atMost(TO_HEAL).until(() -> !database.decides());
    }

    int partitionOf(String character) {
        return partitions.of(Database.ocid(character));
    }

    /** None without Redis: the epoch is the instance's fencing token then. */
    private List<Transition> transitions(String character) {
        return withRedis ? Transition.between(database.looks(partitionOf(character))) : List.of();
    }

    /** Everything acknowledged before the result was in the database at this moment. */
    long storedUpTo(long moment) {
        return partitions
                .all()
                .mapToLong(partition -> Transition.storedUpTo(database.looks(partition), moment))
                .min()
                .orElseThrow();
    }

    /**
     * An order of all calls explains every answer and every row, and once nothing is pending, Redis and every instance
     * agree with the rows.
     *
     * @param losses of each character
     * @param redis the node that has a key
     */
    void assertClean(
            String title,
            List<Operation> operations,
            List<Fault> faults,
            Function<String, List<Loss>> losses,
            Function<String, RedisCommands<String, String>> redis) {
        List<Loss> all = CHARACTERS.stream()
                .flatMap(character -> losses.apply(character).stream())
                .distinct()
                .toList();
        List<String> findings = inspect(redis, withRedis && !all.isEmpty());
        Map<String, List<Transition>> transitions =
                CHARACTERS.stream().collect(toMap(character -> character, this::transitions));
        Oracle oracle = new Oracle(
                relation -> transitions.get(relation.character()),
                operation -> Fault.settled(operation, faults),
                operation -> Fault.mayHaveBeenRepeated(operation, faults),
                relation -> losses.apply(relation.character()));
        Report report = new Report(
                title,
                operations,
                faults,
                all,
                transitions,
                oracle.judge(operations, database.relations(), now()),
                findings,
                oracle.exactCounts());
        report.write(logs);
        System.out.println(report.summary());
        assertThat(report.clean()).as(report::details).isTrue();
    }

    /** Waits until nothing is pending, and says what differs or was logged as an error. */
    private List<String> inspect(Function<String, RedisCommands<String, String>> redis, boolean drifts) {
        List<String> findings = new ArrayList<>();
        if (withRedis) {
            findings.addAll(left(() -> database.decides() ? List.of("the database decides") : List.of()));
            findings.addAll(left(() -> pending(redis)));
            findings.addAll(differences(redis));
        }
        findings.addAll(left(this::differences));
        instances.forEach(instance -> inspectLogAndMetrics(instance, drifts, findings));
        if (database.deadLetters() > 0) {
            findings.add(database.deadLetters() + " dead letters");
        }
        if (looks.isDone()) {
            findings.add("the looks into the database ended early");
        }
        database.miscounted.stream().limit(MOST_FINDINGS).forEach(findings::add);
        return findings;
    }

    /** What is left of it in the end, and that it took too long. */
    private static List<String> left(Supplier<List<String>> problems) {
        try {
            return await().atMost(TO_HEAL).pollInterval(Duration.ofMillis(50)).until(problems::get, List::isEmpty);
        } catch (ConditionTimeoutException e) {
            return Stream.concat(Stream.of("Not within " + TO_HEAL), problems.get().stream())
                    .toList();
        }
    }

    private List<String> pending(Function<String, RedisCommands<String, String>> redis) {
        List<String> pending = new ArrayList<>();
        partitions.all().mapToObj(partitions::keys).forEach(keys -> {
            RedisCommands<String, String> commands = redis.apply(keys.relations());
            for (String set : List.of(keys.pending(), keys.unliked())) {
                commands.smembers(set).forEach(member -> pending.add("still in " + set + ": " + member));
            }
            for (String hash : List.of(keys.buffer(), keys.batch())) {
                commands.hgetall(hash).forEach((field, value) -> {
                    if (!value.equals("0")) {
                        pending.add("still in " + hash + ": " + field + " " + value);
                    }
                });
            }
            if (commands.exists(keys.complete()) == 0) {
                pending.add("missing: " + keys.complete());
            }
        });
        return pending;
    }

    /** Between Redis and the rows. */
    private List<String> differences(Function<String, RedisCommands<String, String>> redis) {
        Set<Relation> held = new HashSet<>();
        partitions
                .all()
                .mapToObj(partition -> partitions.keys(partition).relations())
                .forEach(key -> redis.apply(key).smembers(key).forEach(member -> held.add(Database.relation(member))));
        Set<Relation> stored = database.relations();
        return Stream.concat(
                        held.stream()
                                .filter(relation -> !stored.contains(relation))
                                .map(each -> "only in Redis: " + each),
                        stored.stream()
                                .filter(relation -> !held.contains(relation))
                                .map(each -> "not in Redis: " + each))
                .toList();
    }

    /** Between the answers of instances and the rows. */
    private List<String> differences() {
        List<String> found = new ArrayList<>();
        Set<Relation> stored = database.relations();
        Map<String, Long> rows = stored.stream().collect(groupingBy(Relation::character, counting()));
        for (Instance instance : instances) {
            for (String character : CHARACTERS) {
                long expected = rows.getOrDefault(character, 0L);
                long counted = count(character, instance);
                if (counted != expected) {
                    found.add(instance + " counts " + counted + " likes of " + character + "; rows: " + expected);
                }
            }
        }
        for (Relation relation : relations()) {
            Instance instance = instances.get(Math.floorMod(relation.hashCode(), instances.size()));
            Operation status = caller.insist(Kind.STATUS, relation, instance);
            if (!status.acknowledged() || status.liked() != stored.contains(relation)) {
                found.add("stored is " + stored.contains(relation) + ", but: " + relation + " " + status);
            }
        }
        return found;
    }

    long count(String character, Instance instance) {
        return caller.insist(Kind.COUNT, new Relation("reader", character), instance)
                .likeCount();
    }

    /** A restart resets the metric; the log shows what was before. */
    private void inspectLogAndMetrics(Instance instance, boolean drifts, List<String> findings) {
        List<String> drift = caller.get("/actuator/prometheus", instance)
                .lines()
                .filter(line -> line.startsWith("like_drift_total"))
                .toList();
        if (drift.isEmpty() || !drifts && !drift.stream().allMatch(line -> line.endsWith(" 0.0"))) {
            findings.add(instance + " has drifted: " + drift);
        }
        try (Stream<String> log = Files.lines(instance.log)) {
            log.filter(line -> line.contains("\"level\":\"ERROR\"")
                            && line.contains("\"logger\":\"maple.")
                            && !(drifts && line.contains("no relation accounts for")))
                    .limit(MOST_FINDINGS)
                    .forEach(line -> findings.add(instance + " logged an error: " + line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        clients.close();
        looking.shutdownNow();
        instances.forEach(Instance::kill);
        database.close();
    }
}
