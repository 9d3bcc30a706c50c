package maple.like.adapter.redis;

import static maple.like.domain.LikeIntent.LIKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.contract.Fresh;
import maple.like.application.memory.InMemoryLedger;
import maple.like.application.port.in.LikeEventListener;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.CharacterLiked;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rediss://} with a user and a password. */
class TlsTest {
    private static final String TRUST = "javax.net.ssl.trustStore";
    private static final String TRUST_PASSWORD = "javax.net.ssl.trustStorePassword";

    @TempDir
    private static Path directory;

    private static TestRedis redis;
    private static TlsProxy proxy;
    private static Path keys;

    @BeforeAll
    static void start() throws Exception {
        redis = TestRedis.started();
        TestUser.addTo(redis.commands());
        keys = directory.resolve("keys.p12");
        TlsProxy.generate(keys);
        proxy = new TlsProxy(keys, redis.uri().getPort());
    }

    @AfterAll
    static void stop() {
        proxy.close();
        redis.close();
    }

    @AfterEach
    void trustNobody() {
        System.clearProperty(TRUST);
        System.clearProperty(TRUST_PASSWORD);
    }

    private static void trustTheProxy() {
        System.setProperty(TRUST, keys.toString());
        System.setProperty(TRUST_PASSWORD, TlsProxy.PASSWORD);
    }

    private static RedisAdapter connect(String user, String password) {
        return RedisAdapter.connect(
                new RedisSettings(
                        RedisNodes.parse("rediss://" + user + ":" + password + "@127.0.0.1:" + proxy.port()),
                        Duration.ofSeconds(4),
                        Duration.ofMinutes(30),
                        0),
                new LikePartitions(1),
                new SimpleMeterRegistry());
    }

    @Test
    void likesAndEventsTravelThroughTlsAsAUserWithAPassword() {
        trustTheProxy();
        InMemoryLedger store = new InMemoryLedger(new LikePartitions(1));
        GameCharacter character = Fresh.character();
        store.register(character);
        try (RedisAdapter adapter = connect(TestUser.NAME, TestUser.PASSWORD_IN_URI);
                RedisAdapter other = connect(TestUser.NAME, TestUser.PASSWORD_IN_URI)) {
            assertThat(adapter.likeToggle(store).apply(Fresh.relationTo(character), character.name(), LIKE))
                    .isPresent();
            assertThat(redis.commands().clientList()).contains("user=likes");
            LikeEventBus bus = adapter.eventBus("a", EventTransport.AUTO, InstantSource.system());
            AtomicInteger heard = new AtomicInteger();
            other.eventBus("b", EventTransport.AUTO, InstantSource.system()).subscribe(new LikeEventListener() {
                @Override
                public void onLikeEvent(LikeEvent event) {
                    heard.incrementAndGet();
                }

                @Override
                public void onEventsMissed() {}
            });
            await().untilAsserted(() -> {
                bus.publish(new CharacterLiked(character.name(), 1, Instant.EPOCH));
                assertThat(heard).hasPositiveValue();
            });
        }
    }

    @Test
    void aWrongPasswordIsRefusedAndNotQuoted() {
        trustTheProxy();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connect("likes", "wrong-word"))
                .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("wrong-word"));
    }

    @Test
    void aCertificateThatNobodyVouchesForIsNotTrusted() {
        try (RedisAdapter adapter = connect(TestUser.NAME, TestUser.PASSWORD_IN_URI)) {
            assertThatExceptionOfType(BufferUnavailableException.class).isThrownBy(adapter::ping);
        }
    }
}
