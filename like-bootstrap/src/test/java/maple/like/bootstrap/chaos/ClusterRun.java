package maple.like.bootstrap.chaos;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
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
import java.util.stream.IntStream;
import maple.like.adapter.redis.TestCluster;
import maple.like.bootstrap.Service;
import maple.like.bootstrap.chaos.Operation.Kind;
import maple.like.bootstrap.chaos.Operation.Relation;
import maple.like.bootstrap.chaos.Oracle.Loss;
import maple.like.bootstrap.chaos.Oracle.Violation;
import maple.like.bootstrap.chaos.Windows.Window;

/** A service of two instances on a Redis Cluster under load, to which a test does something. */
final class ClusterRun implements AutoCloseable {
    static final int PARTITIONS = 4;

    private static final int INSTANCES = 2;
    private static final int ACCOUNTS = 40;
    private static final List<String> CHARACTERS = List.of("Adele", "Aran", "Evan", "Kanna", "Shade", "아델");
    private static final Duration TO_START = Duration.ofMinutes(3);
    private static final Duration TO_HEAL = Duration.ofMinutes(1);
    private static final long TO_TRUST = TimeUnit.MILLISECONDS.toNanos(1500);
    private static final long TO_GIVE_UP = TimeUnit.SECONDS.toNanos(5);
    private static final long SLOW = TimeUnit.MILLISECONDS.toNanos(450);

    final TestCluster cluster = TestCluster.startedWithReplicas();
    private final Database database = new Database();
    private final List<Instance> instances = new ArrayList<>();
    private final ScheduledThreadPoolExecutor auditor = new ScheduledThreadPoolExecutor(1);
    private final long begun = System.nanoTime();
    private final Clients clients;
    private final Future<?> audit;
    private final List<Window> troubles = new ArrayList<>();

