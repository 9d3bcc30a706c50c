package protocol;

import static protocol.Relations.CHARACTERS;
import static protocol.Relations.RELATIONS;
import static protocol.Relations.characterOf;
import static protocol.Relations.has;
import static protocol.Relations.text;
import static protocol.Relations.with;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** One partition. Each method is one script, which runs as a whole. */
final class Redis implements Cloneable {
    static final long NONE = -1;

    final Set<Break> broken;
    final Set<AsBuilt> asBuilt;
    int relations;
    int pending;
    int unliked;
    int[] buffer = new int[CHARACTERS];
    Integer[] count = new Integer[CHARACTERS];
    long batch = NONE;
    int batchLikes;
    int batchUnlikes;
    long batchJournal = NONE;
    long batchToken;
    Mark journal = Mark.NONE;
    Long generation;
    boolean complete;
    long warmUp;

    /** The generation that Redis is recovered to, or NONE: as long as it is recovered, it answers nothing. */
    long recovers = NONE;

    long recovery = NONE; // the token of the transaction that recovers it
    int recovered; // pages

    /** NONE where Redis is open; else it answers nothing, and is compared with this generation, or is to be. */
    long closed = NONE;

    /** NONE, or the epoch since when the database decides in place of a full Redis, which answers nothing either. */
    long handedOver = NONE;

    /** Refuses what needs memory. */
    boolean full;

    /** Refuses all writes. */
    boolean readOnly;

    Redis(Set<Break> broken, Set<AsBuilt> asBuilt) {
        this.broken = broken;
        this.asBuilt = asBuilt;
    }

