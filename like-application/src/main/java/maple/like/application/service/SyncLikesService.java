package maple.like.application.service;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import maple.like.application.PartitionState;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.likes.Reconciler;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionRow;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeLedger.StoredBatch;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PendingLikes.Claim;
import maple.like.application.port.out.PendingLikes.Reconciliation;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;

/** Claim, store, finish: each step may be repeated, and the partition's lock joins the first two. */
final class SyncLikesService implements SyncLikes {
    private static final Report BUSY =
            new Report(Outcome.BUSY, Optional.empty(), 0, 0, 0, List.of(), Map.of(), 0, false);

    /** Rounds in a row that may find the lock taken: during a failover, decisions hold it nearly all the time. */
    private static final int MOST_BUSY_ROUNDS = 3;

    /** Of the journal in one transaction: the primary store applies them at once. */
    private static final int MOST_ENTRIES = 1_000;

    private static final int PAGES_PER_ROUND = 5;

    /** One page at a time: requests need the processor, the database and the primary store, too. */
    private final Lock warmingUp = new ReentrantLock(true);

    private final LikeLedger ledger;
    private final PendingLikes pending;
    private final Reconciler reconciler;
    private final CharacterDirectory stored;
    private final int batchSize;
    private final int pageSize;
    private final Map<Integer, Integer> busyRounds = new ConcurrentHashMap<>();

    SyncLikesService(LikeLedger ledger, PendingLikes pending, CharacterDirectory stored, int batchSize, int pageSize) {
        if (batchSize < 2 || pageSize < 1) {
            throw new IllegalArgumentException(
                    "batchSize must be 2 or more and pageSize 1 or more: " + batchSize + ", " + pageSize);
        }
        this.ledger = ledger;
        this.pending = pending;
        this.reconciler = new Reconciler(pending);
        this.stored = stored;
        this.batchSize = batchSize;
        this.pageSize = pageSize;
    }

    @Override
    public Report sync(int partition) {
        Optional<Round> entered = enter(partition);
        if (entered.isEmpty()) {
            busyRounds.merge(partition, 1, Integer::sum);
            return BUSY;
        }
        Round round = entered.get();
        if (round.unfinished()) {
            busyRounds.put(partition, MOST_BUSY_ROUNDS); // the next round waits for the lock
        } else {
            busyRounds.remove(partition);
        }
        if (round.stored()) {
            pending.finish(
                    partition,
                    round.row().generation(),
                    round.row().token(),
                    round.batch().countChanges());
        }
        boolean warmingUp = round.warmUpCursor().isPresent()
                && warmUp(partition, round.warmUpCursor().get());
        long backlog = round.unclaimed() ? pending.records().backlog(partition) : round.backlog();
        boolean rejectedSome = !round.batch().rejected().isEmpty(); // the journal has them
        return new Report(
                round.stored() ? Outcome.STORED : Outcome.DRAINED,
                Optional.of(round.row().state()),
                round.row().epoch(),
                round.batch().inserted(),
                round.batch().deleted(),
                round.batch().rejected(),
                driftOfExisting(round.drift()),
                backlog,
                warmingUp || round.unclaimed() || rejectedSome || backlog >= batchSize);
    }

    private Optional<Round> enter(int partition) {
        return busyRounds.getOrDefault(partition, 0) < MOST_BUSY_ROUNDS
                ? ledger.tryPartition(partition, locked -> store(partition, locked))
                : Optional.of(ledger.awaitPartition(partition, locked -> store(partition, locked)));
    }

    private Round store(int partition, LockedPartition locked) {
        Reconciliation found;
        try {
            found = reconciler.reconcile(partition, locked);
        } catch (PrimaryUnavailableException e) {
            if (!e.isReadOnly() || locked.row().state().databaseDecides()) {
                throw e;
            }
            reconciler.failReadOnlyOver(partition, locked, e, Long.MAX_VALUE);
            return Round.ofNothing(locked);
        }
        if (found == Reconciliation.UNFINISHED) {
            return Round.ofUnclaimed(locked);
        }
        if (found == Reconciliation.FULL && locked.row().state().databaseDecides()) {
            return Round.ofNothing(locked); // it hides nothing, and has no memory for the journal
        }
        if (locked.row().state() == PartitionState.FAILED_OVER) {
            locked.moveTo(PartitionState.REPLAYING);
        }
        // Read after reconciling in any case: an owner that has lost the lock learns it here, before it claims.
        List<JournalEntry> journal = locked.journal().entries(Math.min(batchSize, MOST_ENTRIES));
        if (!journal.isEmpty()) {
            return replay(partition, locked, journal);
        }
        if (!locked.row().state().databaseDecides() && locked.rows().admitCharacters()) {
            locked.primary().invalidate();
            return Round.ofUnclaimed(locked);
        }
        Claim claim = pending.claim(partition, locked.row().generation(), locked.token(), batchSize);
        locked.moveTo(claim.warmUpCursor().isEmpty() ? PartitionState.ACTIVE : PartitionState.WARMING_UP);
        Optional<StoredBatch> batch = claim.batch().map(locked.rows()::store);
        return Round.of(locked, claim, batch);
    }

