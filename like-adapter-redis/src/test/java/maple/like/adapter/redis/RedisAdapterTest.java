package maple.like.adapter.redis;

import static io.lettuce.core.protocol.CommandType.EVALSHA;
import static maple.like.domain.LikeIntent.TOGGLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import maple.like.application.PartitionState;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.Workers;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

class RedisAdapterTest {
    private final TestRedis server = TestRedis.started(Map.of("appendonly", "no", "enable-protected-configs", "yes"));
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

    /** What the adapter logs. */
    private static final class Logged implements AutoCloseable {
        private final Logger logger = (Logger) LoggerFactory.getLogger(RedisAdapter.class);
        private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

        Logged() {
            logger.setLevel(Level.INFO);
            appender.list = new CopyOnWriteArrayList<>();
            appender.start();
            logger.addAppender(appender);
        }

        List<String> lines() {
            return appender.list.stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .toList();
        }

        @Override
        public void close() {
            logger.detachAppender(appender);
            logger.setLevel(null);
        }
    }

    private static void awaitReply(RedisAdapter adapter) {
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(adapter.ping()).isPositive());
    }

    private static void assertFails(RedisAdapter adapter, String reason) {
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(adapter::ping)
                .satisfies(e -> assertThat(e.reason()).contains(reason).doesNotContain("Sesame"));
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
        database.reconcile(adapter.pendingLikes());
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

    /** A refusal by its code, what causes it, and what ends it. */
    private record Refused(String code, Consumer<TestRedis> begin, Consumer<TestRedis> end) {
        @Override
        public String toString() {
            return code;
        }
    }

    static Stream<Refused> refusals() {
        int closedPort = ChildProcess.freePort();
        Consumer<TestRedis> promote = redis -> redis.commands().replicaofNoOne();
        return Stream.of(
                new Refused("READONLY", redis -> redis.commands().replicaof("127.0.0.1", closedPort), promote),
                new Refused(
                        "MASTERDOWN",
                        redis -> {
                            redis.commands().configSet("replica-serve-stale-data", "no");
                            redis.commands().replicaof("127.0.0.1", closedPort);
                        },
                        promote),
                new Refused(
                        "NOREPLICAS",
                        redis -> redis.commands().configSet("min-replicas-to-write", "1"),
                        redis -> redis.commands().configSet("min-replicas-to-write", "0")),
                new Refused(
                        "MISCONF",
                        redis -> {
                            redis.commands().configSet("dir", "/proc");
                            redis.commands().configSet("save", "3600 1");
                            redis.commands().bgsave();
                        },
                        redis -> redis.commands().configSet("save", "")),
                new Refused(
                        "BUSY",
                        redis -> {
                            redis.commands().configSet("busy-reply-threshold", "1");
                            redis.connection().async().eval("while true do end", ScriptOutputType.STATUS);
                        },
                        redis -> {
                            try (RedisClient other = RedisClient.create(redis.uri())) {
                                other.connect().sync().scriptKill();
                            }
                        }),
                new Refused(
                        "NOPERM",
                        redis -> redis.commands().aclSetuser("likes", AclSetuserArgs.Builder.removeCommand(EVALSHA)),
                        redis -> redis.commands().aclSetuser("likes", AclSetuserArgs.Builder.addCommand(EVALSHA))),
                new Refused(
                        "WRONGPASS",
                        redis -> {
                            redis.commands()
                                    .aclSetuser(
                                            "likes",
                                            AclSetuserArgs.Builder.resetpass().addPassword("rotated"));
                            redis.commands()
                                    .clientKill(KillArgs.Builder.typeNormal().skipme());
                        },
                        redis -> redis.commands().aclSetuser("likes", AclSetuserArgs.Builder.addPassword("Sesame"))));
    }

    /** Healing is the point, without a restart: of the connections or of the server. */
    @ParameterizedTest
    @MethodSource("refusals")
    void aRedisThatRefusesIsAskedThroughNewConnectionsUntilItServes(Refused refused) {
        server.commands()
                .aclSetuser(
                        "likes",
                        AclSetuserArgs.Builder.on()
                                .addPassword("Sesame")
                                .allKeys()
                                .allCommands());
        RedisAdapter adapter = connect("redis://likes:Sesame@127.0.0.1:" + server.port(), Duration.ofSeconds(1));
        awaitReply(adapter);
        long before = connections();
        try (Logged logged = new Logged()) {
            refused.begin().accept(server);
            await().untilAsserted(() -> assertFails(adapter, refused.code()));
            await().until(() -> suspicions.get() > 0);
            await().untilAsserted(() -> assertDecisionsDoNotWaitForIt(adapter));
            refused.end().accept(server);
            awaitReply(adapter);
            assertThat(connections()).as("connections").isGreaterThan(before);
            await().untilAsserted(() ->
                    assertThat(logged.lines()).last().asString().matches("Redis is available again after [0-9.]+ s"));
            assertThat(logged.lines().stream().filter(line -> line.contains(refused.code())))
                    .singleElement()
                    .asString()
                    .startsWith("Redis is unavailable. ");
        }
    }

    private static void assertDecisionsDoNotWaitForIt(RedisAdapter adapter) {
        LikeLedger ledger = new InMemoryLedger(new LikePartitions(1));
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(() -> ledger.awaitPartition(0, locked -> {
                    locked.moveTo(PartitionState.FAILED_OVER);
                    return adapter.pendingLikes().reconcile(0, locked);
                }))
                .withMessage("Redis is unavailable");
    }

    private long connections() {
        return server.commands()
                .info("stats")
                .lines()
                .filter(line -> line.startsWith("total_connections_received:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    /** A password that only new connections need. */
    @Test
    void aRedisThatWantsAPasswordIsAnOutageUntilItDoesNot() {
        RedisAdapter adapter = connect(Duration.ofSeconds(1));
        awaitReply(adapter);
        server.commands().configSet("requirepass", "rotated");
        server.commands().clientKill(KillArgs.Builder.typeNormal().skipme());
        await().untilAsserted(() -> assertFails(adapter, "NOAUTH"));
        server.commands().configSet("requirepass", "");
        awaitReply(adapter);
    }

    @Test
    void aRedisThatLoadsItsDataIsAnOutageUntilItHasLoaded() {
        Map<String, String> slowly = Map.of(
                "rdbcompression", "no",
                "key-load-delay", "10000", // microseconds
                "loading-process-events-interval-bytes", "1024");
        try (TestRedis slow = TestRedis.started(slowly)) {
            RedisAdapter adapter = connect(slow.uri().toString(), Duration.ofSeconds(1));
            for (int i = 0; i < 300; i++) {
                slow.commands().set("key" + i, "x".repeat(1_000));
            }
            slow.commands().save();
            slow.stop();
            slow.start();
            await().pollInterval(Duration.ofMillis(20)).untilAsserted(() -> assertFails(adapter, "LOADING"));
            awaitReply(adapter);
        }
    }

    @Test
    void aNameThatIsNotResolvedIsAnOutageThatIsNamed() {
        RedisAdapter adapter = connect("redis://redis.invalid:" + server.port(), Duration.ofSeconds(1));
        assertFails(adapter, "redis.invalid");
    }

    @ParameterizedTest
    @CsvSource({
        "READONLY You can't write against a read only replica., true, false",
        "-MOVED 1 127.0.0.1:7000, true, false",
        "ERR Error running script (call to f_0a): @user_script:9: @user_script: 9: -READONLY You can't write, true, false",
        "ERR Error running script (call to f_0a): @user_script:9: WRONGTYPE Operation, false, false",
        "ERR Error running script (call to f_0a): @user_script:9: @user_script: 9: -MISCONF Redis is, true, true",
        "MISCONF Redis is configured to save RDB snapshots, true, true",
        "NOREPLICAS Not enough good replicas to write., true, true",
        "OOM command not allowed when used memory > 'maxmemory'., false, false",
        "NOPERM this user has no permissions to run the 'publish' command, false, false",
        "WRONGTYPE READONLY, false, false",
        "ERR, false, false"
    })
    void aRefusalOfTheNodeIsToldFromOneOfTheCommand(String message, boolean ofTheNode, boolean readOnly) {
        RedisCommandExecutionException reply = new RedisCommandExecutionException(message);
        assertThat(Refusal.isOfTheNode(reply)).isEqualTo(ofTheNode);
        assertThat(RedisConnection.failure("a call", true, reply).isReadOnly()).isEqualTo(readOnly);
    }

    @Test
    void theOperatorsTableListsEveryRefusalOfTheNode() throws IOException {
        Set<String> listed = new HashSet<>();
        for (String line : Files.readAllLines(Path.of("../docs/operations.md"))) {
            if (line.matches("\\| `(MOVED|NOREPLICAS|BUSY)`.*")) {
                Pattern.compile("`([A-Z]+)`").matcher(line).results().forEach(code -> listed.add(code.group(1)));
            }
        }
        assertThat(listed).isEqualTo(Refusal.CODES);
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
