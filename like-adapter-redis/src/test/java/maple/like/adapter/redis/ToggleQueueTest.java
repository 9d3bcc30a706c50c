package maple.like.adapter.redis;

import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.Workers;
import maple.like.application.memory.InMemoryLedger;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.LikeToggle.Toggled;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of toggles that wait together. Redis is paused to make them. */
class ToggleQueueTest {
    private static final int TOGGLES = 50;

    private final TestRedis redis = TestRedis.started();
    private final InMemoryLedger store = new InMemoryLedger();
    private final GameCharacter character = Fresh.character();
    private final List<RedisAdapter> adapters = new ArrayList<>();

    @BeforeEach
    void register() {
        store.register(character);
        redis.commands().set("{likes}:complete", "1");
    }

    @AfterEach
    void close() {
        adapters.forEach(RedisAdapter::close);
        redis.close();
    }

    private LikeToggle likes(Duration commandTimeout) {
        RedisAdapter adapter = RedisAdapter.connect(
                new RedisSettings(redis.uri(), commandTimeout, Duration.ofMinutes(30), 0),
                new LikePartitions(1),
                new SimpleMeterRegistry());
        adapters.add(adapter);
        LikeToggle likes = adapter.likeToggle(store);
        likes.apply(Fresh.relationTo(character), character.name(), LIKE); // Redis knows the script and the total now
        return likes;
    }

    private long scriptCalls() {
        Matcher calls = Pattern.compile("cmdstat_evalsha:calls=(\\d+)")
                .matcher(redis.commands().info("commandstats"));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }

    @Test
    void togglesThatArriveWhileACallIsUnderWayGoTogetherAsTheNextAndEachGetsItsOwnAnswer() {
        LikeToggle likes = likes(Duration.ofSeconds(20));
        long before = scriptCalls();
        redis.commands().clientPause(500);
        List<LikeStatus> answers = new ArrayList<>();
        try (Workers workers = new Workers()) {
            List<Future<Toggled>> toggles = new ArrayList<>();
            for (int i = 0; i < TOGGLES; i++) {
                RelationKey relation = Fresh.relationTo(character);
                toggles.add(workers.begin(() -> toggled(likes, relation)));
            }
            toggles.forEach(toggle -> answers.add(Workers.resultOf(toggle).status()));
        }
        assertThat(answers).extracting(LikeStatus::liked).containsOnly(true);
        assertThat(answers)
                .extracting(status -> status.likeCount().value())
                .doesNotHaveDuplicates()
                .contains(2L, TOGGLES + 1L);
        assertThat(scriptCalls() - before).isLessThanOrEqualTo(TOGGLES / 5);
    }

    @Test
    void togglesOfOneRelationThatGoTogetherTakeTurns() {
        LikeToggle likes = likes(Duration.ofSeconds(20));
        RelationKey relation = Fresh.relationTo(character);
        redis.commands().clientPause(300);
        AtomicInteger liked = new AtomicInteger();
        try (Workers workers = new Workers()) {
            List<Future<Toggled>> toggles = new ArrayList<>();
            for (int i = 0; i < TOGGLES; i++) {
                toggles.add(workers.begin(() -> toggled(likes, relation)));
            }
            toggles.forEach(toggle -> {
                if (Workers.resultOf(toggle).status().liked()) {
                    liked.incrementAndGet();
                }
            });
        }
        assertThat(liked).hasValue(TOGGLES / 2);
        assertThat(toggled(likes, relation).status()).isEqualTo(new LikeStatus(true, new LikeCount(2)));
    }

