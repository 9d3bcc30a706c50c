package maple.like.bench.section;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import maple.like.bench.load.CountReader;
import maple.like.bench.load.Traffic;
import maple.like.bench.machine.BenchException;
import maple.like.bench.machine.Http;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.report.Series;
import org.HdrHistogram.Histogram;

/** 5,000 streams on 50 characters: how soon they show a change, their memory, and what is left for toggles. */
final class Streams implements Section {
    private static final int STREAMS = 5_000;
    private static final int PER_SECOND = 500;
    private static final int WARM_UP = 10;
    private static final int SENDERS = 16;
    private static final long HIGHEST = TimeUnit.MINUTES.toNanos(2);
    private static final double MILLIS = 1e6;
    private static final double KIBIBYTES = 1024;

    private final Http http = new Http();

    /** The next account that likes nothing yet; the first one liked every character. */
    private int nextAccount = 1;

    @Override
    public void run(Bench bench) {
        LikeServer service = bench.servers().start(Kind.SERVICE, "streams", List.of());
        delays(bench, service, WARM_UP);
        Series p99 = bench.takeTurns(
                        List.of(service),
                        server -> delays(bench, server, bench.options().turn()))
                .series(service, delays -> delays.getValueAtPercentile(99) / MILLIS);
        bench.report()
                .goal(
                        "p99 from acknowledgement to arrival, 5,000 streams, 500 likes/s",
                        "≤ 300 ms",
                        p99.text(0, " ms"),
                        p99.median() <= 300);

        Heap heap = new Heap();
        double before = heap.usedAfterCollection(bench, service.program());
        try (CountReader streams = open(bench, service)) {
            streams.awaitOpen();
            double each = (heap.usedAfterCollection(bench, service.program()) - before) * KIBIBYTES / STREAMS;
            bench.report().goal("heap of an open stream", "≤ 20 KiB", Series.number(each, 1) + " KiB", each <= 20);
        }

        bench.warmUp(service, Traffic.WATCHED, bench.options().warmUp());
        Turns<Boolean, Double> rates = bench.takeTurns(List.of(false, true), watched -> {
            if (!watched) {
                return bench.rate(service, Traffic.WATCHED);
            }
            try (CountReader streams = open(bench, service)) {
                streams.awaitOpen();
                return bench.rate(service, Traffic.WATCHED);
            }
        });
        bench.report()
                .atLeast(
                        "toggles with 5,000 streams / without",
                        0.8,
                        rates.series(true, rate -> rate).over(rates.series(false, rate -> rate)));
        bench.servers().stop(service);
    }

    private static CountReader open(Bench bench, LikeServer service) {
        return new CountReader(service, bench.population(), STREAMS, (stream, character, count) -> {});
    }

    /**
     * Likes only, each by another account, so that counts rise: a stream shows a like with the first count that is not
     * smaller. One that it shows before the acknowledgement has no delay.
     */
    private Histogram delays(Bench bench, LikeServer service, int seconds) {
        Histogram delays = new Histogram(HIGHEST, 3);
        int counts = bench.population().tokens().size() + 1;
        AtomicLongArray acknowledged = new AtomicLongArray(Traffic.WATCHED_CHARACTERS * counts);
        long[] shown = new long[STREAMS];
        Arrays.fill(shown, -1);
        int likes = PER_SECOND * seconds;
        int firstAccount = nextAccount;
        nextAccount += likes / Traffic.WATCHED_CHARACTERS;
        try (CountReader streams = new CountReader(service, bench.population(), STREAMS, (stream, character, count) -> {
            long now = System.nanoTime();
            for (long each = shown[stream] + 1; shown[stream] >= 0 && each <= count; each++) {
                long since = acknowledged.get(character * counts + (int) each);
                delays.recordValue(since == 0 ? 0 : now - since);
            }
            shown[stream] = count;
        })) {
            streams.awaitOpen();
            long begun = System.nanoTime();
            inParallel(likes, number -> {
                for (long due = begun + number * TimeUnit.SECONDS.toNanos(1) / PER_SECOND, left;
                        (left = due - System.nanoTime()) > 0; ) {
                    LockSupport.parkNanos(left);
                }
                int character = number % Traffic.WATCHED_CHARACTERS;
                int account = firstAccount + number / Traffic.WATCHED_CHARACTERS;
                String answer = http.send(
                        service,
                        "PUT",
                        Traffic.WATCHED.path(bench.population(), character),
                        bench.population().tokens().get(account));
                int count = Integer.parseInt(answer.replaceAll(".*\"likeCount\":(\\d+).*", "$1"));
                acknowledged.set(character * counts + count, System.nanoTime());
            });
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1)); // the last counts are on their way
        }
        service.awaitFlushed();
        Bench.say("from acknowledgement to arrival: median "
                + Series.number(delays.getValueAtPercentile(50) / MILLIS, 0) + " ms, p99 "
                + Series.number(delays.getValueAtPercentile(99) / MILLIS, 0) + " ms");
        return delays;
    }

    private static void inParallel(int count, IntConsumer work) {
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
        try {
            List<Future<?>> parts = IntStream.range(0, SENDERS)
                    .<Future<?>>mapToObj(sender -> senders.submit(() -> {
                        for (int number = sender; number < count; number += SENDERS) {
                            work.accept(number);
                        }
                    }))
                    .toList();
            for (Future<?> part : parts) {
                part.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new BenchException("A like failed", e);
        } finally {
            senders.shutdownNow();
        }
    }
}
