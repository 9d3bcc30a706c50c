package maple.like.application.service;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.AppliedBatch;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PendingLikes.Claim;
import maple.like.domain.CharacterName;
import maple.like.domain.RelationKey;

final class SyncLikesService implements SyncLikes {
    private static final Report BUSY = new Report(Outcome.BUSY, 0, 0, List.of(), Map.of(), 0, false);

    private static final int MOST_TURNED_AWAY = 3;

    private static final Claim NOTHING = new Claim(Optional.empty(), Map.of(), 0, OptionalLong.empty());

    private final LikeLedger ledger;
    private final PendingLikes pending;
    private final CharacterDirectory stored;
    private final int batchSize;
    private final int pageSize;

    /** By partition: how often in a row somebody else was at work. */
    private final Map<Integer, Integer> turnedAway = Collections.synchronizedMap(new HashMap<>());

    SyncLikesService(LikeLedger ledger, PendingLikes pending, CharacterDirectory stored, int batchSize, int pageSize) {
        if (batchSize < 2 || pageSize < 1) {
            throw new IllegalArgumentException(
                    "batchSize must be 2 or more and pageSize 1 or more: " + batchSize + ", " + pageSize);
        }
        this.ledger = ledger;
        this.pending = pending;
        this.stored = stored;
        this.batchSize = batchSize;
        this.pageSize = pageSize;
    }

    @Override
    public Report sync(int partition) {
        return enter(partition)
                .map(round -> {
                    round.applied().ifPresent(applied -> pending.finish(partition, applied.state()));
                    long backlog = round.replayed()
                            ? pending.backlog(partition)
                            : round.claim().backlog();
                    return report(
                            round, backlog, restore(partition, round.claim().missingFrom()));
                })
                .orElse(BUSY);
    }

    /** Whoever was turned away a few times in a row waits for its turn: others may hold the lock nearly all the time. */
    private Optional<Round> enter(int partition) {
        Optional<Round> round = turnedAway.getOrDefault(partition, 0) < MOST_TURNED_AWAY
                ? ledger.withPartition(partition, locked -> store(partition, locked))
                : Optional.of(ledger.awaitPartition(partition, locked -> store(partition, locked)));
        if (round.isPresent()) {
            turnedAway.remove(partition);
        } else {
            turnedAway.merge(partition, 1, Integer::sum);
        }
        return round;
    }

    /** Inside the transaction: the claim and the rows share the partition's lock. */
    private Round store(int partition, LockedPartition locked) {
        pending.settle(partition, locked.state(), locked::changes);
        // Between the two, so that nobody claims who lost the lock before settling.
        List<JournalEntry> journal = locked.journal(batchSize);
        if (!journal.isEmpty()) {
            return replay(partition, locked, journal);
        }
        Claim claim = pending.claim(partition, locked.state(), batchSize);
        if (locked.detached()) {
            locked.attach(); // the buffer answers, and knows everything that was decided without it
        }
        return new Round(claim, claim.batch().map(locked::apply), false);
    }

    /** What the store decided by itself or refused comes before anything that the buffer still holds. */
    private Round replay(int partition, LockedPartition locked, List<JournalEntry> journal) {
        long number = pending.impose(partition, locked.state(), journal);
        PartitionState state = locked.replay(number, journal);
        if (locked.detached() && locked.journal(1).isEmpty()) {
            locked.attach(); // at once: whoever decides without the buffer would fill the journal again
        }
        return new Round(NOTHING, Optional.of(new AppliedBatch(state, 0, 0, List.of())), true);
    }

    /** A page of its own transaction, so that other instances get their turn between two pages of a long copy. */
    private boolean restore(int partition, OptionalLong missingFrom) {
        if (missingFrom.isEmpty()) {
            return false;
        }
        long cursor = missingFrom.getAsLong();
        return ledger.withPartition(partition, locked -> {
                    if (locked.detached()) {
                        return true; // later: rows may be newer than the buffer knows
                    }
                    RelationPage page = locked.relationsAfter(cursor, pageSize);
                    pending.restore(partition, locked.state().generation(), cursor, page);
                    return !page.last();
                })
                .orElse(false);
    }

    private Report report(Round round, long backlog, boolean restoring) {
        Optional<AppliedBatch> applied = round.applied();
        List<RelationKey> setAside = applied.map(AppliedBatch::setAside).orElse(List.of());
        return new Report(
                applied.isPresent() ? Outcome.STORED : Outcome.DRAINED,
                applied.map(AppliedBatch::inserted).orElse(0),
                applied.map(AppliedBatch::deleted).orElse(0),
                setAside,
                driftOf(round.claim()),
                backlog,
                // What was set aside may have to be told to the buffer.
                restoring || round.replayed() || !setAside.isEmpty() || backlog >= batchSize);
    }

    /** What is left of a character that no longer exists is what was set aside. */
    private Map<CharacterName, Long> driftOf(Claim claim) {
        Map<CharacterName, Long> drift = new HashMap<>(claim.drift());
        drift.keySet().removeIf(name -> stored.find(name).isEmpty());
        return drift;
    }

    private record Round(Claim claim, Optional<AppliedBatch> applied, boolean replayed) {}
}
