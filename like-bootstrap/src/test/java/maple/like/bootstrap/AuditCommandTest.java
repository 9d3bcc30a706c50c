package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import maple.like.application.LikePartitions;
import maple.like.application.contract.Workers;
import maple.like.bootstrap.Service.Answer;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code audit} beside real servers and instances of the service: a process of its own, or, where only what it finds
 * matters, within this one.
 */
class AuditCommandTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(2);
    private static final int CLIENTS = 4;
    private static final int PAUSE_MILLIS = 5;

    private static Servers servers;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        servers = new Servers();
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    private static Map<String, String> configuration() {
        Map<String, String> properties = servers.configuration();
        properties.put("like.redis.partitions", String.valueOf(PARTITIONS.count()));
        return properties;
    }

    private static Service service(String instanceId) {
        Map<String, String> properties = configuration();
        properties.put("app.instance-id", instanceId);
        return Service.start(properties);
    }

    private record Outcome(int code, List<String> lines) {
        String summary() {
            return lines.get(lines.size() - 1);
        }

        List<String> found() {
            return lines.subList(0, lines.size() - 1).stream()
                    .map(line -> line.replaceFirst("^partition \\d: ", ""))
                    .toList();
        }
    }

    private Outcome audit(Map<String, String> properties, String... options) {
        List<String> command = TestJvm.serviceCommand(AuditCommand.NAME);
        command.addAll(List.of(options));
        properties.forEach((name, value) -> command.add("--" + name + "=" + value));
        try {
            Path out = Files.createTempFile(directory, "audit", ".out");
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
            return new Outcome(process.exitValue(), Files.readAllLines(out, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** As {@link #audit}, in this JVM. */
    private static Outcome auditHere(Map<String, String> properties, String... options) {
        List<String> arguments = new ArrayList<>(List.of(AuditCommand.NAME));
        arguments.addAll(List.of(options));
        properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            int code = AuditCommand.run(
                    new PrintStream(out, true, StandardCharsets.UTF_8), arguments.toArray(String[]::new));
            return new Outcome(
                    code, out.toString(StandardCharsets.UTF_8).lines().toList());
        } finally {
            // Or no service in this JVM would log any more.
            System.clearProperty("CONSOLE_LOG_THRESHOLD");
        }
    }

    private static String key(String name, String rest) {
        return "{likes:" + PARTITIONS.of(new Ocid(Servers.ocid(name))) + "}:" + rest;
    }

    private static String relation(String account, String name) {
        return account + ":" + Servers.ocid(name);
    }

    @Test
    void whatSomebodyTamperedWithIsFoundAndRepairedAndNothingElse() {
        String rowless = servers.character("아델");
        String miscounted = servers.character("Miscounted");
        String removed = servers.character("Removed");
        String added = servers.character("Added");
        String buffered = servers.character("Buffered");
        String totalled = servers.character("Totalled");
        String untouched = servers.character("Untouched");
        List<String> names = List.of(rowless, miscounted, removed, added, buffered, totalled, untouched);
        try (Service service = service("before")) {
            for (String name : names) {
                service.toggle(name, "one");
                service.toggle(name, "two");
                await().until(() -> servers.storedCount(name) == 2);
            }
        }
        assertThat(audit(configuration()).code()).isEqualTo(AuditCommand.SAME);

        var redis = servers.redis.commands();
        servers.database.execute("delete from character_like where liker_account_id = 'one' and target_ocid = '"
                + Servers.ocid(rowless) + "'");
        servers.database.execute(
                "update game_character set like_count = like_count + 5 where user_ign = '" + miscounted + "'");
        assertThat(redis.srem(key(removed, "relations"), relation("one", removed)))
                .isEqualTo(1);
        assertThat(redis.sadd(key(added, "relations"), relation("three", added)))
                .isEqualTo(1);
        redis.hset(key(buffered, "buffer"), buffered, "3");
        redis.set(key(totalled, "count:" + totalled), "99");
        List<String> differences = List.of(
                "like_count of 아델 is 2, should be 1",
                "total in Redis of 아델 is 2, should be 1",
                "relation in Redis " + relation("one", rowless) + " is liked, should be not liked (no row)",
                "like_count of Miscounted is 7, should be 2",
                "relation in Redis " + relation("one", removed) + " is not liked, should be liked (a row)",
                "relation in Redis " + relation("three", added) + " is liked, should be not liked (no row)",
                "total in Redis of Buffered is 2, should be 5",
                "buffer in Redis of Buffered is 3, should be 0",
                "total in Redis of Totalled is 99, should be 2");

        Outcome seen = audit(configuration());
        assertThat(seen.found()).containsExactlyInAnyOrderElementsOf(differences);
        assertThat(seen.summary())
                .isEqualTo("2 partitions, 7 characters, 13 rows, 14 relations in Redis: 9 differences");
        assertThat(seen.code()).isEqualTo(AuditCommand.DIFFERENT);

        Outcome repaired = audit(configuration(), "--repair");
        assertThat(repaired.found()).containsExactlyInAnyOrderElementsOf(differences);
        assertThat(repaired.summary()).endsWith(": 9 differences, repaired");
        assertThat(repaired.code()).isEqualTo(AuditCommand.DIFFERENT);
        assertThat(servers.miscounted()).isEmpty();

        Outcome copying = auditHere(configuration());
        assertThat(copying.summary()).endsWith("nothing differs");
        assertThat(copying.lines()).anyMatch(line -> line.contains("being copied to Redis"));
        try (Service service = service("after")) {
            for (String name : names) {
                long count = name.equals(rowless) ? 1 : 2;
                assertThat(service.count(name)).as(name).isEqualTo(count);
                assertThat(service.status(name, "one")).as(name).isEqualTo(new Answer(!name.equals(rowless), count));
                assertThat(service.status(name, "three")).as(name).isEqualTo(new Answer(false, count));
            }
            await().until(() -> redis.exists(key(added, "complete"), key(removed, "complete")) == 2);
            assertThat(service.metric("like.drift")).isZero();
        }
        Outcome after = auditHere(configuration());
        assertThat(after.lines())
                .containsExactly("2 partitions, 7 characters, 13 rows, 13 relations in Redis: nothing differs");
        assertThat(after.code()).isEqualTo(AuditCommand.SAME);
        names.forEach(servers::delete);
        redis.flushall();
    }

    @Test
    void nothingDiffersUnderLoadAndARepairUnderLoadLosesNothing() throws InterruptedException {
        List<String> names = IntStream.range(0, 6)
                .mapToObj(i -> servers.character("Crowd" + i))
                .toList();
        Map<String, Boolean> expected = new ConcurrentHashMap<>();
        AtomicInteger toggles = new AtomicInteger();
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(CLIENTS);
        try (Service a = service("a");
                Service b = service("b")) {
            List<ScheduledFuture<?>> clients = IntStream.range(0, CLIENTS)
                    .<ScheduledFuture<?>>mapToObj(client -> {
                        Random random = new Random(client);
                        return threads.scheduleWithFixedDelay(
                                () -> {
                                    String name = names.get(random.nextInt(names.size()));
                                    String account = "account-" + client + "-" + random.nextInt(5);
                                    boolean wanted = !expected.getOrDefault(relation(account, name), false);
                                    assertThat((random.nextBoolean() ? a : b)
                                                    .toggle(name, account)
                                                    .liked())
                                            .isEqualTo(wanted);
                                    expected.put(relation(account, name), wanted);
                                    toggles.incrementAndGet();
                                },
                                0,
                                PAUSE_MILLIS,
                                TimeUnit.MILLISECONDS);
                    })
                    .toList();
            for (int i = 0; i < 2; i++) {
                Outcome outcome = auditHere(configuration());
                assertThat(outcome.summary()).endsWith("nothing differs");
                assertThat(outcome.code()).isEqualTo(AuditCommand.SAME);
            }
            servers.database.execute("update game_character set like_count = like_count + 1000");
            Outcome repaired = auditHere(configuration(), "--repair");
            assertThat(repaired.found())
                    .filteredOn(line -> line.startsWith("like_count"))
                    .hasSize(names.size());
            assertThat(repaired.summary()).endsWith("repaired");
            assertThat(repaired.code()).isEqualTo(AuditCommand.DIFFERENT);
            Outcome after = auditHere(configuration());
            assertThat(after.summary()).endsWith("nothing differs");
            // Only a failure ends a client before it is told to.
            clients.stream().filter(Future::isDone).forEach(Workers::resultOf);
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            System.out.println("toggles beside 4 audits: " + toggles);
            assertThat(toggles).hasValueGreaterThan(500);
            for (String name : names) {
                long likes = expected.entrySet().stream()
                        .filter(entry -> entry.getValue() && entry.getKey().endsWith(":" + Servers.ocid(name)))
                        .count();
                assertThat(a.toggle(name, "last")).isEqualTo(new Answer(true, likes + 1));
                await().atMost(Duration.ofSeconds(30)).until(() -> servers.storedCount(name) == likes + 1);
            }
            assertThat(servers.miscounted()).isEmpty();
            assertThat(a.metric("like.drift") + b.metric("like.drift")).isZero();
        } finally {
            threads.shutdownNow();
        }
        names.forEach(servers::delete);
        servers.redis.commands().flushall();
    }

    @Test
    void anAuditThatCannotBeCarriedOutSaysWhy() {
        Outcome unconfigured = audit(Map.of());
        assertThat(unconfigured.code()).isEqualTo(AuditCommand.FAILED);
        assertThat(unconfigured.summary()).contains("local mode").contains("like.redis.uri");
        assertThat(directory.resolve("like-data")).doesNotExist();

        Outcome mistyped = audit(configuration(), "--repiar");
        assertThat(mistyped.code()).isEqualTo(AuditCommand.FAILED);
        assertThat(mistyped.summary()).contains("--repiar");

        Map<String, String> withoutRedis = configuration();
        withoutRedis.put("like.redis.uri", "redis://127.0.0.1:1");
        Outcome away = audit(withoutRedis);
        assertThat(away.code()).isEqualTo(AuditCommand.FAILED);
        assertThat(away.summary()).startsWith("The audit could not be carried out: Redis");
    }
}
