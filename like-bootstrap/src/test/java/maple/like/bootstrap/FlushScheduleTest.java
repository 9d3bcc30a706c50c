package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maple.like.bootstrap.FlushSchedule.Flush;
import maple.like.bootstrap.FlushSchedule.Progress;
import maple.like.bootstrap.FlushSchedule.Route;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FlushScheduleTest {
    private static final Progress DRAINED = new Progress(0, false, false);
    private static final Progress IDLE = new Progress(0, false, true);
    private static final int IDLE_INTERVALS = 4;

    private final Queue<Integer> flushed = new ConcurrentLinkedQueue<>();

    private static FlushSchedule schedule(Flush flush, Duration interval) {
        return new FlushSchedule(
                flush,
                new LikePartitions(2),
                interval,
                IDLE_INTERVALS,
                new Random(1),
                System::nanoTime,
                Route.MEMORY_TO_DATABASE);
    }

    static Stream<Flush> failures() {
        return Stream.of(
                partition -> {
                    throw new StackOverflowError();
                },
                partition -> {
                    throw new IllegalStateException("on purpose");
                });
    }

    @ParameterizedTest
    @MethodSource("failures")
    void theNextFlushFollowsOneThatThrew(Flush failing) {
        FlushSchedule schedule = schedule(
                partition -> {
                    flushed.add(partition);
                    return flushed.size() <= 2 ? failing.run(partition) : DRAINED;
                },
                Duration.ofMillis(10));
        schedule.start();
        try {
            await().until(() -> Collections.frequency(flushed, 0) >= 3 && Collections.frequency(flushed, 1) >= 3);
        } finally {
            schedule.stop();
        }
    }

    @Test
    void anIdlePartitionRestsUntilThisInstanceChangesItOrMayHaveMissedSomething() {
        FlushSchedule schedule = schedule(
                partition -> {
                    flushed.add(partition);
                    return partition == 0 ? IDLE : DRAINED;
                },
                Duration.ofMillis(10));
        GameCharacter character = characterOf(0);
        schedule.start();
        try {
            assertThat(roundsOfTheIdlePer100(() -> {})).isBetween(10, 50);
            assertThat(roundsOfTheIdlePer100(() -> schedule.onLikeEvent(likeOf(character))))
                    .isBetween(10, 50);
            assertThat(roundsOfTheIdlePer100(() -> schedule.onOwnEvent(likeOf(character))))
                    .isGreaterThan(60);
            assertThat(roundsOfTheIdlePer100(schedule::onEventsLost)).isGreaterThan(60);
        } finally {
            schedule.stop();
        }
    }

    /** While the other partition has a hundred. */
    private int roundsOfTheIdlePer100(Runnable change) {
        flushed.clear();
        await().pollInterval(Duration.ofMillis(1)).until(() -> {
            change.run();
            return Collections.frequency(flushed, 1) >= 100;
        });
        return Collections.frequency(flushed, 0);
    }

    private static GameCharacter characterOf(int partition) {
        return IntStream.range(0, 100)
                .mapToObj(i -> new Ocid("ocid" + i))
                .filter(ocid -> new LikePartitions(2).of(ocid) == partition)
                .map(ocid -> new GameCharacter(ocid, new CharacterName("Adele")))
                .findFirst()
                .orElseThrow();
    }

    private static LikeEvent likeOf(GameCharacter character) {
        return LikeEvent.of(true, character, 1, new LikeCount(1), Instant.EPOCH);
    }

    @Test
    void aStopFlushesEachPartitionOnceMoreWhateverTheOthersThrow() {
        FlushSchedule schedule = schedule(
                partition -> {
                    flushed.add(partition);
                    if (flushed.size() > 2 && partition == 0) {
                        throw new StackOverflowError();
                    }
                    return DRAINED;
                },
                Duration.ofHours(1));
        schedule.start();
        await().until(() -> flushed.size() == 2);
        schedule.stop();
        assertThat(flushed).hasSizeGreaterThan(3).endsWith(0, 1);
        assertThat(schedule.isRunning()).isFalse();
    }
}
