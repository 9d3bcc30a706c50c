package maple.like.bootstrap.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * A moment in the life of an instance, and what happens then. Moment 0 is before its first call of Redis, the database or
 * the event bus, moment 1 after that call, moment 2 before the second call, and so on. Between moment 1 and moment 2
 * nothing reaches another process.
 */
final class CrashPoint {
    private static final int CALLS_SHOWN = 12;

    private final BiPredicate<Integer, String> when;
    private final Runnable action;
    private final List<String> calls = new ArrayList<>();
    private int moments;
    private String reachedAt = "";
    private volatile boolean killed;

    private CrashPoint(BiPredicate<Integer, String> when, Runnable action) {
        this.when = when;
        this.action = action;
    }

    /** Ends what an instance does, as {@code kill -9} would. An error, so that no handler of the service takes it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("The instance was killed", null, false, false);
        }
    }

    /** Is never reached. */
    static CrashPoint none() {
        return kill(-1);
    }

    static CrashPoint kill(int moment) {
        return at(moment, CrashPoint::kill);
    }

    static CrashPoint killBeforeCommit() {
        return new CrashPoint((moment, call) -> moment % 2 == 0 && call.equals("commit"), CrashPoint::kill);
    }

    static CrashPoint killAfterCommit() {
        return new CrashPoint((moment, call) -> moment % 2 == 1 && call.equals("commit"), CrashPoint::kill);
    }

    /** Runs an action at a moment; then the instance continues. */
    static CrashPoint at(int moment, Runnable action) {
        return new CrashPoint((reached, call) -> reached == moment, action);
    }

    static CrashPoint everywhere(Runnable check) {
        return new CrashPoint((moment, call) -> true, check);
    }

    private static void kill() {
        throw new Killed();
    }

    interface Call {
        Object make() throws Throwable;
    }

    /** Makes a call of the instance. */
    Object around(String name, Call call) throws Throwable {
        pass("before", name);
        Object answer = call.make();
        pass("after", name);
        calls.add(name);
        return answer;
    }

    private void pass(String side, String call) {
        requireAlive();
        if (when.test(moments++, call)) {
            reachedAt = side + " call " + (calls.size() + 1) + ", " + call;
            try {
                action.run();
            } catch (Killed death) {
                killed = true;
                throw death;
            }
        }
    }

    void requireAlive() {
        if (killed) {
            throw new Killed();
        }
    }

    boolean isKilled() {
        return killed;
    }

    boolean isReached() {
        return !reachedAt.isEmpty();
    }

    /** How many moments passed. */
    int moments() {
        return moments;
    }

    @Override
    public String toString() {
        List<String> last = calls.subList(Math.max(0, calls.size() - CALLS_SHOWN), calls.size());
        return (isReached() ? reachedAt : "not reached") + "; last calls " + last;
    }
}
