package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maple.like.adapter.jpa.RecordingDataSource;
import maple.like.bootstrap.Service.Answer;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import maple.like.domain.PublishedLikeEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two instances, one Redis, one database. */
@ParameterizedClass
@ValueSource(strings = {"PostgreSql", "MySql"})
class EndToEndTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(4);

    private static Servers servers;
    private static Service a;
    private static Service b;

    /** JUnit hands it to {@link #startOn} only if there is a field for it. */
    @Parameter
    String database;

    @BeforeParameterizedClassInvocation
    static void startOn(String vendor) {
        servers = null;
        servers = Servers.on(vendor);
        a = start("a");
        b = start("b");
    }

    private static Service start(String instanceId) {
        return servers.startWith(
                RecordedDatabase.class, "app.instance-id=" + instanceId, "like.redis.partitions=" + PARTITIONS.count());
    }

    @AfterParameterizedClassInvocation(injectArguments = false)
    static void stop() {
        if (servers != null) { // else this machine cannot run the database
            servers.close();
        }
    }

    private static double ofBoth(String metric) {
        return a.metric(metric) + b.metric(metric);
    }

    private static void refuseConnections(boolean refuse) {
        List.of(a, b).forEach(each -> each.bean(RecordingDataSource.class).refuseConnections(refuse));
    }

    @Test
    void aLikeBecomesARowAndAnUnlikeRemovesIt() {
        String name = servers.character("아델");
        assertThat(a.toggle(name, "account-1")).isEqualTo(new Answer(true, 1));
        assertThat(b.toggle(name, "account-2")).isEqualTo(new Answer(true, 2));
        await().untilAsserted(() -> {
            assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("account-1", "account-2");
            assertThat(servers.storedCount(name)).isEqualTo(2);
        });
        assertThat(b.toggle(name, "account-1")).isEqualTo(new Answer(false, 1));
        await().untilAsserted(() -> {
            assertThat(servers.storedLikers(name)).containsExactly("account-2");
            assertThat(servers.storedCount(name)).isEqualTo(1);
        });
    }

    @Test
    void theOtherInstanceShowsALikeAtOnce() {
        String name = servers.character("팬텀");
        a.toggle(name, "account-0"); // b has received an event of a
        await().until(() -> b.count(name) == 1);
        a.toggle(name, "account-0");
        await().until(() -> b.count(name) == 0);
        double gaps = b.metric("like.event.gap");
        for (int i = 1; i <= 50; i++) {
            assertThat(b.count(name)).isEqualTo(i - 1); // is in the L1 of b now
            a.toggle(name, "account-" + i);
            int expected = i;
            await().pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> b.count(name) == expected);
        }
        assertThat(b.metric("like.event.gap")).isEqualTo(gaps);
    }

    @Test
    void anEventCarriesOcidAndTotalOnTheChannelOfItsPartition() {
        Queue<String> messages = new ConcurrentLinkedQueue<>();
        List<String> names = servers.characters(12, "Wire");
        assertThat(names).extracting(name -> PARTITIONS.of(ocid(name))).contains(0, 1, 2, 3);
        RedisClient client = RedisClient.create(servers.redis.uri());
        try (StatefulRedisPubSubConnection<String, String> connection = client.connectPubSub()) {
            connection.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String pattern, String channel, String text) {
                    JsonNode json = JsonMapper.shared().readTree(text);
                    (json.isArray() ? json.valueStream() : Stream.of(json))
                            .map(event -> channel + " " + event.path(PublishedLikeEvent.OCID)
                                    + event.path(PublishedLikeEvent.LIKE_COUNT))
                            .forEach(messages::add);
                }
            });
            connection.sync().psubscribe("*");
            for (String name : names) {
                a.toggle(name, "account-1");
                b.toggle(name, "account-2");
                String expected = PARTITIONS.keys(ocid(name)).events() + " \""
                        + ocid(name).value() + "\"";
                await().untilAsserted(() -> assertThat(messages).contains(expected + 1, expected + 2));
            }
        } finally {
            client.shutdown();
        }
    }

    @Test
    void aDeploymentInAnotherDatabaseOfTheSameRedisIsNotConcerned() {
        String name = servers.character("Neighbour");
        try (Servers others = Servers.with(servers.redis.uri() + "/1");
                Service other = others.start("app.instance-id=a", "like.redis.partitions=" + PARTITIONS.count())) {
            others.character(name);
            assertThat(other.toggle(name, "account-1")).isEqualTo(new Answer(true, 1));
            await().until(() -> other.metric("like.event.received") == 1);
            a.toggle(name, "account-1");
            assertThat(b.toggle(name, "account-2")).isEqualTo(new Answer(true, 2));
            assertThat(other.toggle(name, "account-2")).isEqualTo(new Answer(true, 2)); // arrives after the others
            await().until(() -> other.metric("like.event.received") == 2);
            assertThat(other.metric("like.event.gap")).isZero();
        }
    }

    private static Ocid ocid(String name) {
        return new Ocid(Servers.ocid(name));
    }

    @Test
    void aWarmToggleExecutesNoSql() {
        String name = servers.character("Mercedes");
        IntStream.range(0, 5).forEach(i -> a.toggle(name, "account-" + i));
        IntStream.range(0, 5).forEach(i -> a.status(name, "account-" + i));
        a.count(name);
        await().until(() -> servers.storedCount(name) == 5);

        RecordingDataSource database = a.bean(RecordingDataSource.class);
        database.reset();
        for (int i = 0; i < 200; i++) {
            a.toggle(name, "account-" + i);
            a.status(name, "account-" + i);
            a.count(name);
        }
        // Flushes go on meanwhile, on threads of their own.
        assertThat(database.statements()).noneMatch(EndToEndTest::isOfARequest);
    }

    @Test
    void aColdBatchOfAHundredNamesTakesLessThanThreeTimesTheStatementsOfOneName() {
        List<String> names = servers.characters(100, "Cold");
        int one = statementsOfABatch(names.subList(0, 1));
        assertThat(one).isPositive();
        assertThat(statementsOfABatch(names)).isLessThan(3 * one);
    }

    private int statementsOfABatch(List<String> names) {
        RecordingDataSource database = b.bean(RecordingDataSource.class);
        database.reset();
        assertThat(b.batch("account-1", names)).hasSize(names.size());
        return (int) database.statements().stream()
                .filter(EndToEndTest::isOfARequest)
                .count();
    }

    /** The statements of a request: characters by name, and relations and counts with the state of their partition. */
    private static boolean isOfARequest(String statement) {
        return statement.contains(".user_ign in ")
                || (statement.contains("like_count") && statement.contains("like_partition"));
    }

    @Test
    void concurrentClientsOnTwoInstancesGetWhatTheyToggled() {
        try (Load load = Load.ofToggles(servers.characters(10, "Crowd"), a, b).comparing(servers)) {
            load.awaitMore(1_200);
            load.end().awaitEverywhere(servers, a, b);
        }
    }

    @Test
    void aLikeSucceedsWhenItsEventCannotBePublished() {
        String name = servers.character("Evan");
        a.toggle(name, "account-1");
        double before = a.metric("like.event.publish", "status", "failure");
        servers.redis.commands().aclSetuser("default", AclSetuserArgs.Builder.removeCommand(CommandType.PUBLISH));
        try {
            assertThat(a.toggle(name, "account-2")).isEqualTo(new Answer(true, 2));
            await().until(() -> a.metric("like.event.publish", "status", "failure") > before);
        } finally {
            servers.redis.commands().aclSetuser("default", AclSetuserArgs.Builder.addCommand(CommandType.PUBLISH));
        }
    }

    @Test
    void anEventLostOnABrokenSubscriptionIsSeenAfterTheReconnect() {
        String name = servers.character("Aran");
        assertThat(b.count(name)).isZero();
        servers.redis.commands().clientKill(KillArgs.Builder.typePubsub());
        a.toggle(name, "account-1");
        await().until(() -> b.count(name) == 1);
    }

    @Test
    void togglesSucceedWhileTheDatabaseIsDownAndAreStoredAfterwards() {
        String name = servers.character("Shade");
        a.toggle(name, "account-0");
        await().until(() -> servers.storedCount(name) == 1);
        refuseConnections(true);
        try {
            for (int i = 1; i <= 20; i++) {
                assertThat(a.toggle(name, "account-" + i)).isEqualTo(new Answer(true, i + 1));
            }
            await().until(() -> a.metric("like.sync.batch", "status", "failure") > 0);
            assertThat(servers.storedCount(name)).isEqualTo(1);
        } finally {
            refuseConnections(false);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> servers.storedCount(name) == 21);
    }

    @Test
    void aChangeThatTheDatabaseRejectsBecomesADeadLetterAndTheRestIsStored() {
        String name = servers.character("Refused");
        double before = ofBoth("like.sync.set.aside");
        servers.database.execute("alter table character_like add constraint ck_not_banned"
                + " check (liker_account_id <> 'account-banned')");
        try {
            for (int i = 0; i < 10; i++) {
                (i % 2 == 0 ? a : b).toggle(name, "account-" + i);
            }
            assertThat(a.toggle(name, "account-banned")).isEqualTo(new Answer(true, 11));
            await().until(() -> servers.storedCount(name) == 10);
            await().untilAsserted(() -> {
                assertThat(a.status(name, "account-banned")).isEqualTo(new Answer(false, 10));
                assertThat(b.status(name, "account-banned")).isEqualTo(new Answer(false, 10));
            });
            assertThat(servers.miscounted()).isEmpty();
            assertThat(servers.sql.queryForList(
                            "select concat(liker_account_id, ': ', reason) from like_set_aside where target_ocid = ?",
                            String.class,
                            Servers.ocid(name)))
                    .singleElement()
                    .asString()
                    .startsWith("account-banned: ")
                    .contains("ck_not_banned");
            assertThat(ofBoth("like.sync.set.aside")).isGreaterThan(before);
            assertThat(a.toggle(name, "account-10")).isEqualTo(new Answer(true, 11));
            await().until(() -> servers.storedCount(name) == 11);
            assertThat(ofBoth("like.drift")).isZero();
        } finally {
            servers.database.execute("alter table character_like drop constraint ck_not_banned");
        }
    }
}