    private Round replay(int partition, LockedPartition locked, List<JournalEntry> journal) {
        long generation = pending.applyJournal(partition, locked.row().generation(), locked.token(), journal);
        locked.journal().acknowledge(generation, journal);
        if (locked.row().state() == PartitionState.REPLAYING
                && locked.journal().entries(1).isEmpty()) {
            locked.moveTo(PartitionState.WARMING_UP); // at once: decisions would fill the journal again
        }
        return Round.ofJournal(locked, journal);
    }

    /** Copies some pages: a flush after each would outdate what requests have just read from the database. */
    private boolean warmUp(int partition, String cursor) {
        Optional<String> next = Optional.of(cursor);
        for (int pages = 0; pages < PAGES_PER_ROUND && next.isPresent(); pages++) {
            next = copyPage(partition, next.get());
        }
        return next.isPresent();
    }

    /**
     * Copies a page in a transaction of its own, so that other instances get the lock between two pages.
     *
     * @return where the next page starts
     */
    private Optional<String> copyPage(int partition, String cursor) {
        warmingUp.lock();
        try {
            return ledger.tryPartition(partition, locked -> {
                        if (locked.row().state().databaseDecides()) {
                            return Optional.of(cursor); // later: rows may be newer than the primary store knows
                        }
                        RelationPage page = locked.rows().relationsAfter(cursor, pageSize);
                        boolean copied = pending.warmUp(partition, locked.row().generation(), cursor, page);
                        return copied && !page.last() ? Optional.of(page.next()) : Optional.<String>empty();
                    })
                    .flatMap(next -> next);
        } finally {
            warmingUp.unlock();
        }
    }

    /** What is buffered for a character that no longer exists belongs to dead letters. */
    private Map<CharacterName, Long> driftOfExisting(Map<CharacterName, Long> drift) {
        Map<CharacterName, Long> existing = new HashMap<>(drift);
        existing.keySet().removeIf(name -> !stored.isCounted(name));
        return existing;
    }

    /** What a transaction did. */
    private record Round(
            PartitionRow row,
            boolean stored,
            boolean unclaimed,
            StoredBatch batch,
            Map<CharacterName, Long> drift,
            long backlog,
            Optional<String> warmUpCursor) {
        /** Whether reconciling takes more rounds. */
        boolean unfinished() {
            return unclaimed && !stored;
        }

        private static final StoredBatch NOTHING = new StoredBatch(Map.of(), 0, 0, List.of());

        static Round ofNothing(LockedPartition locked) {
            return of(locked, new Claim(Optional.empty(), Map.of(), 0, Optional.empty()), Optional.empty());
        }

        static Round of(LockedPartition locked, Claim claim, Optional<StoredBatch> batch) {
            return new Round(
                    locked.row(),
                    batch.isPresent(),
                    false,
                    batch.orElse(NOTHING),
                    claim.drift(),
                    claim.backlog(),
                    claim.warmUpCursor());
        }

        /** Nothing was claimed: the next round reconciles the primary store first, or goes on with that. */
        static Round ofUnclaimed(LockedPartition locked) {
            return new Round(locked.row(), false, true, NOTHING, Map.of(), 0, Optional.empty());
        }

        static Round ofJournal(LockedPartition locked, List<JournalEntry> journal) {
            Map<GameCharacter, Long> changes = new HashMap<>();
            journal.forEach(entry -> changes.merge(entry.character(), entry.change(), Long::sum));
            return new Round(
                    locked.row(), true, true, new StoredBatch(changes, 0, 0, List.of()), Map.of(), 0, Optional.empty());
        }
    }
}
