package protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A thread. Its code is plain Java, but touches the world inside {@link #step} alone. To take a step, the code runs
 * from its beginning: steps taken before give the result they gave, and the first new one is taken.
 */
abstract class Task {
    private static final Object AGAIN = "the connection broke";
    private static final int REBUILD_CALLS = 3;

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
            } catch (Ahead e) {
                act("rolls back", () -> world.end(locked));
                outrun(e);
            }
        }
    }

    /** In a transaction of its own: that it commits shows that the database, and not this owner, is behind. */
    private void outrun(Ahead ahead) {
        boolean committed = false;
        while (!committed) {
            Transaction locked = step("locks the partition", () -> world.lock(instance, true));
            try {
                act("outruns Redis", () -> world.use(locked).outrun(ahead.known, ahead.applied, locked.token));
                committed = step("commits", () -> world.commit(locked));
            } catch (Unavailable e) {
                act("rolls back", () -> world.end(locked));
                throw e;
            }
        }
    }

    /** Sends a command that must not run twice, and waits for its answer. */
    @SuppressWarnings("unchecked")
    final <T> T call(String what, Function<Redis, T> script) {
        Command sent = step("sends " + what, () -> world.send(this, new Command(script::apply, Command.READS), false));
        return (T) step("hears of " + what, () -> world.receive(this, sent));
    }

    /** Sends a command again where its connection breaks: no answer means that Redis was silent. */
    @SuppressWarnings("unchecked")
    final <T> T repeat(String what, Function<Redis, T> script) {
        return repeat(what, Command.WRITES, script);
    }

    @SuppressWarnings("unchecked")
    final <T> T repeat(String what, boolean writes, Function<Redis, T> script) {
        while (true) {
            Command sent = step("sends " + what, () -> world.send(this, new Command(script::apply, writes), true));
            Object answer = step(
                    "hears of " + what,
                    () -> world.isBroken(sent) || world.isRefused(sent) ? AGAIN : world.receive(this, sent));
            if (answer != AGAIN) {
                return (T) answer;
            }
        }
    }

    /**
     * Finishes a batch that is stored, refuses an owner that lost the lock, and rebuilds a Redis that is behind.
     *
     * @return whether Redis is full, and holds nothing that the database lacks
     */
    final boolean reconcile(Transaction locked) {
        Database begun = locked.begun;
        long epoch = begun.failedOver ? Redis.NONE : begun.epoch;
        Reconciled asked = repeat("reconcile", redis -> {
            Reconciled answer = redis.reconcile(begun.generation, null, begun.token, epoch, begun.lostFrom);
            world.inStep(locked, answer.status() == 1);
            return answer;
        });
        requireInStep(asked);
        if (asked.status() == 3) { // the commit of an owner before failed, or this one lost the lock
            act("hands over again", () -> {
                locked.handedOver = true;
                world.use(locked).failOver();
            });
        }
        if (asked.status() == 1) {
            forgetLoss(locked);
            return asked.fullAndDrained();
        }
        long decidingEpoch = asked.status() == 3 ? Redis.NONE : epoch;
        for (int attempt = 0; attempt < 3; attempt++) {
            Reconciled answer = repeat("reconcile with deltas", redis -> {
                Reconciled reconciled =
                        redis.reconcile(begun.generation, begun.deltas, begun.token, decidingEpoch, begun.lostFrom);
                world.inStep(locked, reconciled.status() == 1);
                return reconciled;
            });
            requireInStep(answer);
            if (answer.status() == 1) {
                forgetLoss(locked);
                return answer.fullAndDrained();
            }
            if (answer.status() == 4) {
                recover(locked);
            } else {
                rebuild(locked);
            }
        }
        throw new Unavailable(true, false, "Redis changes while it is rebuilt");
    }

    /**
     * Stores what a Redis that refuses writes has pending, so that the database may take over and hides nothing. Redis is
     * behind from then on.
     */
    final void failReadOnlyOver(Transaction locked) {
        int refusingSince = step("notes since when Redis refuses writes", world::refusingSince);
        Rebuild pending = repeat(
                "read what is pending",
                Command.READS,
                redis -> new Rebuild(false, redis.waiting(), redis.relations & redis.waiting()));
        act("stores what is pending", () -> {
            if (pending.waiting() != 0 && !world.broken.contains(Break.READ_ONLY_UNSTORED)) {
                int unlikes = pending.waiting() & ~pending.liked();
                world.store(locked, new Claim(
                        locked.begun.generation + 1, locked.token, pending.liked(), unlikes, false, Redis.NONE));
            }
            // What a late command changes in a Redis that takes writes meanwhile is hidden as in any failover.
            locked.handedOver = locked.view.journal(1).isEmpty() && refusingSince == world.refusingSince();
            locked.rowsBefore = locked.view.rows();
            locked.view.failOver();
        });
    }

    /** In parts, so that the lock is released in between: a request fails then, and a flush is followed by the next. */
    private void rebuild(Transaction locked) {
        long generation = locked.begun.generation;
        Rebuild next = Rebuild.GATHERS;
        for (int calls = 0; next.more(); calls++) {
            if (calls >= REBUILD_CALLS && next.waiting() == 0) {
                throw new Unavailable(false, false, "a part of a rebuild was done");
            }
            Rebuild page = next;
            int[] changes = step(
                    "compares a page with the rows",
                    () -> world.use(locked).differences(page.waiting(), page.liked()));
            boolean another = calls < REBUILD_CALLS;
            next = repeat("rebuild", redis -> redis.rebuild(generation, page, changes, 1, another));
        }
        open(locked, redis -> redis.open(generation));
    }

    private void open(Transaction locked, Predicate<Redis> script) {
        int connection = repeat("drop totals", redis -> {
            redis.dropTotals();
            return world.losses();
        });
        repeat("open", redis -> {
            if (connection == world.losses() || world.broken.contains(Break.OPEN_ON_ANOTHER_CONNECTION)) {
                if (script.test(redis)) {
                    world.rebuilt(locked, redis);
                }
            }
            return true;
        });
    }

    /** The database lost commits, and Redis has what they stored: makes the differences pending changes. */
    private void recover(Transaction locked) {
        long stored = locked.begun.generation;
        long token = locked.token;
        requireRecovery(repeat("recover", redis -> redis.recover(stored, token)));
        int rows = step("reads the rows", () -> world.use(locked).rowsBeforeJournal());
        requireRecovery(repeat("recover a page", redis -> redis.recover(stored, token, 0, 0b1010, rows)));
        requireRecovery(repeat("recover a page", redis -> redis.recover(stored, token, 1, 0b0101, rows)));
        open(locked, redis -> redis.openRecovered(stored, token, 2));
    }

    private static void requireRecovery(boolean recovers) {
        requireLock(recovers ? 1 : -1);
    }

    private void forgetLoss(Transaction locked) {
        if (locked.begun.lostFrom != Database.NONE) {
            act("forgets the loss", () -> world.use(locked).lostFrom = Database.NONE);
        }
    }

    private void requireInStep(Reconciled reconciled) {
        if (reconciled.status() < 0 && !world.broken.contains(Break.AHEAD_REFUSED)) {
            throw new Ahead(reconciled.known(), reconciled.applied());
        }
        requireLock(reconciled.status());
    }

    static void requireLock(long answer) {
        if (answer < 0) {
            throw new Unavailable(false, false, "the lock was lost");
        }
    }
}

/** A command on its way to Redis, or answered. */
final class Command {
    static final boolean READS = false;
    static final boolean WRITES = true;

    final Function<Redis, Object> script;
    final boolean writes;
    Object answer;
    boolean lost;
    boolean refused;

    Command(Function<Redis, Object> script, boolean writes) {
        this.script = script;
        this.writes = writes;
    }
}

final class Unavailable extends RuntimeException {
    static final Unavailable READ_ONLY = new Unavailable(true, false, "Redis refuses writes");

    final boolean redis;
    final boolean sent;

    Unavailable(boolean redis, boolean sent, String message) {
        super(message, null, false, false);
        this.redis = redis;
        this.sent = sent;
    }
}

/** Redis knows of a batch that this transaction does not. */
final class Ahead extends RuntimeException {
    final long known;
    final Mark applied;

    Ahead(long known, Mark applied) {
        super("Redis knows of batch " + known, null, false, false);
        this.known = known;
        this.applied = applied;
    }
}

/** Ends a run of a task where its next step is to be taken later. */
final class Pause extends Error {
    static final Pause PAUSE = new Pause();

    Pause() {
        super(null, null, false, false);
    }
}
