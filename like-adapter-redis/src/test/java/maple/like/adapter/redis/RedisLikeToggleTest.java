package maple.like.adapter.redis;

import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import maple.like.application.LikeUnconfirmedException;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.Workers;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.LikeToggle.Outcome;
import maple.like.application.port.out.LikeToggle.Relation;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys are spelled out here: they are a wire format. Redis is stopped to make questions wait. */
class RedisLikeToggleTest {
    private static final int MANY = 50;
    private static final GameCharacter CHARACTER =
            new GameCharacter(new Ocid("char456"), new CharacterName("MapleStory"));
    private static final AccountId ACCOUNT = new AccountId("acc123");
    private static final String COUNT = "{likes}:count:MapleStory";

    private final TestRedis redis = TestRedis.started();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final InMemoryLedger database = new InMemoryLedger();
    private final List<RedisAdapter> adapters = new ArrayList<>();
    private LikeToggle likes;

    @BeforeEach
    void connect() {
        database.register(CHARACTER);
        likes = likes(Duration.ofMinutes(5), 0); // the heartbeat, a script too, comes late
        database.reconcile(adapters.get(0).pendingLikes());
    }

    @AfterEach
    void close() {
        adapters.forEach(RedisAdapter::close);
        redis.close();
    }

    private LikeToggle likes(Duration commandTimeout, int replicas) {
        RedisAdapter adapter = RedisAdapter.connect(
                new RedisSettings(redis.uri(), commandTimeout, Duration.ofMinutes(30), replicas),
                new LikePartitions(1),
                meters);
        adapters.add(adapter);
        return adapter.likeToggle(database);
    }

    private Outcome toggle(AccountId account) {
        return likes.apply(account, CHARACTER, TOGGLE).orElseThrow();
    }

