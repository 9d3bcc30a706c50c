package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collections;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import maple.like.bootstrap.FlushSchedule.Flush;
import maple.like.bootstrap.FlushSchedule.Progress;
import maple.like.bootstrap.FlushSchedule.Route;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FlushScheduleTest {
    private static final Progress DRAINED = new Progress(0, false);

    private final Queue<Integer> flushed = new ConcurrentLinkedQueue<>();

    private static FlushSchedule schedule(Flush flush, Duration interval) {
        return new FlushSchedule(
                flush, new LikePartitions(2), interval, new Random(1), System::nanoTime, Route.MEMORY_TO_DATABASE);
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