    Redis copy() {
        try {
            Redis copy = (Redis) clone();
            copy.buffer = buffer.clone();
            copy.count = count.clone();
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    int claimed() {
        return batchLikes | batchUnlikes;
    }

    int waiting() {
        return pending | unliked | claimed();
    }

    private boolean isClosed() {
        return closed != NONE || recovers != NONE;
    }

    private void dropBatch() {
        batch = batchJournal = NONE;
        batchLikes = batchUnlikes = 0;
    }

    private boolean fresh(Stored stored) {
        long finished = generation == null ? stored.generation() : generation;
        return broken.contains(Break.NO_FRESHNESS)
                || finished <= stored.generation() && !(batch != NONE && batch > stored.generation() + 1);
    }

    /** Redis lost something, and is to be reconciled before it takes what the database holds. */
    private boolean lags(Stored stored) {
        return generation == null
                ? !broken.contains(Break.NO_GENERATION_NEEDED)
                : (batch != NONE ? batch : generation) < stored.generation();
    }

    /** toggle.lua */
    Reply toggle(int character, int relation, Intent intent, Stored offer) {
        if (isClosed() && !broken.contains(Break.REBUILD_STAYS_OPEN)
                || handedOver != NONE && !broken.contains(Break.HAND_OVER_STAYS_OPEN)) {
            return Reply.NEEDS_STORED;
        }
        if (offer != null && lags(offer)) {
            return Reply.NEEDS_RECONCILING;
        }
        boolean change = intent != Intent.STATUS && intent != Intent.COUNT;
        Stored stored = offer != null && fresh(offer) ? offer : null;
        boolean liked = false;
        boolean guessed = false;
        if (intent != Intent.COUNT) {
            if (has(relations, relation)) {
                liked = true;
            } else if (!complete && !has(unliked, relation)) {
                if (has(claimed(), relation)) {
                    liked = has(batchLikes, relation);
                } else if (stored != null) {
                    liked = stored.liked();
                    guessed = true;
                } else {
                    return Reply.NEEDS_STORED;
                }
            }
        }
        Integer total = count[character];
        if (total == null) {
            if (stored == null) {
                return Reply.NEEDS_STORED;
            }
            total = stored.count() + buffer[character];
            if (batch != NONE && batch == stored.generation()) {
                total -= broken.contains(Break.STORED_BATCH_COUNTED_TWICE) ? 0 : stored.change();
            }
            if ((full || readOnly) && change) {
                return Reply.REFUSED;
            }
            count[character] = full || readOnly ? null : total;
        }
        if (stored != null && generation == null && !full && !readOnly) { // only where the safeguard is off
            generation = stored.generation();
        }
        if (!change) {
            return new Reply(true, liked, total);
        }
        boolean want = intent == Intent.LIKE || intent == Intent.TOGGLE && !liked;
        if ((full || readOnly) && (want != liked || guessed)) {
            return Reply.REFUSED;
        }
        if (want != liked || guessed && !broken.contains(Break.GUESS_NOT_WRITTEN)) {
            put(relation, want);
        }
        if (want != liked) {
            buffer[character] += want ? 1 : -1;
            count[character] = total += want ? 1 : -1;
        }
        return new Reply(true, want, total);
    }

    private void put(int relation, boolean liked) {
        relations = with(relations, relation, liked);
        pending = with(pending, relation, liked);
        unliked = with(unliked, relation, !liked);
    }

    /**
     * reconcile.lua and finish.lua. Without deltas it only answers whether Redis is in step.
     *
     * @param epoch of the partition where Redis decides by what the caller knows, else NONE
     * @param lostFrom what Redis has to know at least so that it holds all that the database holds, which lost commits
     */
    Reconciled reconcile(long stored, int[] deltas, long token, long epoch, long lostFrom) {
        long known = Math.max(Math.max(closed, recovers), generation == null ? NONE : generation);
        if (known > stored && !broken.contains(Break.NO_GENERATION_CHECK)) {
            Mark applied = broken.contains(Break.JOURNAL_APPLIED_TWICE) ? Mark.NONE : journal;
            return new Reconciled(-1, isFullAndDrained(), Math.max(known, batch), applied);
        }
        if (epoch != NONE && handedOver != NONE) {
            if (epoch < handedOver) {
                return new Reconciled(3, isFullAndDrained());
            }
            handedOver = NONE;
        }
        if (deltas == null
                && (isClosed() || generation == null || generation != stored || batch != NONE && batch <= stored)) {
            return new Reconciled(2, isFullAndDrained());
        }
        if (closed != NONE) { // before all is gathered, it still has everything
            return closed == 0 ? close(stored, lostFrom) : new Reconciled(0, isFullAndDrained());
        }
        if (recovers != NONE) {
            recovers = stored; // the database may have lost commits again
            return new Reconciled(4, isFullAndDrained());
        }
        if (batch == stored && batchToken != token && !asBuilt.contains(AsBuilt.NUMBER)) {
            return close(stored, lostFrom); // not the batch that is stored
        }
        if (batch != NONE && (batch == stored || broken.contains(Break.FINISH_WITHOUT_NUMBER) && deltas != null)) {
            for (int c = 0; c < CHARACTERS; c++) {
                buffer[c] -= broken.contains(Break.BUFFER_NOT_CORRECTED) ? 0 : deltas[c];
            }
            dropBatch();
        } else if (batch == NONE && generation == null) {
            for (int c = 0; c < CHARACTERS; c++) {
                if (deltas[c] != 0) {
                    count[c] = null;
                }
            }
        } else if ((batch != NONE && batch < stored || generation != null && generation != stored)
                && !broken.contains(Break.NO_REBUILD)) {
            return close(stored, lostFrom);
        }
        generation = stored;
        return new Reconciled(1, isFullAndDrained());
    }

    private Reconciled close(long stored, long lostFrom) {
        if (lostFrom != NONE
                && generation != null
                && generation >= lostFrom
                && !broken.contains(Break.REBUILT_FROM_LOST_COMMITS)) {
            closed = NONE;
            recovers = stored;
            return new Reconciled(4, isFullAndDrained());
        }
        closed = 0; // before any generation
        return new Reconciled(0, isFullAndDrained());
    }

    private boolean isFullAndDrained() {
        return full && batch == NONE && (waiting() == 0 || broken.contains(Break.HAND_OVER_UNDRAINED));
    }

    private boolean refuses(long stored) {
        return isClosed()
                || (generation == null || generation != stored) && !broken.contains(Break.NO_GENERATION_CHECK);
    }

    /** hand_over.lua: closes a full Redis without pending changes, so that the database may decide. */
    boolean handOver(long stored, long epoch) {
        if (refuses(stored) || !isFullAndDrained()) {
            return false;
        }
        handedOver = epoch;
        return true;
    }

    /** claim.lua */
    Claim claim(long stored, int limit, long token) {
        if (refuses(stored) && !broken.contains(Break.CLAIM_BEFORE_RECONCILE)) {
            return new Claim(-1, 0, 0, 0, false, -1);
        }
        if (batch == NONE && (pending | unliked) != 0) {
            int likes = Integer.bitCount(pending);
            int unlikes = Integer.bitCount(unliked);
            int unlikesTaken = Math.min(unlikes, Math.max(limit / 2, limit - likes));
            batchUnlikes = lowest(unliked, unlikesTaken);
            batchLikes = lowest(pending, Math.min(likes, limit - unlikesTaken));
            pending &= ~batchLikes;
            unliked &= ~batchUnlikes;
            batch = stored + 1;
        }
        batchToken = asBuilt.contains(AsBuilt.NUMBER) ? batchToken : token; // also of a batch that is given again
        boolean drift = false;
        if (batch == NONE) {
            for (int c = 0; c < CHARACTERS; c++) {
                if (buffer[c] != 0) {
                    drift = true;
                    count[c] = null;
                    buffer[c] = 0;
                }
            }
        }
        return new Claim(batch == NONE ? 0 : batch, batchToken, batchLikes, batchUnlikes, drift, complete ? -1 : warmUp);
    }

    private static int lowest(int set, int size) {
        int taken = 0;
        for (int i = 0; i < size; i++) {
            taken |= Integer.lowestOneBit(set & ~taken);
        }
        return taken;
    }

    /** apply_journal.lua: applies the journal. Answers the number of the batch that stands for it, or -1. */
    long applyJournal(long stored, long lastEntry, List<Entry> lastOfEach, long token) {
        if (refuses(stored)) {
            return -1;
        }
        if (!broken.contains(Break.REPLAY_FORGETS_CLAIM)) {
            for (int r = 0; r < RELATIONS; r++) {
                if (has(claimed(), r)) {
                    if (has(relations, r)) {
                        pending = with(pending, r, true);
                    } else {
                        unliked = with(unliked, r, true);
                    }
                }
            }
        }
        long number = batch == NONE ? stored + 1 : batchJournal == NONE ? stored + 2 : batch;
        dropBatch();
        batch = number;
        batchJournal = lastEntry;
        batchToken = token;
        for (Entry entry : lastOfEach) {
            if (journal.covers(entry) && !broken.contains(Break.JOURNAL_APPLIED_TWICE)) {
                continue;
            }
            int r = entry.relation();
            boolean liked = has(relations, r);
            boolean known = liked || complete || has(unliked, r);
            int change = known ? (entry.liked() ? 1 : 0) - (liked ? 1 : 0) : entry.change();
            buffer[characterOf(r)] += broken.contains(Break.JOURNAL_NOT_IN_BUFFER) ? 0 : change;
            put(r, entry.liked());
            count[characterOf(r)] = null;
        }
        for (Entry entry : lastOfEach) {
            journal = journal.and(entry);
        }
        return number;
    }

    /** restore.lua: a page of the warm-up. */
    void restore(long stored, long cursor, long nextCursor, boolean last, int page) {
        if (complete
                || warmUp != cursor && !broken.contains(Break.WARM_UP_WITHOUT_CURSOR)
                || refuses(stored)
                || batch != NONE && batch > stored + 1) {
            return;
        }
        int unlikes = unliked | (batch > stored ? batchUnlikes : 0);
        relations |= broken.contains(Break.WARM_UP_OVERWRITES_UNLIKED) ? page : page & ~unlikes;
        complete = last;
        warmUp = last ? 0 : nextCursor;
    }

    /** rebuild.lua: gathers what is pending in the batch, then makes it pending again page by page. */
    Rebuild rebuild(long stored, Rebuild page, int[] changes, int limit, boolean another) {
        if (closed == NONE || closed > stored) {
            return Rebuild.ENDED;
        }
        if (closed != stored) {
            int taken = lowest(pending != 0 ? pending : unliked, limit);
            pending &= ~taken;
            unliked &= ~taken;
            batchLikes = batchLikes & ~taken | relations & taken;
            batchUnlikes = batchUnlikes & ~taken | ~relations & taken;
            if (taken == 0) {
                relations = 0;
                buffer = new int[CHARACTERS];
                complete = false;
                warmUp = 0;
                batch = batchJournal = NONE;
                closed = stored;
            }
            return Rebuild.GATHERS;
        }
        boolean there = (page.waiting() & ~claimed()) == 0 && ((page.liked() ^ batchLikes) & page.waiting()) == 0;
        if (there || broken.contains(Break.REBUILD_PAGE_TWICE)) {
            for (int r = 0; r < RELATIONS; r++) {
                if (has(page.waiting(), r) && !broken.contains(Break.REBUILD_FORGETS_WAITING)) {
                    put(r, has(page.liked(), r));
                }
            }
            batchLikes &= ~page.waiting();
            batchUnlikes &= ~page.waiting();
            for (int c = 0; c < CHARACTERS; c++) {
                buffer[c] += changes[c];
            }
        }
        int next = another ? lowest(claimed(), limit) : 0;
        return new Rebuild(claimed() != 0, next, batchLikes & next);
    }

    /** open.lua, through the connection that dropped the totals: they could be back otherwise. */
    boolean open(long stored) {
        if (closed != stored || claimed() != 0) {
            return false;
        }
        closed = NONE;
        generation = stored;
        return true;
    }

    /** recover.lua: begins, or begins again. */
    boolean recover(long stored, long token) {
        if (recovers != stored) {
            return false;
        }
        recovery = token;
        recovered = 0;
        for (int r = 0; r < RELATIONS; r++) {
            if (has(claimed(), r)) {
                pending = with(pending, r, has(relations, r));
                unliked = with(unliked, r, !has(relations, r));
            }
        }
        dropBatch();
        Arrays.fill(buffer, 0);
        return true;
    }

    /** recover.lua: a page of relations, and which of them the database holds. What differs becomes pending. */
    boolean recover(long stored, long token, int page, int compared, int rows) {
        if (recovers != stored || recovery != token && !broken.contains(Break.RECOVERY_WITHOUT_TOKEN)) {
            return false;
        }
        if (recovered != page && !broken.contains(Break.REBUILD_PAGE_TWICE)) {
            return recovered == page + 1; // sent again, or else Redis went back
        }
        recovered = page + 1;
        for (int r = 0; r < RELATIONS; r++) {
            boolean liked = has(relations, r);
            boolean known = liked || complete || has(unliked, r);
            if (has(compared, r) && known && liked != has(rows, r)) {
                put(r, liked);
                buffer[characterOf(r)] += liked ? 1 : -1;
            }
        }
        return true;
    }

    /** open.lua, through the connection that dropped the totals. */
    boolean openRecovered(long stored, long token, int pages) {
        boolean ended = recovers == stored
                && (recovery == token && recovered == pages || broken.contains(Break.RECOVERY_WITHOUT_TOKEN));
        if (ended) {
            recovers = recovery = NONE;
            warmUp = 0;
            generation = stored;
        }
        return ended;
    }

    void dropTotals() {
        Arrays.fill(count, null);
    }

    @Override
    public String toString() {
        return "{relations=" + text(relations) + " pending=" + text(pending) + " unliked=" + text(unliked)
                + " buffer=" + Arrays.toString(buffer) + " count=" + Arrays.toString(count)
                + (batch == NONE ? "" : " batch=" + batch + "+" + text(batchLikes) + "-" + text(batchUnlikes))
                + (batchJournal == NONE ? "" : " journal=" + batchJournal)
                + (closed == NONE ? "" : " closed=" + closed)
                + (handedOver == NONE ? "" : " handed-over=" + handedOver) + (full ? " FULL" : "")
                + (readOnly ? " READ-ONLY" : "")
                + (recovers == NONE ? "" : " recovers=" + recovers)
                + (journal == Mark.NONE ? "" : " applied=" + journal.number() + "@" + journal.at())
                + " generation=" + generation + (complete ? " complete" : " warmup=" + warmUp) + "}";
    }
}

record Reply(boolean answered, boolean liked, int total) {
    static final Reply NEEDS_STORED = new Reply(false, false, 0);
    static final Reply REFUSED = new Reply(false, false, -1);
    static final Reply NEEDS_RECONCILING = new Reply(false, true, 0);
}

/**
 * @param status 1 in step, 2 not in step (asked only), 0 closed because it is behind the database, -1 ahead of the caller,
 *     3 handed over in a later epoch than the caller knows, 4 closed because the database lost commits
 * @param known where it is ahead, the last batch that it knows of
 * @param applied where it is ahead, how far it was given the journal
 */
record Reconciled(int status, boolean fullAndDrained, long known, Mark applied) {
    Reconciled(int status, boolean fullAndDrained) {
        this(status, fullAndDrained, 0, Mark.NONE);
    }
}

/** @param waiting the page to be compared with the rows */
record Rebuild(boolean more, int waiting, int liked) {
    static final Rebuild GATHERS = new Rebuild(true, 0, 0);
    static final Rebuild ENDED = new Rebuild(false, 0, 0);
}

/** @param number 0 none, -1 refused */
record Claim(long number, long token, int likes, int unlikes, boolean drift, long warmUpCursor) {}
