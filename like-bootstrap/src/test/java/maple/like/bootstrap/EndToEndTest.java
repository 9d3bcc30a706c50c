package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import maple.like.adapter.jpa.RecordingDataSource;
import maple.like.application.contract.Workers;
import maple.like.bootstrap.Service.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two instances, one Redis, one PostgreSQL. */
class EndToEndTest {
    private static final Logger LOG = LoggerFactory.getLogger(EndToEndTest.class);

    private static Servers servers;
    private static Service a;
    private static Service b;

    @BeforeAll
    static void start() {
        servers = new Servers();
        a = start("a");
        b = start("b");
    }

    private static Service start(String instanceId) {
        Map<String, String> properties = servers.configuration();
        properties.put("app.instance-id", instanceId);
        properties.put("like.redis.partitions", "3");
        return Service.start(properties, RecordedDatabase.class);
    }

    @AfterAll
    static void stop() {
        a.close();
        b.close();
        servers.close();
    }

    @Test
    void aLikeIsARowInTheDatabaseSecondsLaterAndAnUnlikeIsNone() {
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
    void settingAStateIsSafeToRepeat() {
        String name = servers.character("카이저");
        for (int i = 0; i < 3; i++) {
            assertThat((i % 2 == 0 ? a : b).answer("PUT", name, "/like", "account-1"))
                    .isEqualTo(new Answer(true, 1));
        }
        for (int i = 0; i < 3; i++) {
            assertThat((i % 2 == 0 ? a : b).answer("DELETE", name, "/like", "account-1"))
                    .isEqualTo(new Answer(false, 0));
        }
    }

    @Test
    void aLikeOnOneInstanceIsSeenOnTheOtherAtOnce() {
        String name = servers.character("팬텀");
        a.toggle(name, "account-0"); // b has heard of a
        await().until(() -> b.count(name) == 1);
        a.toggle(name, "account-0");
        await().until(() -> b.count(name) == 0);
        double gaps = b.metric("like.event.gap");
        List<Long> micros = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            assertThat(b.count(name)).isEqualTo(i - 1); // b remembers this
            a.toggle(name, "account-" + i);
            long begun = System.nanoTime();
            int expected = i;
            await().pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofNanos(1))
                    .until(() -> b.count(name) == expected);
            micros.add((System.nanoTime() - begun) / 1_000);
        }
        micros.sort(null);
        LOG.warn(
                "From the answer of one instance to the new count in an answer of the other: median {} µs, most {} µs",
                micros.get(25),
                micros.get(49));
        assertThat(b.metric("like.event.gap")).isEqualTo(gaps);
    }

    @Test
    void nobodyLikesAnOwnCharacter() {
        String name = servers.character("Luminous");
        String token = Service.token("account-1", Servers.ocid(name));
        assertThat(a.send("POST", Service.path(name, "/like"), token).body())
                .contains("\"code\":\"SELF_LIKE_NOT_ALLOWED\"");
        assertThat(a.count(name)).isZero();
    }

    @Test
    void aWarmToggleCostsNoDatabaseCall() {
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
        // The schedule goes on meanwhile, on its own threads.
        assertThat(database.statements()).noneMatch(statement -> isOfARequest(statement));
    }

    /** What the request path asks the database for: characters by name, relations and counts with their generation. */
    private static boolean isOfARequest(String statement) {
        return statement.contains("user_ign=?")
                || (statement.contains("like_count") && statement.contains("like_partition"));
    }

    @Test
    void manyClientsOnTwoInstancesEndWhereAnIndependentCountSays() {
        List<String> names = IntStream.range(0, 10)
                .mapToObj(i -> servers.character("Crowd" + i))
                .toList();
        Map<String, Set<String>> expected = new ConcurrentHashMap<>();
        names.forEach(name -> expected.put(name, ConcurrentHashMap.newKeySet()));
        AtomicBoolean over = new AtomicBoolean();
        try (Workers workers = new Workers()) {
            Future<Integer> auditor = workers.begin(() -> {
                int looks = 0;
                for (; !over.get(); looks++) {
                    assertThat(servers.miscounted()).isEmpty();
                }
                return looks;
            });
            Workers.together(8, thread -> {
                Random random = new Random(thread);
                Map<String, Boolean> mine = new HashMap<>();
                for (int i = 0; i < 150; i++) {
                    String name = names.get(random.nextInt(names.size()));
                    String account = "account-" + thread + "-" + random.nextInt(3);
                    boolean liked =
                            (random.nextBoolean() ? a : b).toggle(name, account).liked();
                    assertThat(liked).isEqualTo(!mine.getOrDefault(name + account, false));
                    mine.put(name + account, liked);
                    if (liked) {
                        expected.get(name).add(account);
                    } else {
                        expected.get(name).remove(account);
                    }
                }
            });
            names.forEach(name -> await().untilAsserted(() ->
                    assertThat(new HashSet<>(servers.storedLikers(name))).isEqualTo(expected.get(name))));
            over.set(true);
            assertThat(Workers.resultOf(auditor)).isGreaterThan(10);
        }
        for (String name : names) {
            assertThat(a.count(name)).isEqualTo(expected.get(name).size());
            assertThat(servers.storedCount(name)).isEqualTo(expected.get(name).size());
        }
        assertThat(a.metric("like.drift")).isZero();
        assertThat(b.metric("like.drift")).isZero();
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
    void whatWasMissedWhileASubscriptionWasBrokenIsSeenWhenItIsBack() {
        String name = servers.character("Aran");
        assertThat(b.count(name)).isZero();
        servers.redis.commands().clientKill(KillArgs.Builder.typePubsub());
        a.toggle(name, "account-1");
        await().until(() -> b.count(name) == 1);
    }

    @Test
    void togglesGoOnWhileTheDatabaseIsAwayAndNothingIsLost() {
        String name = servers.character("Shade");
        a.toggle(name, "account-0");
        await().until(() -> servers.storedCount(name) == 1);
        List.of(a, b).forEach(service -> service.bean(RecordingDataSource.class).refuseConnections(true));
        try {
            for (int i = 1; i <= 20; i++) {
                assertThat(a.toggle(name, "account-" + i)).isEqualTo(new Answer(true, i + 1));
            }
            await().until(() -> a.bean(io.micrometer.core.instrument.MeterRegistry.class)
                            .get("like.sync.batch")
                            .tag("status", "failure")
                            .timer()
                            .count()
                    > 0);
            assertThat(servers.storedCount(name)).isEqualTo(1);
        } finally {
            List.of(a, b)
                    .forEach(service -> service.bean(RecordingDataSource.class).refuseConnections(false));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> servers.storedCount(name) == 21);
    }

    @Test
    void aRelationWithoutACharacterDoesNotBlockItsBatch() {
        String gone = servers.character("Gone");
        String stays = servers.character("Stays");
        a.toggle(gone, "account-1");
        await().until(() -> servers.storedCount(gone) == 1);
        servers.delete(gone);
        a.toggle(gone, "account-2"); // its name is still remembered
        a.toggle(stays, "account-2");
        await().until(() -> servers.storedCount(stays) == 1);
        await().until(() -> a.metric("like.sync.set.aside") + b.metric("like.sync.set.aside") >= 1);
    }

    @Test
    void aLikeThatTheDatabaseRefusesIsSetAsideAndEverybodyElseIsStored() {
        String name = servers.character("Refused");
        servers.database.execute("""
                create function refuse_banned() returns trigger language plpgsql as $$
                begin
                  if new.liker_account_id = 'account-banned' then raise exception 'banned by an operator'; end if;
                  return new;
                end $$""");
        servers.database.execute("create trigger refuse_banned before insert on character_like"
                + " for each row execute function refuse_banned()");
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
            assertThat(servers.setAside(name))
                    .singleElement()
                    .asString()
                    .startsWith("account-banned: ERROR: banned by an operator");
            assertThat(a.metric("like.sync.set.aside") + b.metric("like.sync.set.aside"))
                    .isPositive();
            assertThat(a.toggle(name, "account-10")).isEqualTo(new Answer(true, 11));
            await().until(() -> servers.storedCount(name) == 11);
            assertThat(a.metric("like.drift") + b.metric("like.drift")).isZero();
        } finally {
            servers.database.execute("drop trigger refuse_banned on character_like");
        }
    }
}
