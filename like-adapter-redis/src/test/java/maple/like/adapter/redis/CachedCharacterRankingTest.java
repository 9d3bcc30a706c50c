package maple.like.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import maple.like.application.contract.Workers;
import maple.like.application.port.out.CharacterRanking.Ranking;
import org.junit.jupiter.api.Test;

class CachedCharacterRankingTest {
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger reads = new AtomicInteger();
    private Duration takes = Duration.ZERO;
    private boolean fails;
    private final Queue<Runnable> readers = new ConcurrentLinkedQueue<>();
    private final CachedCharacterRanking cached =
            new CachedCharacterRanking(this::read, INTERVAL, nanos::get, readers::add);

    private Ranking read() {
        nanos.addAndGet(takes.toNanos());
        if (fails) {
            throw new IllegalStateException("an outage");
        }
        return new Ranking(Instant.ofEpochSecond(reads.incrementAndGet()), List.of());
    }

    /** What a caller gets that waits for the reader. */
    private Ranking readNow() {
        try (Workers workers = new Workers()) {
            Future<Ranking> caller = workers.begin(cached::read);
            await().until(() -> caller.isDone() || !readers.isEmpty());
            runReaders();
            return Workers.resultOf(caller);
        }
    }

    private void runReaders() {
        while (!readers.isEmpty()) {
            readers.remove().run();
        }
    }

    private void assertRead(int number) {
        assertThat(cached.read().asOf()).isEqualTo(Instant.ofEpochSecond(number));
    }

    @Test
    void itIsReadOnceForAllAndInTheBackgroundWhileItIsAskedFor() {
        try (Workers workers = new Workers()) {
            List<Future<Ranking>> callers =
                    Stream.generate(() -> workers.begin(cached::read)).limit(8).toList();
            await().until(() -> !readers.isEmpty());
            runReaders();
            callers.forEach(Workers::resultOf);
        }
        assertRead(1);
        nanos.addAndGet(INTERVAL.toNanos() / 2 + 1);
        assertRead(1);
        assertRead(1);
        runReaders();
        assertRead(2);
        assertThat(reads).hasValue(2);
    }

    @Test
    void itIsNeverOlderThanTheIntervalFromBeforeItWasRead() {
        takes = Duration.ofSeconds(1);
        readNow();
        nanos.addAndGet(INTERVAL.minusSeconds(1).minusNanos(1).toNanos());
        assertRead(1);
        readers.clear(); // a reader that does not come to an end
        nanos.addAndGet(1);
        assertThat(readNow().asOf()).isEqualTo(Instant.ofEpochSecond(2));
    }

    @Test
    void aFailureIsNotCachedAndAnOutageShowsOnceTheRankingIsTooOld() {
        fails = true;
        assertThatIllegalStateException().isThrownBy(this::readNow);
        fails = false;
        readNow();
        fails = true;
        nanos.addAndGet(INTERVAL.toNanos() - 1);
        assertRead(1);
        runReaders();
        assertRead(1);
        nanos.addAndGet(1);
        assertThatIllegalStateException().isThrownBy(this::readNow);
    }
}
