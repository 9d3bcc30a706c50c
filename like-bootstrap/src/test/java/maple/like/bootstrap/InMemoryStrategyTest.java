package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import maple.like.adapter.jpa.InstanceLock;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.application.contract.Workers;
import maple.like.application.likes.FencedLedger;
import maple.like.application.port.out.LikeLedger;
import maple.like.bootstrap.Service.Answer;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** {@code like.buffer.strategy=in-memory} with a real PostgreSQL, with and without a real Redis behind the memory. */
@ExtendWith(OutputCaptureExtension.class)
class InMemoryStrategyTest {
    @AutoClose
    private static Servers servers;

    @BeforeAll
    static void start() {
        servers = new Servers();
    }

    private enum Topology {
        IN_MEMORY,
        MEMORY_BEFORE_REDIS;

        Map<String, String> configuration(String flushInterval) {
            return servers.configuration(
                    "like.buffer.strategy=in-memory",
                    "like.buffer.flush-interval=" + flushInterval,
                    "like.sync.interval=" + flushInterval,
                    "like.redis.uri=" + (this == IN_MEMORY ? "" : servers.redis.uri()));
        }

        Service start(String flushInterval) {
            return Service.start(configuration(flushInterval));
        }
    }

    private static void assertUnavailable(Service service, String name) {
        Stream.of(
                        service.change("PUT", name, "any"),
                        service.send("GET", Service.path(name, "/like/status"), Service.token("any")))
                .forEach(response -> {
                    assertThat(response.statusCode()).isEqualTo(503);
                    assertThat(response.body()).contains("LIKES_UNAVAILABLE");
                });
    }

    @Test
    void changesReachTheDatabaseWithinTheIntervalAndNoRedisIsNeeded() {
        String name = servers.character("Arriving");
        try (Service service = Topology.IN_MEMORY.start("100ms")) {
            assertThat(service.toggle(name, "one")).isEqualTo(new Answer(true, 1));
            assertThat(service.like(name, "two")).isEqualTo(new Answer(true, 2));
            assertThat(service.unlike(name, "three")).isEqualTo(new Answer(false, 2));
            assertThat(service.status(name, "one")).isEqualTo(new Answer(true, 2));
            assertThat(service.count(name)).isEqualTo(2);
            await().until(() -> servers.storedCount(name) == 2);
            assertThat(service.toggle(name, "one")).isEqualTo(new Answer(false, 1));
            await().until(() -> servers.storedLikers(name).equals(List.of("two")));
            assertThat(service.metric("like.drift")).isZero();
            assertThat(service.metric("like.toggle", "path", "memory")).isEqualTo(4);

            assertThat(service.beanNames()).noneMatch(RedisAdapter.class.getSimpleName()::equalsIgnoreCase);
            assertThat(service.probe("readiness")).isEqualTo(200);
            assertThat(service.health("likeSync").isMissingNode()).isFalse();
            assertThat(service.health("redis").isMissingNode()).isTrue();
        }
    }

    @Test
    void changesReachRedisAndFromThereTheDatabase() {
        String name = servers.character("Moved");
        try (Service service = servers.start()) {
            service.toggle(name, "before");
        }
        try (Service service = Topology.MEMORY_BEFORE_REDIS.start("100ms")) {
            assertThat(service.toggle(name, "one")).isEqualTo(new Answer(true, 2));
            assertThat(service.toggle(name, "before")).isEqualTo(new Answer(false, 1));
            assertThat(service.status(name, "before")).isEqualTo(new Answer(false, 1));
            await().until(() -> servers.storedLikers(name).equals(List.of("one")));
            assertThat(service.count(name)).isEqualTo(1);
            assertThat(service.metric("like.event.publish", "status", "success"))
                    .isPositive();
            assertThat(service.health("redis").isMissingNode()).isFalse();
        }
        assertThat(servers.redis.commands().smembers("{likes}:relations")).contains("one:" + Servers.ocid(name));
    }

