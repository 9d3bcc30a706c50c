package maple.like.bootstrap.chaos;

import java.util.ArrayList;
import java.util.List;

/**
 * A partition failed over or back at a moment between two others.
 *
 * @param failover whether the database decides from then on
 * @param stored everything acknowledged before this moment was in the database when the partition failed over
 */
record Transition(boolean failover, long from, long to, long stored) {
    private static final long MOST_BATCHES_AT_ONCE = 1_000;

    /**
     * What a look into the database found of a partition.
     *
     * @param from before the look
     * @param to after it
     * @param generation the number of the last stored batch
     */
    record Look(long from, long to, long generation, long epoch, boolean databaseDecides) {}

    /** All that the looks at a partition, in their order, show: each failover begins an epoch. */
    static List<Transition> between(List<Look> looks) {
        long[] stored = storedUpTo(looks);
        List<Transition> transitions = new ArrayList<>();
        for (int i = 1; i < looks.size(); i++) {
            Look before = looks.get(i - 1);
            Look now = looks.get(i);
            for (long failover = failovers(before, now); failover > 0; failover--) {
                transitions.add(new Transition(true, before.from(), now.to(), stored[i - 1]));
            }
            for (long failBack = failBacks(before, now); failBack > 0; failBack--) {
                transitions.add(new Transition(false, before.from(), now.to(), 0));
            }
        }
        return transitions;
    }

    /** Everything acknowledged before the result was in the database at this moment. */
    static long storedUpTo(List<Look> looks, long moment) {
        long[] stored = storedUpTo(looks);
        int last = looks.size() - 1;
        while (last >= 0 && looks.get(last).to() > moment) {
            last--;
        }
        return last < 0 ? 0 : stored[last];
    }

    /**
     * A batch that was claimed after a look holds all that was acknowledged before the look. That is true of the second
     * batch stored after it, unless the database decided in between: its batches do not hold what is pending in Redis. Where
     * the generation falls, the database lost commits; where it leaps, it is about to be given them again.
     */
    private static long[] storedUpTo(List<Look> looks) {
        long[] stored = new long[looks.size()];
        int first = 0;
        for (int i = 1; i < looks.size(); i++) {
            Look now = looks.get(i);
            stored[i] = stored[i - 1];
            if (now.generation() < looks.get(i - 1).generation()) {
                int kept = i - 1;
                while (kept > 0 && looks.get(kept).generation() > now.generation()) {
                    kept--;
                }
                stored[i] = stored[kept];
                first = i;
            }
            if (now.generation() > looks.get(i - 1).generation() + MOST_BATCHES_AT_ONCE) {
                first = i;
            }
            if (now.databaseDecides() || failovers(looks.get(i - 1), now) > 0 || failBacks(looks.get(i - 1), now) > 0) {
                first = i;
            }
            while (looks.get(first).generation() + 2 <= now.generation()) {
                stored[i] = looks.get(first).from();
                first++;
            }
        }
        return stored;
    }

    private static long failovers(Look before, Look now) {
        return now.epoch() - before.epoch();
    }

    private static long failBacks(Look before, Look now) {
        return failovers(before, now) + (before.databaseDecides() ? 1 : 0) - (now.databaseDecides() ? 1 : 0);
    }
}
