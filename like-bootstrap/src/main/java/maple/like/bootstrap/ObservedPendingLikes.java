package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.CharacterName;
import maple.like.domain.RelationKey;

/**
 * Observes, within a round of synchronisation, what fills Redis: {@code like.sync.replay} is what the database decided
 * without it, {@code like.sync.restore} a page of relations.
 */
final class ObservedPendingLikes implements PendingLikes {
    private static final String REPLAY = "like.sync.replay";
    private static final String RESTORE = "like.sync.restore";

    private final PendingLikes pending;
    private final Operations operations;
    private final Endings replay;
    private final Endings restore;

    private record Endings(Ending succeeded, Ending failed) {}

    ObservedPendingLikes(PendingLikes pending, Operations operations, MeterRegistry meters) {
        this.pending = pending;
        this.operations = operations;
        this.replay = endings(REPLAY, "Decisions of the database that Redis was told of", meters);
        this.restore = endings(RESTORE, "Pages of relations copied to Redis", meters);
    }

    private static Endings endings(String name, String description, MeterRegistry meters) {
        return new Endings(ending(name, description, "success", meters), ending(name, description, "failure", meters));
    }

    private static Ending ending(String name, String description, String status, MeterRegistry meters) {
        return Ending.of(Timer.builder(name)
                .description(description)
                .tag("status", status)
                .register(meters));
    }

    private <T> T observe(String name, Supplier<T> operation, Endings endings) {
        return operations.observe(name, operation, done -> endings.succeeded(), endings.failed());
    }

    @Override
    public long impose(int partition, PartitionState stored, List<JournalEntry> journal) {
        return observe(REPLAY, () -> pending.impose(partition, stored, journal), replay);
    }

    @Override
    public void restore(int partition, long generation, long cursor, RelationPage page) {
        observe(
                RESTORE,
                () -> {
                    pending.restore(partition, generation, cursor, page);
                    return page;
                },
                restore);
    }

    @Override
    public void settle(
            int partition,
            PartitionState stored,
            Function<Map<RelationKey, Boolean>, Map<CharacterName, Long>> changes) {
        pending.settle(partition, stored, changes);
    }

    @Override
    public Claim claim(int partition, PartitionState stored, int limit) {
        return pending.claim(partition, stored, limit);
    }

    @Override
    public void finish(int partition, PartitionState stored) {
        pending.finish(partition, stored);
    }

    @Override
    public long backlog(int partition) {
        return pending.backlog(partition);
    }
}