    @ParameterizedTest
    @EnumSource
    void concurrentClientsGetExactCounts(Topology topology) {
        String name = servers.character("Crowd" + topology);
        int clients = 6;
        int each = 40;
        Queue<Long> counts = new ConcurrentLinkedQueue<>();
        try (Service service = topology.start("20ms")) {
            Workers.together(clients, client -> {
                for (int i = 0; i < each; i++) {
                    counts.add(
                            service.toggle(name, "account-" + client + "-" + i).likeCount());
                    assertThat(servers.miscounted()).isEmpty();
                }
            });
            // Some order of the changes explains them.
            assertThat(counts)
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.rangeClosed(1, clients * each).boxed().toList());
            assertThat(service.count(name)).isEqualTo(clients * each);
            String other = servers.character("Quiet" + topology);
            assertThat(service.batch("account-1-1", List.of(other, "Unknown", name)))
                    .isEqualTo(Map.of(other, new Answer(false, 0), name, new Answer(true, clients * each)));
            await().until(() -> servers.storedCount(name) == clients * each);
            assertThat(servers.storedLikers(name)).hasSize(clients * each);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStopStoresPendingChangesAndTheNextInstanceContinues(Topology topology, CapturedOutput output) {
        String name = servers.character("Stopped" + topology);
        try (Service service = topology.start("1h")) {
            service.toggle(name, "one");
            service.toggle(name, "two");
            assertThat(servers.storedLikers(name)).isEmpty();
            for (Map<String, String> second : List.of(topology.configuration("1h"), servers.configuration())) {
                assertThat(Service.failsStartup(second, output)).contains("like.buffer.strategy=in-memory");
            }
        }
        assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("one", "two");
        try (Service service = topology.start("1h")) {
            assertThat(service.toggle(name, "one")).isEqualTo(new Answer(false, 1));
            assertThat(service.like(name, "erased")).isEqualTo(new Answer(true, 2));
            assertThat(service.send("DELETE", "/api/v2/accounts/me/likes", Service.token("erased"))
                            .body())
                    .contains("\"removed\":1");
            assertThat(servers.storedLikers(name)).containsExactly("two"); // an erasure stores all that is pending
            assertThat(servers.redis.commands().smembers("{likes}:relations"))
                    .doesNotContain("erased:" + Servers.ocid(name));
            assertThat(service.status(name, "erased")).isEqualTo(new Answer(false, 1));
        }
        assertThat(servers.storedLikers(name)).containsExactly("two");
        assertThat(servers.storedCount(name)).isEqualTo(1);
    }

    @Test
    void anInstanceThatLostTheLockServesNothingUntilItHasItAgain(CapturedOutput output) {
        String name = servers.character("Lost");
        try (Service service = Topology.IN_MEMORY.start("100ms");
                Workers workers = new Workers();
                InstanceLock other = new InstanceLock(servers.database.dataSource())) {
            service.toggle(name, "one");
            Future<Boolean> waiting = workers.begin(() -> other.acquire(Duration.ofSeconds(20)));
            await().until(() -> servers.cutInstanceLockForNextInLine() || waiting.isDone());
            assertThat(Workers.resultOf(waiting)).isTrue();
            await().untilAsserted(() -> assertUnavailable(service, name));
            assertThat(output).contains("Another instance holds the lock of this database");
            assertThat(service.probe("liveness")).isEqualTo(200);
            other.close();
            await().untilAsserted(() ->
                    assertThat(service.like(name, "three").liked()).isTrue());
        }
        assertThat(servers.storedLikers(name)).contains("one", "three");
        assertThat(servers.miscounted()).isEmpty();
    }

    @Test
    void aDisplacedInstanceServesAndStoresNothing(CapturedOutput output) {
        String name = servers.character("Displaced");
        String idle = servers.character("Idle");
        try (Service displaced = Topology.IN_MEMORY.start("1h");
                Workers workers = new Workers()) {
            assertThat(displaced.toggle(name, "lost")).isEqualTo(new Answer(true, 1));
            Future<Service> starting = workers.begin(() -> Topology.IN_MEMORY.start("100ms"));
            await().until(() -> servers.cutInstanceLockForNextInLine() || starting.isDone());
            try (Service successor = Workers.resultOf(starting)) {
                await().untilAsserted(() -> assertUnavailable(displaced, name));
                assertThat(displaced.get(Service.path(idle, "/like/count")).statusCode())
                        .isEqualTo(503);
                assertThat(successor.toggle(name, "kept")).isEqualTo(new Answer(true, 1));
                await().until(() -> servers.storedCount(name) == 1);
                await().until(() -> displaced.probe("liveness") == 503);
                assertThat(displaced.probe("readiness")).isEqualTo(503);
            }
            assertThat(output).contains("Another instance took this database over");
            try (Service next = Topology.IN_MEMORY.start("1h")) {
                assertThat(next.toggle(name, "next")).isEqualTo(new Answer(true, 2));
            }
            assertUnavailable(displaced, name);
        }
        assertThat(output).contains("Changes acknowledged since the last flush are lost");
        assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("kept", "next");
        assertThat(servers.miscounted()).isEmpty();
    }

    /** It holds the lock again, but its memory is out of date. */
    @Test
    void anInstanceThatWasDisplacedInBetweenServesNothing() {
        String name = servers.character("Between");
        try (Service displaced = Topology.IN_MEMORY.start("1h")) {
            assertThat(displaced.toggle(name, "lost")).isEqualTo(new Answer(true, 1));
            FencedLedger.takeOver(displaced.bean("likeLedger", LikeLedger.class), displaced.bean(LikePartitions.class));
            assertThat(servers.cutInstanceLock()).isTrue();
            await().untilAsserted(() -> assertUnavailable(displaced, name));
            await().until(() -> displaced.probe("liveness") == 503);
        }
        assertThat(servers.storedLikers(name)).isEmpty();
    }

    @Test
    void anInstanceThatReconnectsBeforeAnotherStartsLosesNothing(CapturedOutput output) {
        String name = servers.character("Unharmed");
        try (Service service = Topology.IN_MEMORY.start("1h")) {
            assertThat(service.toggle(name, "one")).isEqualTo(new Answer(true, 1));
            assertThat(servers.cutInstanceLock()).isTrue();
            await().until(() -> InstanceLock.isHeld(servers.database.dataSource()));
            assertThat(service.toggle(name, "two")).isEqualTo(new Answer(true, 2));
        }
        assertThat(output).doesNotContain("Another instance");
        assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void anAuditComparesRowsAndCountsBesideTheService() {
        String name = servers.character("Audited");
        Map<String, String> configuration = Topology.IN_MEMORY.configuration("100ms");
        try (Service service = Service.start(configuration)) {
            service.toggle(name, "one");
            await().until(() -> servers.storedCount(name) == 1);
            assertThat(AuditRun.of(configuration).code()).isEqualTo(AuditCommand.SAME);
            servers.sql.update("update game_character set like_count = 7 where user_ign = ?", name);
            assertThat(AuditRun.of(configuration, "--repair").code()).isEqualTo(AuditCommand.DIFFERENT);
            assertThat(AuditRun.of(configuration).code()).isEqualTo(AuditCommand.SAME);
            await().untilAsserted(() -> assertThat(service.like(name, "two")).isEqualTo(new Answer(true, 2)));
            await().until(() -> servers.storedCount(name) == 2);
        }
    }

    @Test
    void localModeEmbedsTheDatabaseAlone(@TempDir Path directory, CapturedOutput output) {
        Map<String, String> properties =
                Map.of("like.local.directory", directory.toString(), "like.buffer.strategy", "in-memory");
        for (int likes = 1; likes <= 2; likes++) {
            try (Service service = Service.start(properties)) {
                String token =
                        service.get("/local/token?account=account-" + likes).body();
                assertThat(Service.answerIn(service.send("POST", Service.path("Adele", "/like"), token)))
                        .isEqualTo(new Answer(true, likes));
            }
        }
        assertThat(directory.resolve("redis")).doesNotExist();
        assertThat(output).contains("so the database is embedded").doesNotContain("Redis");
    }
}
