package maple.like.adapter.redis;

import static maple.like.domain.LikeIntent.TOGGLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.Workers;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisAdapterTest {
    private final TestRedis server = TestRedis.started();
    private final InMemoryLedger database = new InMemoryLedger();
    private final GameCharacter character = Fresh.character();
    private final AtomicInteger suspicions = new AtomicInteger();
    private final List<RedisAdapter> adapters = new ArrayList<>();

    @BeforeEach
    void register() {
        database.register(character);
    }

    @AfterEach
    void close() {
        adapters.forEach(RedisAdapter::close);
        server.close();
    }

    private RedisAdapter connect(Duration commandTimeout) {
        return connect(server.uri().toString(), commandTimeout);
    }

    private RedisAdapter connect(String uri, Duration commandTimeout) {
        RedisAdapter adapter = TestRedis.adapter(uri, new LikePartitions(1), commandTimeout);
        adapter.onSuspicion(partition -> suspicions.incrementAndGet());
        adapters.add(adapter);
        return adapter;
    }

    private static void awaitReply(RedisAdapter adapter) {
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(adapter.ping()).isPositive());
    }

    @Test
    void aRedisThatIsDownIsAnOutageUntilItIsUp() {
        RedisAdapter connected = connect(Duration.ofSeconds(1));
        LikeToggle likes = connected.likeToggle(database);
        server.stop();
        RedisAdapter early = connect(Duration.ofSeconds(1));
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(() -> likes.apply(Fresh.account(), character, TOGGLE))
                .satisfies(e -> assertThat(e.wasSent()).isFalse());
        assertThatExceptionOfType(PrimaryUnavailableException.class).isThrownBy(early::ping);
        server.start();
        awaitReply(early);
        awaitReply(connected);
    }

    @Test
    void aCallUnderWayFailsAtOnceWhereTheConnectionBreaks() {
        RedisAdapter adapter = connect(Duration.ofMinutes(2));
        LikeToggle likes = adapter.likeToggle(database);
        likes.apply(Fresh.account(), character, TOGGLE);
        try (Workers workers = new Workers()) {
            AtomicReference<Thread> caller = new AtomicReference<>();
            server.pause();
            Future<?> toggle = workers.begin(() -> {
                caller.set(Thread.currentThread());
                return likes.apply(Fresh.account(), character, TOGGLE);
            });
            await().until(() -> caller.get() != null && caller.get().getState() == Thread.State.WAITING);
            server.stop();
            assertThatExceptionOfType(PrimaryUnavailableException.class)
                    .isThrownBy(() -> Workers.resultOf(toggle))
                    .satisfies(e -> assertThat(e.wasSent()).isTrue());
        }
    }

    @Test
    void aBrokenConnectionIsSuspiciousBeforeTheNextReply() {
        RedisAdapter adapter = connect(Duration.ofSeconds(4));
        for (int i = 1; i <= 3; i++) {
            int before = suspicions.get();
            server.commands().clientKill(KillArgs.Builder.typeNormal().skipme());
            await().until(() -> suspicions.get() > before);
            adapter.ping();
        }
    }

    @Test
    void aRedisThatStopsReplyingIsSuspiciousAlthoughNothingIsAsked() {
        RedisAdapter adapter = connect(Duration.ofSeconds(1));
        try (TestRedis.Paused paused = server.pause()) {
            await().until(() -> suspicions.get() > 0);
        }
        awaitReply(adapter);
    }

    @ParameterizedTest
    @CsvSource({
        "redis://stranger:Sesame@127.0.0.1:, Redis refuses the connection",
        "redis-cluster://127.0.0.1:, no Redis Cluster"
    })
    void aRedisThatRefusesOrIsOfAnotherKindFailsStartup(String uri, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connect(uri + server.port(), Duration.ofSeconds(2)))
                .withMessage(reason)
                .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("Sesame"));
    }

    @Test
    void closingClosesEverythingAlsoWhereAPartFails() {
        List<String> closed = new ArrayList<>();
        Runnable failing = () -> {
            throw new IllegalStateException();
        };
        assertThatIllegalStateException()
                .isThrownBy(() -> RedisAdapter.closeAll(List.of(failing, failing, () -> closed.add("last"))))
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(closed).containsExactly("last");
    }
}