    @Test
    void whatIsWrongWithOneIsNotTheOthersFailure() {
        LikeToggle likes = likes(Duration.ofSeconds(20));
        GameCharacter broken = Fresh.character();
        redis.commands().hset("{likes}:count:" + broken.name().value(), "not", "a number");
        redis.commands().clientPause(300);
        try (Workers workers = new Workers()) {
            List<Future<Toggled>> good = new ArrayList<>();
            List<Future<Boolean>> bad = new ArrayList<>();
            for (int i = 0; i < TOGGLES; i++) {
                RelationKey relation = Fresh.relationTo(character);
                RelationKey brokenRelation = Fresh.relationTo(broken);
                good.add(workers.begin(() -> toggled(likes, relation)));
                bad.add(workers.begin(() -> isRefused(likes, brokenRelation, broken)));
            }
            good.forEach(
                    toggle -> assertThat(Workers.resultOf(toggle).changed()).isTrue());
            bad.forEach(toggle -> assertThat(Workers.resultOf(toggle)).isTrue());
        }
        assertThat(redis.commands().scard("{likes}:relations")).isEqualTo(TOGGLES + 1);
    }

    private static boolean isRefused(LikeToggle likes, RelationKey relation, GameCharacter broken) {
        try {
            likes.apply(relation, broken.name(), TOGGLE);
            return false;
        } catch (BufferUnavailableException e) {
            return e.isUnasked() && String.valueOf(e.getCause()).contains("WRONGTYPE");
        }
    }

    @Test
    void aRedisThatIsFullRefusesTogglesWithoutHalfOfAnyBeingDone() {
        LikeToggle likes = likes(Duration.ofSeconds(20));
        RelationKey liked = Fresh.relationTo(character);
        RelationKey notLiked = Fresh.relationTo(character);
        toggled(likes, liked);
        String before = contents();
        redis.commands().configSet("maxmemory", "1");
        for (RelationKey relation : List.of(liked, notLiked)) {
            assertThatExceptionOfType(BufferUnavailableException.class)
                    .isThrownBy(() -> toggled(likes, relation))
                    .havingCause()
                    .withMessageContaining("OOM");
        }
        redis.commands().configSet("maxmemory", "0");
        assertThat(contents()).isEqualTo(before);
    }

    private String contents() {
        return redis.commands().smembers("{likes}:relations") + " "
                + redis.commands().smembers("{likes}:relations:pending") + " "
                + redis.commands().smembers("{likes}:relations:unliked") + " "
                + redis.commands().hgetall("{likes}:buffer") + " "
                + redis.commands().get("{likes}:count:" + character.name().value());
    }

    @Test
    void whatWaitedBehindACallWithoutAnAnswerSaysThatItWasNeverSent() {
        LikeToggle likes = likes(Duration.ofSeconds(2));
        redis.commands().clientPause(60_000);
        try (Workers workers = new Workers()) {
            AtomicReference<Thread> first = new AtomicReference<>();
            List<Future<Boolean>> toggles = new ArrayList<>();
            toggles.add(workers.begin(() -> {
                first.set(Thread.currentThread());
                return isUnasked(likes, Fresh.relationTo(character));
            }));
            await().until(() -> first.get() != null && first.get().getState() == Thread.State.WAITING);
            for (int i = 1; i < TOGGLES; i++) {
                toggles.add(workers.begin(() -> isUnasked(likes, Fresh.relationTo(character))));
            }
            assertThat(toggles.stream().map(Workers::resultOf)).containsOnlyOnce(false);
        }
    }

    private boolean isUnasked(LikeToggle likes, RelationKey relation) {
        try {
            toggled(likes, relation);
            throw new IllegalStateException("Redis is paused");
        } catch (BufferUnavailableException e) {
            return e.isUnasked();
        }
    }

    @Test
    void aCallWithoutAnAnswerKeepsNobodyWaitingOnceRedisIsBack() {
        LikeToggle likes = likes(Duration.ofMillis(400));
        redis.commands().clientPause(1_000);
        assertThatExceptionOfType(BufferUnavailableException.class)
                .isThrownBy(() -> toggled(likes, Fresh.relationTo(character)));
        await().ignoreExceptionsInstanceOf(BufferUnavailableException.class)
                .untilAsserted(() -> assertThat(
                                toggled(likes, Fresh.relationTo(character)).changed())
                        .isTrue());
    }

    private Toggled toggled(LikeToggle likes, RelationKey relation) {
        return likes.apply(relation, character.name(), TOGGLE).orElseThrow();
    }
}
