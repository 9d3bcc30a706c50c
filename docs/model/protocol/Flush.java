package protocol;

import java.util.List;
import java.util.TreeMap;

/** SyncLikesService: reconcile, then apply the journal or else claim, store and acknowledge; then warm up. */
final class Flush extends Task {
    private final int batchSize;
    private final int pageSize;
    private final boolean wait;

    Flush(World world, Instance instance, int batchSize, int pageSize, boolean wait) {
        super(world, instance, "flush");
        this.batchSize = batchSize;
        this.pageSize = pageSize;
        this.wait = wait;
    }

    private record Round(Acknowledgement stored, long warmUpCursor) {}

    @Override
    void run() {
        Round round = inTransaction(wait, this::store);
        if (round == null) {
            return;
        }
        if (round.stored != null) {
            repeat("acknowledge", redis -> redis.reconcile(
                    round.stored.number(), round.stored.deltas(), round.stored.token(), Redis.NONE, Redis.NONE));
        }
        if (round.warmUpCursor >= 0) {
            inTransaction(false, locked -> warmUp(locked, round.warmUpCursor));
        }
    }

    private Round store(Transaction locked) {
        Database begun = locked.begun;
        boolean full = false;
        try {
            full = !world.broken.contains(Break.CLAIM_BEFORE_RECONCILE) && reconcile(locked);
        } catch (Unavailable e) {
            if (e != Unavailable.READ_ONLY || begun.failedOver) {
                throw e;
            }
            failReadOnlyOver(locked);
            return new Round(null, Redis.NONE);
        }
        boolean databaseDecides = step("looks who decides", () -> locked.view.failedOver);
        if (full && databaseDecides) {
            return new Round(null, Redis.NONE); // it hides nothing, and has no memory for the journal
        }
        List<Entry> journal = step("reads the journal", () -> world.use(locked).journal(batchSize));
        if (!journal.isEmpty() && !world.broken.contains(Break.NO_JOURNAL_FIRST)) {
            return replay(locked, journal);
        }
        Claim claim = repeat("claim", redis -> world.claimed(redis.claim(begun.generation, batchSize, locked.token)));
        requireLock(claim.number());
        if (databaseDecides) {
            act("fails back", () -> world.use(locked).failedOver = false);
        }
        Acknowledgement stored =
                claim.number() == 0 ? null : step("stores batch " + claim.number(), () -> world.store(locked, claim));
        return new Round(stored, claim.warmUpCursor());
    }

    private Round replay(Transaction locked, List<Entry> journal) {
        List<Entry> lastOfEach = lastOfEach(journal);
        long lastEntry = journal.get(journal.size() - 1).number();
        long number = repeat("apply journal " + journal, redis -> {
            long answer = redis.applyJournal(
                    locked.begun.generation, lastEntry, lastOfEach, locked.token);
            world.journalApplied(answer, lastOfEach);
            return answer;
        });
        requireLock(number);
        Acknowledgement stored = step("forgets the journal", () -> world.use(locked).replay(number, journal, locked.token));
        if (this.<Boolean>step("looks who decides", () -> locked.view.failedOver)) {
            act("fails back where the journal is empty", () -> {
                Database view = world.use(locked);
                view.failedOver =
                        !view.journal.isEmpty() && !world.broken.contains(Break.FAIL_BACK_BEFORE_REPLAY);
            });
        }
        return new Round(stored, -1);
    }

    private static List<Entry> lastOfEach(List<Entry> journal) {
        TreeMap<Integer, Entry> last = new TreeMap<>();
        for (Entry entry : journal) {
            Entry before = last.get(entry.relation());
            int change = entry.change() + (before == null ? 0 : before.change());
            last.put(entry.relation(), new Entry(entry.number(), entry.relation(), entry.liked(), change, entry.at()));
        }
        return List.copyOf(last.values());
    }

    private boolean warmUp(Transaction locked, long cursor) {
        if (!locked.begun.failedOver) {
            Page page = step("reads a page of rows", () -> world.use(locked).page(cursor, pageSize));
            repeat("warm-up from " + cursor, redis -> {
                redis.restore(locked.begun.generation, cursor, page.nextCursor(), page.last(), page.relations());
                return true;
            });
        }
        return true;
    }
}
