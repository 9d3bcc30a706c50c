package maple.like.bootstrap.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;

/**
 * Counts the moments between which a process acts on the world: before each call that leaves it, and after. At some of
 * them something happens. "Before" is a call that was never made, "after" one whose answer never came.
 */
final class Fuse {
    private static final String BEFORE = "before ";

    private final BiPredicate<Integer, String> points;
    private final Runnable event;
    private final List<String> passed = new ArrayList<>();
    private String blownAt = "";
    private boolean dead;

    private Fuse(BiPredicate<Integer, String> points, Runnable event) {
        this.points = points;
        this.event = event;
    }

    static Fuse none() {
        return new Fuse((point, moment) -> false, () -> {});
    }

    static Fuse everywhere(Runnable event) {
        return new Fuse((point, moment) -> true, event);
    }

    static Fuse at(int point, Runnable event) {
        return new Fuse((reached, moment) -> reached == point, event);
    }

    /** The process dies before the call of this number, counted from 0. */
    static Fuse deadlyBefore(int call) {
        AtomicInteger calls = new AtomicInteger();
        return deadly((point, moment) -> moment.startsWith(BEFORE) && calls.getAndIncrement() == call);
    }

    static Fuse deadlyBefore(String call) {
        return deadly((point, moment) -> moment.equals(BEFORE + call));
    }

    private static Fuse deadly(BiPredicate<Integer, String> points) {
        return new Fuse(points, () -> {
            throw new Death();
        });
    }

    /** A call that leaves the process. */
    interface Call {
        Object make() throws Throwable;
    }

    Object around(String name, Call call) throws Throwable {
        pass(BEFORE + name);
        Object answer = call.make();
        pass("after " + name);
        return answer;
    }

    private void pass(String moment) {
        requireAlive();
        int point = passed.size();
        passed.add(moment);
        if (points.test(point, moment)) {
            blownAt = "point " + point + ", " + moment;
            try {
                event.run();
            } catch (Death death) {
                dead = true;
                throw death;
            }
        }
    }

    void requireAlive() {
        if (dead) {
            throw new Death();
        }
    }

    boolean isDead() {
        return dead;
    }

    boolean isBlown() {
        return !blownAt.isEmpty();
    }

    int points() {
        return passed.size();
    }

    @Override
    public String toString() {
        return isBlown() ? blownAt : "after " + points() + " points";
    }
}
