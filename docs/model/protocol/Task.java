package protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A thread. Its code is plain Java, but touches the world inside {@link #step} alone. To take a step, the code runs
 * from its beginning: steps taken before give the result they gave, and the first new one is taken.
 */
abstract class Task {
    private static final Object AGAIN = "the connection broke";

    final World world;
    final Instance instance;
    final String name;
    private final List<Object> results = new ArrayList<>();
    private int position;
    private boolean moved;
    private boolean delicate;
    boolean ended;
    int stalledUntil;

    Task(World world, Instance instance, String name) {
        this.world = world;
        this.instance = instance;
        this.name = instance.name + " " + name;
    }

    abstract void run();

    void advance() {
        position = 0;
        moved = false;
        try {
            run();
            ended = true;
        } catch (Pause pause) {
            // goes on later
        } catch (Unavailable e) {
            ended = true; // 503, or a flush that is tried again later
        }
    }

    /** Whether the task knows something that may be out of date when it goes on. */
    boolean isDelicate() {
        return delicate;
    }

    @SuppressWarnings("unchecked")
    final <T> T step(String what, Supplier<T> effect) {
        if (position == results.size()) {
            if (moved) {
                throw Pause.PAUSE;
            }
            moved = true;
            world.now++;
            Object result;
            try {
                result = effect.get();
            } catch (Unavailable e) {
                result = e;
            }
            results.add(result);
            delicate = what.startsWith("sends") || what.startsWith("reads") || what.startsWith("stores");
            world.note(this, what, result);
        }
        Object result = results.get(position++);
        if (result instanceof Unavailable e) {
            throw e;
        }
        return (T) result;
    }

    final void act(String what, Runnable effect) {
        this.<Object>step(what, () -> {
            effect.run();
            return null;
        });
    }

    /** Null where another transaction holds the lock and this one does not wait. */
    final <R> R inTransaction(boolean wait, Function<Transaction, R> work) {
        while (true) {
            Transaction locked = step("locks the partition", () -> world.lock(instance, wait));
            if (locked == null) {
                return null;
            }
            try {
                R result = work.apply(locked);
                if (this.<Boolean>step("commits", () -> world.commit(locked))) {
                    return result;
                }
            } catch (Unavailable e) {
                act("rolls back", () -> world.end(locked));
                throw e;
            }
        }
    }

    /** Sends a command that must not run twice, and waits for its answer. */
    @SuppressWarnings("unchecked")
    final <T> T call(String what, Function<Redis, T> script) {
        Command sent = step("sends " + what, () -> world.send(this, new Command(script::apply), false));
        return (T) step("hears of " + what, () -> world.receive(this, sent));
    }

    /** Sends a command again where its connection breaks: no answer means that Redis was silent. */
    @SuppressWarnings("unchecked")
    final <T> T repeat(String what, Function<Redis, T> script) {
        while (true) {
            Command sent = step("sends " + what, () -> world.send(this, new Command(script::apply), true));
            Object answer = step("hears of " + what, () -> world.isBroken(sent) ? AGAIN : world.receive(this, sent));
            if (answer != AGAIN) {
                return (T) answer;
            }
        }
    }

    /** Finishes a batch that is stored, refuses an owner that lost the lock, and rebuilds a Redis that is behind. */
    final void reconcile(Transaction locked) {
        Database begun = locked.begun;
        Reconciled asked = repeat("reconcile", redis -> {
            Reconciled answer = redis.reconcile(begun.generation, null, begun.token);
            world.inStep(locked, answer.status() == 1);
            return answer;
        });
        requireLock(asked.status());
        if (asked.status() == 1) {
            return;
        }
        for (int attempt = 0; attempt < 3; attempt++) {
            Reconciled answer = repeat("reconcile with deltas", redis -> {
                Reconciled reconciled = redis.reconcile(begun.generation, begun.deltas, begun.token);
                world.inStep(locked, reconciled.status() == 1);
                return reconciled;
            });
            requireLock(answer.status());
            if (answer.status() == 1) {
                return;
            }
            rebuild(locked);
        }
        throw new Unavailable(true, false, "Redis changes while it is rebuilt");
    }

    private void rebuild(Transaction locked) {
        long generation = locked.begun.generation;
        Rebuild next = Rebuild.GATHERS;
        while (next.more()) {
            Rebuild page = next;
            int[] changes = step(
                    "compares a page with the rows",
                    () -> world.use(locked).differences(page.waiting(), page.liked()));
            next = repeat("rebuild", redis -> redis.rebuild(generation, page, changes, 2));
        }
        int connection = repeat("drop totals", redis -> {
            redis.dropTotals();
            return world.losses.size();
        });
        repeat("open", redis -> {
            if (connection == world.losses.size() || world.broken.contains(Break.OPEN_ON_ANOTHER_CONNECTION)) {
                redis.open(generation);
            }
            return true;
        });
    }

    static void requireLock(long answer) {
        if (answer < 0) {
            throw new Unavailable(false, false, "the lock was lost");
        }
    }
}

/** A command on its way to Redis, or answered. */
final class Command {
    final Function<Redis, Object> script;
    Object answer;
    boolean lost;

    Command(Function<Redis, Object> script) {
        this.script = script;
    }
}

final class Unavailable extends RuntimeException {
    final boolean redis;
    final boolean sent;

    Unavailable(boolean redis, boolean sent, String message) {
        super(message, null, false, false);
        this.redis = redis;
        this.sent = sent;
    }
}

/** Ends a run of a task where its next step is to be taken later. */
final class Pause extends Error {
    static final Pause PAUSE = new Pause();

    Pause() {
        super(null, null, false, false);
    }
}