    /** Starts everything, and then the load. */
    ClusterRun(long seed, int confirmedReplicas, Path logs) {
        CHARACTERS.forEach(database::addCharacter);
        Map<String, String> properties = new HashMap<>(Service.configured(cluster.uri(), database.server));
        properties.put("spring.datasource.url", database.url());
        properties.put("like.redis.partitions", Integer.toString(PARTITIONS));
        // So that Redis has much that the database has not.
        properties.put("like.sync.interval", "2s");
        properties.put("like.redis.confirmed-replicas", Integer.toString(confirmedReplicas));
        try {
            Files.createDirectories(logs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        IntStream.range(0, INSTANCES)
                .mapToObj(number -> new Instance(number, properties, logs))
                .forEach(instances::add);
        instances.forEach(Instance::start);
        clients = new Clients(relations(), instances, this::now);
        await("instances have started; see " + logs)
                .atMost(TO_START)
                .until(() -> instances.stream().allMatch(clients::ready));
        audit = auditor.scheduleWithFixedDelay(() -> database.look(now()), 0, 20, TimeUnit.MILLISECONDS);
        clients.begin(seed);
    }

    private static List<Relation> relations() {
        return CHARACTERS.stream()
                .flatMap(character ->
                        IntStream.range(0, ACCOUNTS).mapToObj(account -> new Relation("account-" + account, character)))
                .toList();
    }

    /** Nanoseconds since the run began. */
    long now() {
        return System.nanoTime() - begun;
    }

    /** Lets the load go on. */
    void goOnFor(Duration time) {
        long end = now() + time.toNanos();
        await().atMost(time.plusSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> now() >= end);
    }

    /** Reads may be answered by the database from one moment to another. */
    void troubledSince(long from) {
        troubles.add(new Window(from, now()));
    }

    boolean detached() {
        return database.detached();
    }

    void awaitRedisDecides() {
        await("Redis decides again").atMost(TO_HEAL).until(() -> !database.detached());
    }

    /** How long the database has decided about some partition since a moment. */
    Duration decidedByTheDatabaseSince(long moment) {
        return Duration.ofNanos(Database.decidedByItself(database.samples()).stream()
                .filter(window -> window.to() > moment)
                .mapToLong(window -> window.to() - moment)
                .max()
                .orElse(0));
    }

    /** Ends the load, and waits until nothing waits. */
    List<Operation> end() throws InterruptedException {
        List<Operation> operations = clients.end();
        await("nothing waits").atMost(TO_HEAL).until(() -> !database.detached() && nothingWaits());
        assertThat(audit.isDone())
                .as("nobody looked into the database to the end")
                .isFalse();
        assertThat(database.miscounted()).isEmpty();
        assertThat(database.setAside()).isZero();
        return operations;
    }

    private boolean nothingWaits() {
        return IntStream.range(0, PARTITIONS).allMatch(partition -> {
            String tag = "{likes:" + partition + "}:";
            RedisCommands<String, String> redis = cluster.commandsFor(tag + "relations");
            return redis.scard(tag + "relations:pending") == 0
                    && redis.scard(tag + "relations:unliked") == 0
                    && redis.exists(tag + "batch") == 0
                    && redis.exists(tag + "complete") == 1;
        });
    }

    /** What contradicts what clients were told, if Redis lost nothing but this. */
    List<Violation> judge(List<Operation> operations, List<Loss> losses) {
        Windows alone = new Windows(Database.decidedByItself(database.samples()));
        List<Window> troubled = new ArrayList<>();
        troubles.forEach(window -> troubled.add(new Window(window.from(), alone.calmAfter(window.to(), TO_TRUST))));
        Database.decidedByItself(database.samples())
                .forEach(window -> troubled.add(new Window(window.from(), alone.calmAfter(window.to(), TO_TRUST))));
        Oracle oracle =
                new Oracle(alone, new Windows(troubled), SLOW, operation -> operation.completed() + TO_GIVE_UP, losses);
        List<Violation> violations = oracle.judge(operations, database.relations(), now());
        System.out.printf(
                "%d calls, %d acknowledged; %d states and %d counts had one right value%n",
                operations.size(),
                operations.stream().filter(Operation::acknowledged).count(),
                oracle.strictlyChecked(),
                oracle.countsChecked());
        return violations;
    }

    /** Rows, Redis and every instance say the same. */
    void assertAgreement() {
        Set<Relation> stored = database.relations();
        Set<Relation> held = new HashSet<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            String key = "{likes:" + partition + "}:relations";
            cluster.commandsFor(key)
                    .smembers(key)
                    .forEach(member -> held.add(Database.relation(member.split(":", 2)[0], member.split(":", 2)[1])));
        }
        assertThat(held).isEqualTo(stored);
        Map<String, Long> rows = stored.stream().collect(groupingBy(Relation::character, counting()));
        await("every instance counts the rows")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> instances.forEach(
                        instance -> CHARACTERS.forEach(character -> assertThat(clients.count(character, instance))
                                .as("%s of %s", character, instance)
                                .isEqualTo(rows.getOrDefault(character, 0L)))));
    }

    /** What one instance changes evicts what the other remembers, whichever channel it travels by. */
    void assertEventsArrive() {
        for (String character : CHARACTERS) {
            long before = clients.count(character, instances.get(1));
            Operation liked = clients.put(new Relation("newcomer", character), instances.get(0));
            assertThat(liked.acknowledged()).as("%s", liked).isTrue();
            await("an event about " + character)
                    .atMost(Duration.ofSeconds(2))
                    .until(() -> clients.count(character, instances.get(1)) == before + 1);
        }
    }

    /** The sum over all instances. */
    double drift() {
        return instances.stream()
                .flatMap(instance ->
                        clients.get(instance, "/actuator/prometheus").lines())
                .filter(line -> line.startsWith("like_drift_total"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    static long changes(List<Operation> operations) {
        return operations.stream()
                .filter(operation ->
                        operation.acknowledged() && operation.kind() != Kind.STATUS && operation.kind() != Kind.COUNT)
                .count();
    }

    @Override
    public void close() {
        auditor.shutdownNow();
        clients.close();
        instances.forEach(instance -> instance.process().kill());
        database.close();
        cluster.close();
    }
}
