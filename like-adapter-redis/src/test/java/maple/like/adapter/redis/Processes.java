package maple.like.adapter.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maple.like.application.IdempotencyKeyReusedException;
import maple.like.application.KeyUse;
import maple.like.application.PartitionState;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.Change;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.PendingLikes.Claim;
import maple.like.domain.GameCharacter;
import maple.like.domain.IdempotencyKey;

/**
 * Takes the steps of a sequence, and knows what the processes know that flush. A flush is several steps, so that others
 * come between them; where the next step never comes, its process died.
 */
final class Processes {
    private static final int ALL = 100;

    private final Twins twins;
    private final Map<Integer, Claimed> claimed = new HashMap<>();
    private final List<Owner> owners = new ArrayList<>();
    private final Map<Integer, List<Stored>> stored = new HashMap<>();
    private final Map<Integer, Copied> copied = new HashMap<>();
    private final Map<Integer, String> cursors = new HashMap<>();

    Processes(Twins twins) {
        this.twins = twins;
    }

    private record Owner(int partition, long generation, long token, List<JournalEntry> journal, int limit) {}

    /** What the owner of the lock is about to store. */
    private record Claimed(
            long token, Optional<LikeBatch> batch, long number, List<JournalEntry> journal, String cursor) {}

    private record Stored(long generation, long token, Map<GameCharacter, Long> countChanges) {}

    private record Copied(long generation, String cursor, RelationPage page) {}

    void take(Step step) {
        int partition = step.partition();
        switch (step.kind()) {
            case CLICK ->
                twins.ask(step.age(), side -> side.likes().apply(step.account(), step.character(), step.intent()));
            case CLICK_WITH_KEY ->
                twins.ask(
                        step.age(),
                        side -> side.likes().apply(step.account(), step.character(), step.intent(), keyOf(step)));
            case READ_STATUS -> twins.ask(0, side -> side.likes().status(step.account(), step.character()));
            case READ_COUNT -> twins.ask(step.age(), side -> side.likes().count(step.character()));
            case READ_BACKLOG -> twins.ask(0, side -> side.pending().records().backlog(partition));
            case EXPIRE_TOTALS -> twins.expireTotals();
            case EMPTY_REDIS -> twins.empty();
            case SAVE -> twins.save();
            case GO_BACK -> twins.goBack();
            case CLAIM_FEW -> claim(partition, step.few());
            case CLAIM_ALL -> claim(partition, ALL);
            case CLAIM_AGAIN -> owners.stream().skip(step.age()).findFirst().ifPresent(this::claimOrApply);
            case COMMIT -> commit(partition);
            case FINISH -> finish(partition, step.age());
            case FLUSH -> {
                claim(partition, ALL);
                commit(partition);
                finish(partition, 0);
            }
            case COPY_PAGE -> copyPage(partition, step.few());
            case COPY_PAGE_AGAIN -> Optional.ofNullable(copied.get(partition)).ifPresent(page -> copy(partition, page));
            case DECIDE -> decide(step, null);
            case DECIDE_WITH_KEY -> decide(step, keyOf(step));
        }
    }

    /** Takes the lock, from a process that died if it did not commit, and claims a batch or applies the journal. */
    private void claim(int partition, int limit) {
        claimed.remove(partition);
        twins.store.awaitPartition(partition, locked -> {
            Owner owner = new Owner(
                    partition,
                    locked.row().generation(),
                    locked.token(),
                    locked.journal().entries(limit),
                    limit);
            owners.add(0, owner);
            if (twins.ask(0, side -> side.pending().reconcile(partition, locked))
                    .isPresent()) {
                claimOrApply(owner).ifPresent(batch -> {
                    claimed.put(partition, batch);
                    if (batch.cursor() != null) {
                        cursors.put(partition, batch.cursor());
                    }
                });
            }
            return locked;
        });
    }

    private Optional<Claimed> claimOrApply(Owner owner) {
        int partition = owner.partition();
        if (!owner.journal().isEmpty()) {
            return twins.ask(
                            0,
                            side -> side.pending()
                                    .applyJournal(partition, owner.generation(), owner.token(), owner.journal()))
                    .map(number -> new Claimed(owner.token(), Optional.empty(), number, owner.journal(), null));
        }
        return twins.ask(0, side -> {
                    Claim claim = side.pending().claim(partition, owner.generation(), owner.token(), owner.limit());
                    twins.claimTheSame(claim.batch());
                    return claim;
                })
                .map(claim -> new Claimed(
                        owner.token(),
                        claim.batch(),
                        0,
                        List.of(),
                        claim.warmUpCursor().orElse(null)));
    }

    private void commit(int partition) {
        Claimed batch = claimed.remove(partition);
        if (batch == null) {
            return;
        }
        twins.store.awaitPartition(partition, batch.token(), locked -> {
            Map<GameCharacter, Long> changes = new HashMap<>();
            if (batch.journal().isEmpty()) {
                failBack(locked);
                batch.batch()
                        .ifPresent(
                                some -> changes.putAll(locked.rows().store(some).countChanges()));
            } else {
                locked.journal().acknowledge(batch.number(), batch.journal());
                batch.journal().forEach(entry -> changes.merge(entry.character(), entry.change(), Long::sum));
            }
            return stored.computeIfAbsent(partition, first -> new ArrayList<>())
                    .add(new Stored(locked.row().generation(), locked.row().token(), changes));
        });
        twins.storeChanged();
    }

    private static void failBack(LockedPartition locked) {
        if (locked.row().state() == PartitionState.FAILED_OVER) {
            locked.moveTo(PartitionState.REPLAYING);
        }
        if (locked.row().state() == PartitionState.REPLAYING) {
            locked.moveTo(PartitionState.WARMING_UP);
        }
    }

    private void finish(int partition, int age) {
        List<Stored> all = stored.getOrDefault(partition, List.of());
        if (age < all.size()) {
            Stored last = all.get(all.size() - 1 - age);
            twins.ask(0, side -> {
                side.pending().finish(partition, last.generation(), last.token(), last.countChanges());
                return true;
            });
        }
    }

    private void copyPage(int partition, int size) {
        claimed.remove(partition);
        String cursor = cursors.getOrDefault(partition, LikeLedger.START);
        twins.store.awaitPartition(partition, locked -> {
            if (!locked.row().state().databaseDecides()) {
                RelationPage page = locked.rows().relationsAfter(cursor, size);
                copied.put(partition, new Copied(locked.row().generation(), cursor, page));
                copy(partition, copied.get(partition));
                cursors.put(partition, page.next());
            }
            return locked;
        });
    }

    private void copy(int partition, Copied page) {
        twins.ask(0, side -> side.pending().warmUp(partition, page.generation(), page.cursor(), page.page()));
    }

    /** Which keys another partition noted depends on calls that were answered nothing, so there each character has its own. */
    private KeyUse keyOf(Step step) {
        String key = "key-" + step.few();
        return Twins.use(new IdempotencyKey(
                twins.partitions.count() == 1 ? key : key + step.character().ocid()));
    }

    private void decide(Step step, KeyUse use) {
        int partition = twins.partitions.of(step.character().ocid());
        claimed.remove(partition);
        twins.store.awaitPartition(partition, locked -> {
            if (!locked.row().state().databaseDecides()) {
                locked.moveTo(PartitionState.FAILED_OVER);
            }
            try {
                return locked.journal()
                        .decide(List.of(new Change(step.account(), step.character(), step.intent(), use)));
            } catch (IdempotencyKeyReusedException e) {
                return List.of();
            }
        });
        twins.storeChanged();
    }
}
