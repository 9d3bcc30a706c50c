package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.jpa.TestDatabases;
import maple.like.adapter.redis.TestCluster;
import maple.like.bootstrap.Service.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;

/** A Redis Cluster under the whole service: what it says of a wrong address, and how the number of partitions changes. */
@ExtendWith(OutputCaptureExtension.class)
class PartitionChangeTest {
    private static final int BEFORE = 4;
    private static final int AFTER = 8;
    private static final List<String> NAMES = List.of("Adele", "Aran", "Evan", "Kanna", "Shade", "아델");

    private final TestCluster cluster = TestCluster.started();
    private final TestDatabase database = TestDatabases.postgresql();
    private final JdbcTemplate sql = new JdbcTemplate(database.dataSource());

    @AfterEach
    void stop() {
        cluster.close();
        database.close();
    }

    private Service start(String instanceId, int partitions) {
        Map<String, String> properties = configuration();
        properties.put("like.redis.partitions", Integer.toString(partitions));
        properties.put("app.instance-id", instanceId);
        return Service.start(properties);
    }

    private Map<String, String> configuration() {
        return new HashMap<>(Service.configured(cluster.uri(), database));
    }

    @Test
    void theNumberOfPartitionsChangesAsTheReadmeSays() {
        long seed = new Random().nextLong();
        System.out.println("seed of the likes: " + seed);
        Random random = new Random(seed);
        Map<String, Set<String>> expected = new HashMap<>();
        try (Service service = start("a", BEFORE)) {
            for (String name : NAMES) {
                sql.update("insert into game_character (user_ign, ocid) values (?, ?)", name, Servers.ocid(name));
                expected.put(name, new HashSet<>());
            }
            for (int i = 0; i < 600; i++) {
                String name = NAMES.get(random.nextInt(NAMES.size()));
                String account = "account-" + random.nextInt(40);
                Set<String> likers = expected.get(name);
                boolean liked = likers.add(account) || !likers.remove(account);
                assertThat(service.toggle(name, account)).isEqualTo(new Answer(liked, likers.size()));
            }
        }

        // 1. All instances are stopped. Nothing waits.
        for (int partition = 0; partition < BEFORE; partition++) {
            String tag = "{likes:" + partition + "}:";
            RedisCommands<String, String> redis = cluster.commandsFor(tag + "relations");
            assertThat(redis.scard(tag + "relations:pending")).isZero();
            assertThat(redis.scard(tag + "relations:unliked")).isZero();
            assertThat(redis.exists(tag + "batch")).isZero();
        }
        assertThat(sql.queryForObject("select count(*) from like_fallback", Long.class))
                .isZero();
        // 2. Redis forgets the likes, on every master.
        cluster.masterCommands().forEach(node -> node.keys("{likes*").forEach(key -> node.unlink(key)));
        // 3. The database forgets how they were divided.
        sql.update("delete from like_partition");

        // 4. The service starts with the new number, and is right from the first answer on.
        try (Service a = start("a", AFTER);
                Service b = start("b", AFTER)) {
            for (String name : NAMES) {
                Set<String> likers = expected.get(name);
                assertThat(a.count(name)).isEqualTo(likers.size());
                for (int i = 0; i < 10; i++) {
                    String account = "account-" + random.nextInt(40);
                    assertThat(b.status(name, account)).isEqualTo(new Answer(likers.contains(account), likers.size()));
                    boolean liked = likers.add(account) || !likers.remove(account);
                    assertThat(b.toggle(name, account)).isEqualTo(new Answer(liked, likers.size()));
                }
            }
            await("everything is copied back")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> IntStream.range(0, AFTER).allMatch(partition -> {
                        String key = "{likes:" + partition + "}:complete";
                        return cluster.commandsFor(key).exists(key) == 1;
                    }));
            for (String name : NAMES) {
                Set<String> likers = expected.get(name);
                await().untilAsserted(() -> assertThat(sql.queryForList(
                                "select liker_account_id from character_like where target_ocid = ?",
                                String.class,
                                Servers.ocid(name)))
                        .containsExactlyInAnyOrderElementsOf(likers));
                await().untilAsserted(() -> assertThat(a.count(name)).isEqualTo(likers.size()));
            }
            assertThat(a.metric("like.drift") + b.metric("like.drift")).isZero();
        }
        assertThat(held())
                .isEqualTo(expected.entrySet().stream()
                        .flatMap(each ->
                                each.getValue().stream().map(account -> account + ":" + Servers.ocid(each.getKey())))
                        .collect(Collectors.toSet()));
    }

    private Set<String> held() {
        return IntStream.range(0, AFTER)
                .mapToObj(partition -> "{likes:" + partition + "}:relations")
                .flatMap(key -> cluster.commandsFor(key).smembers(key).stream())
                .collect(Collectors.toSet());
    }

    @Test
    void oneNodeOfAClusterIsNotTakenForTheWhole(CapturedOutput output) {
        Map<String, String> properties = configuration();
        properties.put("like.redis.uri", cluster.uri().replaceFirst("-cluster(.*),.*", "$1"));
        Throwable failure = catchThrowable(() -> Service.start(properties).close());
        assertThat(failure).isNotNull();
        assertThat(output).contains("like.redis.uri does not fit").contains("one node of a Redis Cluster");
    }
}
