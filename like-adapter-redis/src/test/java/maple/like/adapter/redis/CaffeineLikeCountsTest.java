package maple.like.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.Workers;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaffeineLikeCountsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final GameCharacter character = Fresh.character();
    private final CaffeineLikeCounts counts =
            new CaffeineLikeCounts(new CacheSettings(Duration.ofMinutes(5), 1_000), nanos::get, meters);
    private final AtomicLong exact = new AtomicLong();
    private final AtomicInteger loads = new AtomicInteger();
    private final CountDownLatch loading = new CountDownLatch(1);
    private volatile CountDownLatch gate = new CountDownLatch(0);

    private Map<GameCharacter, LikeCount> load(Collection<GameCharacter> of) {
        loads.incrementAndGet();
        LikeCount count = new LikeCount(exact.get());
        loading.countDown();
        Workers.await(gate);
        return of.stream().collect(Collectors.toMap(each -> each, each -> count));
    }

    private long count() {
        return counts.get(List.of(character), this::load).get(character).value();
    }

    @Test
    void missingCountsAreLoadedTogetherAndNoOthers() {
        GameCharacter other = Fresh.character();
        GameCharacter unknown = Fresh.character();
        count();
        exact.set(1);
        assertThat(counts.get(List.of(character, other, unknown), missing -> {
                    assertThat(missing).containsExactly(other, unknown);
                    return load(List.of(other));
                }))
                .isEqualTo(Map.of(character, LikeCount.ZERO, other, new LikeCount(1)));
        assertThat(loads).hasValue(2);
    }

    @Test
    void aCountIsLoadedOnceUntilItExpires() {
        assertThat(count()).isZero();
        exact.set(1);
        nanos.addAndGet(Duration.ofMinutes(4).toNanos());
        assertThat(count()).isZero();
        assertThat(meters.get("cache.gets")
                        .tags("cache", "like.counts", "result", "hit")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(count()).isEqualTo(1);
        assertThat(loads).hasValue(2);
    }

    @Test
    void concurrentCallsLoadOnce() {
        Workers.together(8, thread -> count());
        assertThat(loads).hasValue(1);
    }

    @Test
    void anInvalidatedCountIsLoadedAgainAndNoOther() {
        count();
        exact.set(1);
        counts.invalidate(Fresh.ocid());
        assertThat(count()).isZero();
        counts.invalidate(character.ocid());
        assertThat(count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInvalidationPrevailsOverALoadThatBeganBefore(boolean ofAll) {
        gate = new CountDownLatch(1);
        try (Workers workers = new Workers()) {
            Future<Long> load = workers.begin(this::count);
            Workers.await(loading);
            exact.set(1);
            CountDownLatch begun = new CountDownLatch(1);
            Future<?> invalidated = workers.begin(() -> {
                begun.countDown();
                if (ofAll) {
                    counts.invalidateAll();
                } else {
                    counts.invalidate(character.ocid());
                }
                return null;
            });
            Workers.await(begun);
            gate.countDown();
            Workers.resultOf(load);
            Workers.resultOf(invalidated);
            assertThat(count()).isEqualTo(1);
        }
    }

    @Test
    void aMissingCharacterAndAFailedLoadAreNotCached() {
        assertThat(counts.get(List.of(character), of -> Map.of())).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(() -> counts.get(List.of(character), of -> {
                    throw new IllegalStateException("an outage");
                }));
        assertThat(count()).isZero();
    }
}
