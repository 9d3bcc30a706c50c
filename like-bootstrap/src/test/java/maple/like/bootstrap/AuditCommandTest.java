package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import maple.like.bootstrap.Service.Answer;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeKeys;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code audit} beside real servers and instances of the service. */
class AuditCommandTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(2);

    @AutoClose
    private final Servers servers = new Servers();

    private final Map<String, String> configuration = servers.configuration("like.redis.partitions=2");

    private static LikeKeys keys(String name) {
        return PARTITIONS.keys(new Ocid(Servers.ocid(name)));
    }

    private static String relation(String account, String name) {
        return account + ":" + Servers.ocid(name);
    }

    @Test
    void tamperingIsFoundAndRepairedAndNothingElse() {
        String rowless = servers.character("아델");
        String miscounted = servers.character("Miscounted");
        String removed = servers.character("Removed");
        String added = servers.character("Added");
        String buffered = servers.character("Buffered");
        String totalled = servers.character("Totalled");
        String untouched = servers.character("Untouched");
        List<String> names = List.of(rowless, miscounted, removed, added, buffered, totalled, untouched);
        try (Service service = Service.start(configuration)) {
            for (String name : names) {
                service.toggle(name, "one");
                service.toggle(name, "two");
            }
        }
        AuditRun untampered = AuditRun.of(configuration);
        assertThat(untampered.lines())
                .containsExactly("2 partitions, 7 characters, 14 rows, 14 relations in Redis: nothing differs");
        assertThat(untampered.code()).isEqualTo(AuditCommand.SAME);

        RedisCommands<String, String> redis = servers.redis.commands();
        servers.sql.update(
                "delete from character_like where liker_account_id = 'one' and target_ocid = ?", Servers.ocid(rowless));
        servers.sql.update("update game_character set like_count = like_count + 5 where user_ign = ?", miscounted);
        assertThat(redis.srem(keys(removed).relations(), relation("one", removed)))
                .isEqualTo(1);
        assertThat(redis.sadd(keys(added).relations(), relation("three", added)))
                .isEqualTo(1);
        redis.hset(keys(buffered).buffer(), buffered, "3");
        redis.set(keys(totalled).count(new CharacterName(totalled)), "99");
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

        AuditRun found = AuditRun.of(configuration);
        assertThat(found.differences()).containsExactlyInAnyOrderElementsOf(differences);
        assertThat(found.summary())
                .isEqualTo("2 partitions, 7 characters, 13 rows, 14 relations in Redis: 9 differences");
        assertThat(found.code()).isEqualTo(AuditCommand.DIFFERENT);

        AuditRun repaired = AuditRun.of(configuration, "--repair");
        assertThat(repaired.differences()).containsExactlyInAnyOrderElementsOf(differences);
        assertThat(repaired.summary()).endsWith(": 9 differences, repaired");
        assertThat(repaired.code()).isEqualTo(AuditCommand.DIFFERENT);
        assertThat(servers.miscounted()).isEmpty();

        AuditRun duringWarmUp = AuditRun.of(configuration);
        assertThat(duringWarmUp.summary()).endsWith("nothing differs");
        assertThat(duringWarmUp.lines()).anyMatch(line -> line.contains("not copied to Redis yet"));
        try (Service service = Service.start(configuration)) {
            for (String name : names) {
                long count = name.equals(rowless) ? 1 : 2;
                assertThat(service.count(name)).as(name).isEqualTo(count);
                assertThat(service.status(name, "one")).as(name).isEqualTo(new Answer(!name.equals(rowless), count));
                assertThat(service.status(name, "three")).as(name).isEqualTo(new Answer(false, count));
            }
            await().until(() -> redis.keys("*:complete").size() == PARTITIONS.count());
            assertThat(service.metric("like.drift")).isZero();
        }
        assertThat(AuditRun.of(configuration).lines())
                .containsExactly("2 partitions, 7 characters, 13 rows, 13 relations in Redis: nothing differs");
    }

    @Test
    void anAuditUnderLoadFindsNothingAndARepairUnderLoadLosesNothing() {
        List<String> names = servers.characters(6, "Crowd");
        List<Service> instances = servers.startInstances(2, "like.redis.partitions=2");
        try (Service a = instances.get(0);
                Service b = instances.get(1);
                Load load = Load.ofToggles(names, a, b)) {
            for (int i = 0; i < 2; i++) {
                load.awaitMore(100);
                assertThat(AuditRun.of(configuration).summary()).endsWith("nothing differs");
            }
            servers.sql.update("update game_character set like_count = like_count + 1000");
            AuditRun repaired = AuditRun.of(configuration, "--repair");
            assertThat(repaired.differences())
                    .filteredOn(line -> line.startsWith("like_count"))
                    .hasSize(names.size());
            assertThat(repaired.summary()).endsWith("repaired");
            load.awaitMore(100);
            assertThat(AuditRun.of(configuration).summary()).endsWith("nothing differs");
            load.end().awaitEverywhere(servers, a, b);
        }
    }

    @Test
    void aProcessOfItsOwnPrintsTheResultAloneAndExitsWithItsCode(@TempDir Path directory) throws Exception {
        Service.start(configuration).close();
        Path out = directory.resolve("out");
        Process process = new ProcessBuilder(TestJvm.serviceCommand(AuditRun.arguments(configuration)))
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(AuditCommand.SAME);
        assertThat(Files.readAllLines(out))
                .containsExactly("2 partitions, 0 characters, 0 rows, 0 relations in Redis: nothing differs");
    }

    @Test
    void anAuditThatCannotRunReportsTheReason() {
        assertFails(AuditRun.of(Map.of()), "local mode is not audited", "like.redis.uri");
        assertFails(AuditRun.of(configuration, "--repiar"), "unknown argument --repiar");
        assertFails(
                AuditRun.of(servers.configuration("like.redis.uri=redis://127.0.0.1:1")), "The audit failed: Redis");
        assertThat(Path.of("like-data")).doesNotExist();
    }

    private static void assertFails(AuditRun audit, String... reason) {
        assertThat(audit.code()).isEqualTo(AuditCommand.FAILED);
        assertThat(audit.summary()).contains(reason);
    }
}
