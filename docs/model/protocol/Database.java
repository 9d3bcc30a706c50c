package protocol;

import static protocol.Relations.CHARACTERS;
import static protocol.Relations.RELATIONS;
import static protocol.Relations.characterOf;
import static protocol.Relations.has;
import static protocol.Relations.ofCharacter;
import static protocol.Relations.text;
import static protocol.Relations.with;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Committed state, or what a transaction sees of it. Every write holds the lock of the partition's row. */
final class Database {
    static final long NONE = -1;

    /** The batch under way, a journal that displaces it, and the recovery itself take numbers. */
    private static final int BEYOND_EVERY_BATCH = 4;

    long[] row = new long[RELATIONS]; // the row's id, 0 for none
    int[] likeCount = new int[CHARACTERS];
    int[] deltas = new int[CHARACTERS]; // what the last batch changed of each count
    List<Entry> rejected = List.of(); // by the last batch, to be applied to Redis like a journal
    List<Entry> journal = List.of();
    long generation = 1;
    boolean failedOver;
    long epoch;
    long token; // of the transaction that claimed the last batch
    long lostFrom = NONE; // the generation that a Redis must know at least to be recovered from, while it is ahead
    long lastRow;
    long lastEntry;

    Database copy() {
        Database copy = new Database();
        copy.row = row.clone();
        copy.likeCount = likeCount.clone();
        copy.deltas = deltas.clone();
        copy.rejected = rejected;
        copy.journal = journal;
        copy.generation = generation;
        copy.failedOver = failedOver;
        copy.epoch = epoch;
        copy.token = token;
        copy.lostFrom = lostFrom;
        copy.lastRow = lastRow;
        copy.lastEntry = lastEntry;
        return copy;
    }

    int rows() {
        int rows = 0;
        for (int r = 0; r < RELATIONS; r++) {
            rows = with(rows, r, row[r] != 0);
        }
        return rows;
    }

    int rowsOf(int character) {
        return ofCharacter(rows(), character);
    }

    Stored read(int character, int relation) {
        return new Stored(
                row[relation] != 0, likeCount[character], generation, deltas[character], failedOver, epoch);
    }

    private int write(int relation, boolean liked) {
        int change = (liked ? 1 : 0) - (row[relation] != 0 ? 1 : 0);
        row[relation] = change == 0 ? row[relation] : liked ? ++lastRow : 0;
        return change;
    }

    /** Stores a batch: the count changes by what the rows did. */
    Acknowledgement store(Claim batch, int refusedRows, Set<Break> broken) {
        int[] changes = new int[CHARACTERS];
        List<Entry> refused = new ArrayList<>(rejected); // not empty only where a Redis that refuses writes is drained
        for (int r = 0; r < RELATIONS; r++) {
            if (has(batch.likes() | batch.unlikes(), r)) {
                boolean liked = has(batch.likes(), r);
                if (liked && row[r] == 0 && has(refusedRows, r)) {
                    refused.add(new Entry(Entry.REJECTED, r, false, 0, 0));
                } else {
                    int change = write(r, liked);
                    changes[characterOf(r)] +=
                            broken.contains(Break.COUNT_FROM_BATCH) ? (liked ? 1 : -1) : change;
                }
            }
        }
        for (int c = 0; c < CHARACTERS; c++) {
            likeCount[c] += changes[c];
        }
        return advance(batch.number(), changes, List.copyOf(refused), batch.token());
    }

    private Acknowledgement advance(long number, int[] changes, List<Entry> refused, long by) {
        token = by;
        generation = number;
        deltas = changes;
        rejected = refused;
        return new Acknowledgement(number, changes, by);
    }

    List<Entry> journal(int limit) {
        return rejected.isEmpty() ? journal.subList(0, Math.min(limit, journal.size())) : rejected;
    }

    Acknowledgement replay(long number, List<Entry> replayed, long by) {
        int[] changes = new int[CHARACTERS];
        replayed.forEach(entry -> changes[characterOf(entry.relation())] += entry.change());
        long last = replayed.get(replayed.size() - 1).number();
        if (last != Entry.REJECTED) {
            journal = journal.stream().filter(entry -> entry.number() > last).toList();
        }
        return advance(number, changes, List.of(), by);
    }

    void failOver() {
        epoch += failedOver ? 0 : 1;
        failedOver = true;
    }

