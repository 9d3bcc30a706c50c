package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.GameCharacter;

/**
 * Observes what fills the primary store within a flush: {@code like.sync.replay} is a part of the journal,
 * {@code like.sync.restore} a page of the warm-up.
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
        this.replay = endings(REPLAY, "Parts of the journal applied to the primary store", meters);
        this.restore = endings(RESTORE, "Pages of relations copied to the primary store", meters);
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
    public long applyJournal(int partition, long generation, long token, List<JournalEntry> journal) {
        return observe(REPLAY, () -> pending.applyJournal(partition, generation, token, journal), replay);
    }

    @Override
    public boolean warmUp(int partition, long generation, String cursor, RelationPage page) {
        return observe(RESTORE, () -> pending.warmUp(partition, generation, cursor, page), restore);
    }

    @Override
    public Reconciliation reconcile(int partition, LockedPartition locked) {
        return pending.reconcile(partition, locked);
    }

    @Override
    public boolean handOver(int partition, long generation, long epoch) {
        return pending.handOver(partition, generation, epoch);
    }

    @Override
    public Claim claim(int partition, long generation, long token, int limit) {
        return pending.claim(partition, generation, token, limit);
    }

    @Override
    public void finish(int partition, long generation, long token, Map<GameCharacter, Long> countChanges) {
        pending.finish(partition, generation, token, countChanges);
    }

    @Override
    public Records records() {
        return pending.records();
    }
}