    /** Runs calls that begin while Redis is stopped, and waits for their results. */
    private <R> List<R> together(List<Callable<R>> calls) {
        Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        List<Future<R>> running = new ArrayList<>();
        try (Workers workers = new Workers()) {
            try (TestRedis.Paused paused = redis.pause()) {
                calls.forEach(call -> running.add(workers.begin(() -> {
                    threads.add(Thread.currentThread());
                    return call.call();
                })));
                await().until(() -> threads.size() == calls.size()
                        && threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
            }
            return running.stream().map(Workers::resultOf).toList();
        }
    }

    private static <R> List<Callable<R>> times(int count, Callable<R> call) {
        return Collections.nCopies(count, call);
    }

    @Test
    void aLikeIsInTheKeysThatOtherSystemsRead() {
        toggle(ACCOUNT);
        assertThat(contents()).isEqualTo("[acc123:char456] [acc123:char456] [] {MapleStory=1} 1");
        toggle(ACCOUNT);
        assertThat(contents()).isEqualTo("[] [] [acc123:char456] {MapleStory=0} 0");
    }

    private String contents() {
        return redis.commands().smembers("{likes}:relations") + " "
                + redis.commands().smembers("{likes}:relations:pending") + " "
                + redis.commands().smembers("{likes}:relations:unliked") + " "
                + redis.commands().hgetall("{likes}:buffer") + " "
                + redis.commands().get(COUNT);
    }

    @Test
    void aWarmToggleIsOneCommandWithAFewCallsInside() {
        toggle(ACCOUNT);
        toggle(ACCOUNT);
        List<String> inside = List.of("get", "sismember", "exists", "sadd", "srem", "hincrby", "incrby");
        long scripts = redis.calls("evalsha");
        long calls = inside.stream().mapToLong(redis::calls).sum();
        toggle(ACCOUNT);
        assertThat(redis.calls("evalsha") - scripts).isEqualTo(1);
        // Closed, membership, complete, unliked, total, three for the relation, buffer, total.
        assertThat(inside.stream().mapToLong(redis::calls).sum() - calls).isEqualTo(10);
    }

    @Test
    void aBatchIsOneCommandHoweverManyRelationsItReads() {
        List<Relation> relations = Stream.generate(Fresh::character)
                .limit(100)
                .map(each -> new Relation(ACCOUNT, each))
                .toList();
        relations.forEach(relation -> database.register(relation.character()));
        for (boolean warm : List.of(false, true)) {
            long before = redis.calls("evalsha");
            assertThat(likes.statuses(relations)).hasSize(100);
            assertThat(redis.calls("evalsha") - before).isEqualTo(warm ? 1 : 2);
            redis.commands().set("{likes}:complete", "1");
        }
    }

    @Test
    void aScriptThatRedisForgotIsSentAgain() {
        toggle(ACCOUNT);
        redis.commands().scriptFlush();
        toggle(ACCOUNT);
        assertThat(redis.commands().get(COUNT)).isEqualTo("0");
    }

    @Test
    void changesAndReadsThatArriveDuringACallGoTogetherAsTheNext() {
        toggle(ACCOUNT);
        long before = redis.calls("evalsha");
        List<Callable<LikeStatus>> calls =
                new ArrayList<>(times(MANY, () -> toggle(Fresh.account()).status()));
        calls.addAll(times(MANY, () -> likes.status(ACCOUNT, CHARACTER).orElseThrow()));
        Collections.shuffle(calls, new Random(1));
        List<LikeStatus> answers = together(calls);
        assertThat(answers).extracting(LikeStatus::liked).containsOnly(true);
        assertThat(answers).extracting(status -> status.likeCount().value()).contains(2L, MANY + 1L);
        assertThat(redis.commands().get(COUNT)).isEqualTo(Integer.toString(MANY + 1));
        // One call was under way; those behind it fill two, and half of them asked again for what is stored.
        assertThat(redis.calls("evalsha") - before).isLessThanOrEqualTo(12);
    }

    @Test
    void togglesOfOneRelationThatGoTogetherTakeTurns() {
        List<Outcome> outcomes = together(times(MANY, () -> toggle(ACCOUNT)));
        assertThat(outcomes.stream().filter(outcome -> outcome.status().liked()))
                .hasSize(MANY / 2);
        assertThat(toggle(ACCOUNT).status()).isEqualTo(new LikeStatus(true, new LikeCount(1)));
    }

    @Test
    void aQuestionThatRedisRefusesFailsAlone() {
        toggle(ACCOUNT);
        GameCharacter broken = Fresh.character();
        redis.commands().hset("{likes}:count:" + broken.name().value(), "not", "a number");
        redis.commands().set("{likes}:complete", "1");
        List<Callable<Boolean>> calls =
                new ArrayList<>(times(MANY, () -> toggle(Fresh.account()).changed()));
        calls.addAll(times(MANY, () -> {
            PrimaryUnavailableException refused = catchThrowableOfType(
                    PrimaryUnavailableException.class, () -> likes.apply(Fresh.account(), broken, TOGGLE));
            return !refused.wasSent() && refused.getCause().toString().contains("WRONGTYPE");
        }));
        assertThat(together(calls)).containsOnly(true);
        assertThat(redis.commands().scard("{likes}:relations")).isEqualTo(MANY + 1);
    }

    @Test
    void aRedisThatIsFullRefusesTogglesAndKeepsNoHalfOfAny() {
        toggle(ACCOUNT);
        redis.commands().set("{likes}:complete", "1");
        String before = contents();
        redis.commands().configSet("maxmemory", "1");
        for (AccountId account : List.of(ACCOUNT, Fresh.account())) {
            assertThatExceptionOfType(PrimaryUnavailableException.class)
                    .isThrownBy(() -> toggle(account))
                    .havingCause()
                    .withMessageContaining("OOM");
        }
        redis.commands().configSet("maxmemory", "0");
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void aNegativeTotalIsCountedDroppedAndComputedAnew() {
        toggle(ACCOUNT);
        redis.commands().set(COUNT, "-5");
        assertThatExceptionOfType(PrimaryUnavailableException.class).isThrownBy(() -> toggle(ACCOUNT));
        assertThat(meters.counter("like.drift").count()).isEqualTo(1);
        assertThat(likes.count(CHARACTER)).contains(LikeCount.ZERO);
    }

    @Test
    void aReplyIsGivenOnceEnoughReplicasConfirmWhatItRestsOn() {
        LikeToggle confirmed = likes(Duration.ofSeconds(4), 1);
        assertUnconfirmed(() -> confirmed.apply(ACCOUNT, CHARACTER, LIKE));
        assertThat(redis.commands().smembers("{likes}:relations")).hasSize(1);
        assertUnconfirmed(() -> confirmed.status(ACCOUNT, CHARACTER));
        assertThat(confirmed.count(CHARACTER)).contains(new LikeCount(1));
        try (TestRedis replica = TestRedis.started()) {
            replica.commands().replicaof("127.0.0.1", redis.port());
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(confirmed.apply(ACCOUNT, CHARACTER, LIKE))
                            .isPresent());
            assertThat(replica.commands().smembers("{likes}:relations")).hasSize(1);
            AccountId other = Fresh.account();
            try (var paused = replica.pause()) {
                likes.apply(other, CHARACTER, LIKE); // through another connection, without waiting
                assertUnconfirmed(() -> confirmed.apply(other, CHARACTER, LIKE));
                assertUnconfirmed(() -> confirmed.status(other, CHARACTER));
            }
            assertThat(confirmed.status(other, CHARACTER)).contains(new LikeStatus(true, new LikeCount(2)));
        }
    }

    private static void assertUnconfirmed(ThrowingCallable call) {
        assertThatExceptionOfType(LikeUnconfirmedException.class)
                .isThrownBy(call)
                .withMessage("0 of 1 replicas have what Redis replied");
    }
}