    /** Redis knows of a batch that the database lost: takes a number beyond all that Redis can know. */
    void outrun(long known, Mark applied, long by) {
        if (generation < known) {
            lostFrom = lostFrom == NONE ? generation : Math.min(lostFrom, generation);
            // In the code a random number: the database may lose this, too, and must not take the same number again.
            advance(known + BEYOND_EVERY_BATCH * by, new int[CHARACTERS], rejected, by);
            journal = journal.stream().filter(entry -> !applied.covers(entry)).toList();
        }
    }

    /** The rows as they were before the journal. */
    int rowsBeforeJournal() {
        int rows = rows();
        for (int i = journal.size() - 1; i >= 0; i--) {
            Entry entry = journal.get(i);
            rows = entry.change() == 0 ? rows : with(rows, entry.relation(), entry.change() < 0);
        }
        return rows;
    }

    /** Decides without Redis: row, count and journal together; the partition is failed over from now on. */
    Reply decide(int relation, Intent intent, int now, Set<Break> broken) {
        boolean want = intent == Intent.LIKE || intent == Intent.TOGGLE && row[relation] == 0;
        int change = write(relation, want);
        likeCount[characterOf(relation)] += change;
        List<Entry> longer = new ArrayList<>(journal);
        longer.add(new Entry(++lastEntry, relation, want, change, now));
        journal = List.copyOf(longer);
        if (!broken.contains(Break.FAILOVER_UNMARKED)) {
            failOver();
        }
        return new Reply(true, want, likeCount[characterOf(relation)]);
    }

    /** What the waiting changes make of each count, compared with what was stored before the journal. */
    int[] differences(int waiting, int liked) {
        int[] differences = new int[CHARACTERS];
        for (int r = 0; r < RELATIONS; r++) {
            if (has(waiting, r)) {
                int before = row[r] != 0 ? 1 : 0;
                for (Entry entry : journal) {
                    before -= entry.relation() == r ? entry.change() : 0;
                }
                differences[characterOf(r)] += (has(liked, r) ? 1 : 0) - before;
            }
        }
        return differences;
    }

    Page page(long cursor, int size) {
        TreeMap<Long, Integer> after = new TreeMap<>();
        for (int r = 0; r < RELATIONS; r++) {
            if (row[r] > cursor) {
                after.put(row[r], r);
            }
        }
        int page = 0;
        long next = cursor;
        int read = 0;
        for (var entry : after.entrySet()) {
            if (read++ < size) {
                page = with(page, entry.getValue(), true);
                next = entry.getKey();
            }
        }
        return new Page(page, next, after.size() < size);
    }

    @Override
    public String toString() {
        return "{rows=" + text(rows()) + " like_count=" + Arrays.toString(likeCount) + " generation=" + generation
                + " deltas=" + Arrays.toString(deltas) + (failedOver ? " FAILED OVER" : "") + " epoch=" + epoch
                + (journal.isEmpty() ? "" : " journal=" + journal)
                + (rejected.isEmpty() ? "" : " rejected=" + rejected)
                + (lostFrom == NONE ? "" : " lost from " + lostFrom) + "}";
    }
}

/** Holds the lock of the partition's row until it ends, or until the database gives up its session. */
final class Transaction {
    final Database begun;
    final Database view;
    final Instance owner;
    final long token;

    /** Whether Redis was found full, and whether it was handed over, drained. */
    boolean full;

    boolean handedOver;

    /** How often Redis had lost something before. */
    int losses;

    /** What is visible when a failover begins. */
    int rowsBefore;

    Transaction(Database committed, Instance owner, long token) {
        this.token = token;
        this.owner = owner;
        begun = committed.copy();
        view = committed.copy();
        rowsBefore = committed.rows();
    }
}

/** What the database held at one moment. */
record Stored(boolean liked, int count, long generation, int change, boolean failedOver, long epoch) {}

/** @param at when it was decided: a database that lost commits gives numbers again */
record Entry(long number, int relation, boolean liked, int change, int at) {
    static final long REJECTED = 0;
}

/** How far Redis was given the journal. */
record Mark(long number, int at) {
    static final Mark NONE = new Mark(Entry.REJECTED, 0);

    boolean covers(Entry entry) {
        return entry.number() != Entry.REJECTED && entry.number() <= number && entry.at() <= at;
    }

    Mark and(Entry entry) {
        return new Mark(Math.max(number, entry.number()), Math.max(at, entry.at()));
    }
}

record Acknowledgement(long number, int[] deltas, long token) {
    @Override
    public String toString() {
        return number + Arrays.toString(deltas);
    }
}

record Page(int relations, long nextCursor, boolean last) {}
