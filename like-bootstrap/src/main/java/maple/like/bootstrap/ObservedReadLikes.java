package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;
import maple.like.application.port.in.ReadLikes;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeStatus;

/** Observes reads as {@code like.read}, by operation and result. */
final class ObservedReadLikes implements ReadLikes {
    private static final String NAME = "like.read";

    private final ReadLikes reading;
    private final Operations operations;
    private final Endings status;
    private final Endings count;
    private final Endings statuses;
    private final Endings counts;

    private record Endings(Ending found, Ending unknownCharacter, Ending failed) {}

    ObservedReadLikes(ReadLikes reading, Operations operations, MeterRegistry meters) {
        this.reading = reading;
        this.operations = operations;
        this.status = endings("status", meters);
        this.count = endings("count", meters);
        this.statuses = endings("statuses", meters);
        this.counts = endings("counts", meters);
    }

    private static Endings endings(String what, MeterRegistry meters) {
        return new Endings(
                ending(what, "found", meters),
                ending(what, "unknown_character", meters),
                ending(what, "failed", meters));
    }

    private static Ending ending(String what, String result, MeterRegistry meters) {
        return Ending.of(Timer.builder(NAME)
                .description("Reads of statuses and counts, one or many, by result")
                .tags("op", what, "result", result)
                .register(meters));
    }

    @Override
    public Optional<LikeStatus> status(AccountId account, CharacterName name) {
        return observe(() -> reading.status(account, name), status);
    }

    @Override
    public Optional<LikeCount> count(CharacterName name) {
        return observe(() -> reading.count(name), count);
    }

    @Override
    public Batch<LikeStatus> statuses(AccountId account, Collection<CharacterName> names) {
        return observeBatch(() -> reading.statuses(account, names), statuses);
    }

    @Override
    public Batch<LikeCount> counts(Collection<CharacterName> names) {
        return observeBatch(() -> reading.counts(names), counts);
    }

    /** A batch that finds nothing is one of unknown characters. */
    private <T> Batch<T> observeBatch(Supplier<Batch<T>> read, Endings endings) {
        return operations.observe(
                NAME,
                read,
                batch -> batch.found().isEmpty() ? endings.unknownCharacter() : endings.found(),
                endings.failed());
    }

    private <T> Optional<T> observe(Supplier<Optional<T>> read, Endings endings) {
        return operations.observe(
                NAME,
                read,
                found -> found.isPresent() ? endings.found() : endings.unknownCharacter(),
                endings.failed());
    }
}
