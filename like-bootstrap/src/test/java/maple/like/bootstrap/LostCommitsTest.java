package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import maple.like.bootstrap.Service.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The database loses its last commits, and nothing acknowledged is lost with them, because Redis holds it. */
class LostCommitsTest {
    private static final Duration TO_HEAL = Duration.ofSeconds(40);

    private final Servers servers = new Servers();
    private Service a;
    private Service b;

    @BeforeEach
    void start() {
        assumeTrue(servers.database.canLoseCommits());
        List<Service> both = servers.startInstances(2);
        a = both.get(0);
        b = both.get(1);
    }

    @AfterEach
    void stop() {
        if (a != null) {
            a.close();
            b.close();
        }
        servers.close();
    }

    private void awaitStored(String name, String... accounts) {
        await().atMost(TO_HEAL).untilAsserted(() -> {
            assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder(accounts);
            assertThat(servers.storedCount(name)).isEqualTo(accounts.length);
            assertThat(servers.redis.commands().keys("*:batch")).isEmpty();
        });
    }

    private void awaitState(String state) {
        await().atMost(TO_HEAL)
                .until(
                        () -> servers.sql.queryForObject("select state from like_partition", String.class),
                        state::equals);
    }

    /** An exact answer or none. */
    private static void assertNotDenied(Service instance, String name, String account, Answer expected) {
        HttpResponse<String> status = instance.send("GET", Service.path(name, "/like/status"), Service.token(account));
        if (status.statusCode() != 503) {
            assertThat(Service.answerIn(status)).isEqualTo(expected);
        }
    }

    private void assertNoDrift() {
        assertThat(servers.miscounted()).isEmpty();
        assertThat(a.metric("like.drift") + b.metric("like.drift")).isZero();
        assertThat(a.metric("like.sync.set.aside") + b.metric("like.sync.set.aside"))
                .isZero();
    }

    @Test
    void whatRedisHoldsIsStoredAgain() {
        String name = servers.character("Forgotten");
        a.like(name, "stays");
        a.like(name, "leaves");
        awaitStored(name, "stays", "leaves");
        awaitState("ACTIVE");
        Runnable loss = servers.database.lossOfCommits("true");
        b.like(name, "comes");
        a.unlike(name, "leaves");
        awaitStored(name, "stays", "comes");
        b.like(name, "later");
        awaitStored(name, "stays", "comes", "later");

        loss.run();
        assertThat(servers.storedLikers(name)).containsExactlyInAnyOrder("stays", "leaves");
        for (int i = 0; i < 20; i++) {
            assertNotDenied(a, name, "comes", new Answer(true, 3));
            assertNotDenied(b, name, "leaves", new Answer(false, 3));
        }
        awaitStored(name, "stays", "comes", "later");
        awaitState("ACTIVE");
        assertThat(a.toggle(name, "leaves")).isEqualTo(new Answer(true, 4));
        awaitStored(name, "stays", "comes", "later", "leaves");
        assertNoDrift();
    }

    @Test
    void aFailoverThatComesBackDoesNotUndoWhatRedisDecidedSince() {
        String name = servers.character("Again");
        a.like(name, "stays");
        awaitStored(name, "stays");
        servers.redis.stop();
        await().until(() -> a.change("PUT", name, "undone").statusCode() == 200);
        a.like(name, "decided");
        Runnable loss = servers.database.lossOfCommits("true");
        servers.redis.start();
        awaitState("ACTIVE");
        b.unlike(name, "undone");
        b.like(name, "comes");
        awaitStored(name, "stays", "decided", "comes");

        loss.run();
        await().atMost(TO_HEAL).until(() -> b.change("PUT", name, "later").statusCode() == 200);
        awaitStored(name, "stays", "decided", "comes", "later");
        awaitState("ACTIVE");
        assertNoDrift();
    }

    @Test
    void nothingAcknowledgedIsLostUnderLoad() {
        try (Load load = Load.ofRetries(servers.characters(6, "Crowd"), a, b).comparing(servers)) {
            load.awaitMore(100);
            for (int i = 0; i < 2; i++) {
                awaitState("ACTIVE");
                Runnable loss = servers.database.lossOfCommits("true");
                load.awaitMore(300);
                loss.run();
            }
            load.awaitMore(100);
            ExpectedLikes expected = load.end();
            awaitState("ACTIVE");
            expected.awaitEverywhere(servers, a, b);
            assertNoDrift();
        }
    }
}
