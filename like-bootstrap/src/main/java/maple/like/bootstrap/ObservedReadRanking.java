package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import maple.like.application.port.in.ReadRanking;

/** Observes reads of the ranking as {@code like.ranking}, by result. */
final class ObservedReadRanking implements ReadRanking {
    private static final String NAME = "like.ranking";

    private final ReadRanking reading;
    private final Operations operations;
    private final Ending read;
    private final Ending failed;

    ObservedReadRanking(ReadRanking reading, Operations operations, MeterRegistry meters) {
        this.reading = reading;
        this.operations = operations;
        this.read = ending("read", meters);
        this.failed = ending("failed", meters);
    }

    private static Ending ending(String result, MeterRegistry meters) {
        return Ending.of(Timer.builder(NAME)
                .description("Reads of the ranking, from memory or from the database, by result")
                .tags("result", result)
                .register(meters));
    }

    @Override
    public Ranking ranking(int limit) {
        return operations.observe(NAME, () -> reading.ranking(limit), ranking -> read, failed);
    }
}
