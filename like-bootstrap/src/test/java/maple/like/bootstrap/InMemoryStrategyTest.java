package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import maple.like.adapter.jpa.InstanceLock;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.application.LikePartitions;
import maple.like.application.contract.Workers;
import maple.like.application.memory.OwnedLedger;
import maple.like.application.port.out.LikeLedger;
import maple.like.bootstrap.Service.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** {@code like.buffer.strategy=in-memory}, over HTTP, with a real PostgreSQL, and with and without a real Redis. */
@ExtendWith(OutputCaptureExtension.class)
class InMemoryStrategyTest {
    private static Servers servers;

    @BeforeAll
    static void start() {
        servers = new Servers();
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    /** Spring Boot keeps what a service, or an audit, in this JVM before has set. */
    @BeforeEach
    void forgetHowToLog() {
        System.clearProperty("CONSOLE_LOG_STRUCTURED_FORMAT");
        System.clearProperty("CONSOLE_LOG_THRESHOLD");
    }

    private static Map<String, String> withoutRedis(String flushInterval) {
        Map<String, String> properties = beforeRedis(flushInterval);
        properties.remove("like.redis.uri");
        return properties;
    }

    private static Map<String, String> beforeRedis(String flushInterval) {
        Map<String, String> properties = servers.configuration();
        properties.put("like.buffer.strategy", "in-memory");
        properties.put("like.buffer.flush-interval", flushInterval);
        return properties;
    }

    private static void assertStopsNaming(String words, Map<String, String> properties, CapturedOutput output) {
        int before = output.getAll().length();
        assertThat(catchThrowable(() -> Service.start(properties).close()))
                .as("the start")
                .isNotNull();
        assertThat(output.getAll().substring(before))
                .contains("APPLICATION FAILED TO START")
                .contains(words)
                .doesNotContain("\tat ");
    }

    /** Several clients on one character: the counts that they are told are those of some order. */
    private static void likeFromManyClients(Service service, String name) {
        int clients = 6;
        int each = 40;
        Queue<Long> counts = new ConcurrentLinkedQueue<>();
        Workers.together(clients, client -> {
            for (int i = 0; i < each; i++) {
                String account = "account-" + client + "-" + i;
                counts.add(service.toggle(name, account).likeCount());
                assertThat(servers.miscounted()).isEmpty();
            }
        });
        assertThat(counts)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, clients * each).boxed().toList());
        assertThat(service.count(name)).isEqualTo(clients * each);
        await().until(() -> servers.storedCount(name) == clients * each);
        assertThat(servers.storedLikers(name)).hasSize(clients * each);
    }

    @Nested
    class WithoutRedis {
        @Test
        void changesArriveInTheDatabaseWithinTheInterval() {
            String name = servers.character("Arriving");
            try (Service service = Service.start(withoutRedis("1s"))) {
                assertThat(service.toggle(name, "one")).isEqualTo(new Answer(true, 1));
                assertThat(service.answer("PUT", name, "/like", "two")).isEqualTo(new Answer(true, 2));
                assertThat(service.answer("DELETE", name, "/like", "three")).isEqualTo(new Answer(false, 2));
                assertThat(service.status(name, "one")).isEqualTo(new Answer(true, 2));
                assertThat(service.count(name)).isEqualTo(2);
                await().atMost(Duration.ofSeconds(5)).until(() -> servers.storedCount(name) == 2);
                assertThat(service.toggle(name, "one")).isEqualTo(new Answer(false, 1));
                await().atMost(Duration.ofSeconds(5)).until(() -> servers.storedCount(name) == 1);
                assertThat(servers.storedLikers(name)).containsExactly("two");
                assertThat(service.metric("like.drift")).isZero();
                assertThat(service.timed("like.toggle", "path", "memory")).isEqualTo(4);
            }
        }

        @Test
        void thereIsNoRedisAndNobodyMissesIt() {
            try (Service service = Service.start(withoutRedis("1s"))) {
                assertThat(catchThrowable(() -> service.bean(RedisAdapter.class)))
                        .isInstanceOf(NoSuchBeanDefinitionException.class);
                assertThat(service.send("GET", "/actuator/health/readiness", null)
                                .statusCode())
                        .isEqualTo(200);
                var health = service.send("GET", "/actuator/health", Service.token("operator"));
                assertThat(health.statusCode()).isEqualTo(200);
                assertThat(health.body()).contains("likeSync").doesNotContain("redis");
            }
        }

        @Test
        void manyClientsAreToldExactCounts() {
            String name = servers.character("Crowd");
            try (Service service = Service.start(withoutRedis("20ms"))) {
                likeFromManyClients(service, name);
            }
        }

        @Test
        void aStopStoresWhatWaits() {
            String name = servers.character("Stopped");
            try (Service service = Service.start(withoutRedis("1h"))) {
                service.toggle(name, "one");
                service.toggle(name, "two");
            }
            assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("one", "two");
            try (Service service = Service.start(withoutRedis("1h"))) {
                assertThat(service.toggle(name, "one")).isEqualTo(new Answer(false, 1));
            }
            assertThat(servers.storedLikers(name)).containsExactly("two");
            assertThat(servers.storedCount(name)).isEqualTo(1);
        }

        @Test
        void aSecondInstanceIsRefusedUntilTheFirstEnds(CapturedOutput output) {
            String name = servers.character("Sole");
            try (Service service = Service.start(withoutRedis("1s"))) {
                assertStopsNaming("like.buffer.strategy=in-memory", withoutRedis("1s"), output);
                assertStopsNaming("like.buffer.strategy=in-memory", beforeRedis("1s"), output);
                assertStopsNaming("like.buffer.strategy=in-memory", servers.configuration(), output);
                assertThat(service.toggle(name, "one")).isEqualTo(new Answer(true, 1));
            }
            try (Service service = Service.start(withoutRedis("1s"))) {
                assertThat(service.toggle(name, "two")).isEqualTo(new Answer(true, 2));
            }
        }

        @Test
        void whoeverLostItsPlaceToAnotherServesNothingUntilItHasItBack(CapturedOutput output) {
            String name = servers.character("Displaced");
            try (Service service = Service.start(withoutRedis("100ms"));
                    Workers workers = new Workers();
                    InstanceLock other = new InstanceLock(servers.database.dataSource())) {
                service.toggle(name, "one");
                Future<Boolean> waiting = workers.begin(() -> other.take(Duration.ofSeconds(20)));
                await().until(() -> servers.endHolderOfLockForWhoeverWaits() || waiting.isDone());
                assertThat(Workers.resultOf(waiting)).isTrue();
                await().untilAsserted(() -> assertUnavailable(service, "POST", name, "/like"));
                assertUnavailable(service, "GET", name, "/like/status");
                assertThat(output).contains("Another instance has begun to use this database");
                assertThat(probe(service, "liveness")).isEqualTo(200);
                other.close();
                await().untilAsserted(() -> assertThat(
                                service.answer("PUT", name, "/like", "three").liked())
                        .isTrue());
            }
            assertThat(servers.storedLikers(name)).contains("one", "three");
            assertThat(servers.miscounted()).isEmpty();
        }

        @Test
        void aDisplacedInstanceServesAndStoresNothingAnyMore(CapturedOutput output) {
            String name = servers.character("Heirs");
            String idle = servers.character("Idle");
            try (Service displaced = Service.start(withoutRedis("1h"));
                    Workers workers = new Workers()) {
                assertThat(displaced.toggle(name, "lost")).isEqualTo(new Answer(true, 1));
                Future<Service> starting = workers.begin(() -> Service.start(withoutRedis("100ms")));
                await().until(() -> servers.endHolderOfLockForWhoeverWaits() || starting.isDone());
                try (Service heir = Workers.resultOf(starting)) {
                    await().untilAsserted(() -> assertUnavailable(displaced, "PUT", name, "/like"));
                    assertUnavailable(displaced, "GET", name, "/like/status");
                    assertUnavailable(displaced, "GET", idle, "/like/count");
                    assertThat(heir.toggle(name, "kept")).isEqualTo(new Answer(true, 1));
                    await().until(() -> servers.storedCount(name) == 1);
                    await().until(() -> probe(displaced, "liveness") == 503);
                    assertThat(probe(displaced, "readiness")).isEqualTo(503);
                }
                assertThat(output).contains("Another instance has taken this database over");
                try (Service next = Service.start(withoutRedis("1h"))) {
                    assertThat(next.toggle(name, "next")).isEqualTo(new Answer(true, 2));
                }
                assertUnavailable(displaced, "PUT", name, "/like");
            }
            assertThat(output).contains("What was acknowledged since the last round is lost");
            assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("kept", "next");
            assertThat(servers.miscounted()).isEmpty();
        }

        /** Its lock is its own again, and what it remembers is out of date. */
        @Test
        void whoeverWasDisplacedInBetweenServesNothing() {
            String name = servers.character("Between");
            try (Service displaced = Service.start(withoutRedis("1h"))) {
                assertThat(displaced.toggle(name, "lost")).isEqualTo(new Answer(true, 1));
                OwnedLedger.takeOver(
                        displaced.bean("likeLedger", LikeLedger.class), displaced.bean(LikePartitions.class));
                assertThat(servers.endHolderOfLock()).isTrue();
                await().untilAsserted(() -> assertUnavailable(displaced, "PUT", name, "/like"));
                await().until(() -> probe(displaced, "liveness") == 503);
            }
            assertThat(servers.storedLikers(name)).isEmpty();
        }

        @Test
        void aConnectionThatIsMadeAgainInTimeLosesNothing(CapturedOutput output) {
            String name = servers.character("Unharmed");
            try (Service service = Service.start(withoutRedis("1h"))) {
                assertThat(service.toggle(name, "one")).isEqualTo(new Answer(true, 1));
                assertThat(servers.endHolderOfLock()).isTrue();
                await().until(servers::lockIsHeld);
                assertThat(service.toggle(name, "two")).isEqualTo(new Answer(true, 2));
            }
            assertThat(output).doesNotContain("Another instance");
            assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("one", "two");
        }

        private static void assertUnavailable(Service service, String method, String name, String rest) {
            var answer = service.send(method, Service.path(name, rest), Service.token("anybody"));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("LIKES_UNAVAILABLE");
        }

        private static int probe(Service service, String name) {
            return service.send("GET", "/actuator/health/" + name, null).statusCode();
        }

        @Test
        void anAuditComparesRowsAndCountsBesideTheService() {
            String name = servers.character("Audited");
            try (Service service = Service.start(withoutRedis("100ms"))) {
                service.toggle(name, "one");
                await().until(() -> servers.storedCount(name) == 1);
                assertThat(audit()).isEqualTo(AuditCommand.SAME);
                servers.database.execute("update game_character set like_count = 7 where user_ign = '" + name + "'");
                assertThat(audit()).isEqualTo(AuditCommand.DIFFERENT);
                assertThat(audit("--repair")).isEqualTo(AuditCommand.DIFFERENT);
                assertThat(audit()).isEqualTo(AuditCommand.SAME);
                await().untilAsserted(() ->
                        assertThat(service.answer("PUT", name, "/like", "two")).isEqualTo(new Answer(true, 2)));
                await().until(() -> servers.storedCount(name) == 2);
            }
        }

        private int audit(String... options) {
            List<String> arguments = new ArrayList<>(List.of(AuditCommand.NAME));
            arguments.addAll(List.of(options));
            withoutRedis("1s").forEach((key, value) -> arguments.add("--" + key + "=" + value));
            return AuditCommand.run(arguments.toArray(String[]::new));
        }

        @Test
        void localModeEmbedsTheDatabaseAlone(@TempDir Path directory, CapturedOutput output) {
            Map<String, String> properties =
                    Map.of("like.local.directory", directory.toString(), "like.buffer.strategy", "in-memory");
            for (int likes = 1; likes <= 2; likes++) {
                try (Service service = Service.start(properties)) {
                    String token = service.send("GET", "/local/token?account=account-" + likes, null)
                            .body();
                    assertThat(service.data("POST", Service.path("Adele", "/like"), token)
                                    .get("likeCount")
                                    .asLong())
                            .isEqualTo(likes);
                }
            }
            assertThat(directory.resolve("redis")).doesNotExist();
            assertThat(output).contains("so the database is embedded").doesNotContain("Redis");
        }
    }

    @Nested
    class BeforeRedis {
        @BeforeEach
        void empty() {
            servers.redis.commands().flushall();
        }

        @Test
        void changesGoOnToRedisAndFromThereToTheDatabase() {
            String name = servers.character("Moved");
            try (Service service = Service.start(servers.configuration())) {
                service.toggle(name, "before");
            }
            try (Service service = Service.start(beforeRedis("100ms"))) {
                assertThat(service.toggle(name, "one")).isEqualTo(new Answer(true, 2));
                assertThat(service.toggle(name, "before")).isEqualTo(new Answer(false, 1));
                assertThat(service.status(name, "before")).isEqualTo(new Answer(false, 1));
                await().until(() -> servers.storedLikers(name).equals(List.of("one")));
                assertThat(service.count(name)).isEqualTo(1);
                assertThat(service.metric("like.event.publish", "status", "success"))
                        .isPositive();
                assertThat(service.send("GET", "/actuator/health", Service.token("operator"))
                                .body())
                        .contains("redis");
            }
            assertThat(servers.redis.commands().smembers("{likes}:relations")).anyMatch(key -> key.startsWith("one:"));
        }

        @Test
        void manyClientsAreToldExactCounts() {
            String name = servers.character("CrowdOfRedis");
            try (Service service = Service.start(beforeRedis("20ms"))) {
                likeFromManyClients(service, name);
            }
        }

        @Test
        void aStopMovesWhatWaitsAndStoresIt() {
            String name = servers.character("StoppedOfRedis");
            Map<String, String> properties = beforeRedis("1h");
            properties.put("like.sync.interval", "1h");
            try (Service service = Service.start(properties)) {
                service.toggle(name, "one");
                service.toggle(name, "two");
                assertThat(servers.redis.commands().scard("{likes}:relations:pending"))
                        .isZero();
            }
            assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("one", "two");
        }

        @Test
        void aSecondInstanceIsRefused(CapturedOutput output) {
            try (Service service = Service.start(beforeRedis("1s"))) {
                assertStopsNaming("like.buffer.strategy=in-memory", beforeRedis("1s"), output);
            }
        }

        @Test
        void whatWaitsIsMovedOnceRedisIsBack() {
            String name = servers.character("Patient");
            try (Service service = Service.start(beforeRedis("100ms"))) {
                service.toggle(name, "one");
                await().until(() -> servers.storedCount(name) == 1);
                servers.redis.stop();
                assertThat(service.answer("PUT", name, "/like", "two")).isEqualTo(new Answer(true, 2));
                servers.redis.start();
                assertThat(service.answer("PUT", name, "/like", "three")).isEqualTo(new Answer(true, 3));
                await().atMost(Duration.ofSeconds(30)).until(() -> servers.storedCount(name) == 3);
                assertThat(servers.miscounted()).isEmpty();
            }
        }
    }
}
