package protocol;

import static protocol.Relations.CHARACTERS;
import static protocol.Relations.RELATIONS;
import static protocol.Relations.characterOf;
import static protocol.Relations.has;
import static protocol.Relations.name;
import static protocol.Relations.with;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

final class World {
    private static final int LONGEST_RUN = 250;

    final Choices choices;
    final Set<Break> broken;
    final Set<AsBuilt> asBuilt;
    final List<String> trace;
    final Set<Fault> faults = EnumSet.noneOf(Fault.class);
    final Set<String> transitions = new HashSet<>();
    final List<Operation> operations = new ArrayList<>();
    final List<Event> events = new ArrayList<>();
    final List<Loss> losses = new ArrayList<>();
    int now;
    private String tracedState;
    private PartitionState lastState = PartitionState.ACTIVE;

    private Redis redis;
    private Redis earlier;
    private int changedSince;
    private int likedInRedis; // as it answered since it lost something last
    private boolean up = true;
    private boolean silenceNoticed;
    private int silences;
    private int writableAgain;
    private int lossesSinceDrained;
    private int redisLosses;
    private final List<Command> waiting = new ArrayList<>();

    private Database database = new Database();
    private final List<Database> committed = new ArrayList<>();
    private static final long NOTHING_LOST = 0;

    private long lastStored = NOTHING_LOST; // before the database lost commits
    private boolean commitsLost; // and not recovered yet
    private Transaction lock;
    private int refusedRows;
    private int conflicts;
    private int callsLeft;
    private long transactions;

    private final Instance[] instances = new Instance[2];
    private final List<Task> tasks = new ArrayList<>();

    World(Choices choices, Set<Break> broken, Set<AsBuilt> asBuilt, boolean traced) {
        this.choices = choices;
        this.broken = broken;
        this.asBuilt = asBuilt;
        this.trace = traced ? new ArrayList<>() : null;
        this.redis = new Redis(broken, asBuilt);
        for (int i = 0; i < instances.length; i++) {
            instances[i] = new Instance("instance-" + i, 0);
        }
    }

    // What tasks do to the world

    Command send(Task sender, Command command, boolean repeatable) {
        if (!up) {
            if (!repeatable && choices.pick(2) == 1) {
                throw new Unavailable(true, false, "not sent");
            }
            waiting.add(command);
        } else if (maybe(Fault.LOST_ANSWER, 60)) {
            sender.instance.withdraw(); // its connection broke
            if (!repeatable && choices.pick(3) == 1) {
                throw new Unavailable(true, false, "not sent");
            }
            if (choices.pick(2) == 0) {
                execute(command);
            }
            command.lost = true;
        } else {
            execute(command);
        }
        return command;
    }

    private void execute(Command command) {
        if (redis.readOnly && command.writes) {
            command.refused = true;
        } else {
            command.answer = command.script.apply(redis);
        }
    }

    boolean isBroken(Command command) {
        return command.lost && !broken.contains(Break.FAILOVER_WITHOUT_SILENCE);
    }

    /** Another number after Redis has taken writes. */
    int refusingSince() {
        return redis.readOnly ? writableAgain : ++writableAgain;
    }

    /** Refused once more; after a while the caller gives up. */
    boolean isRefused(Command command) {
        if (command.refused && choices.pick(3) == 1) {
            throw Unavailable.READ_ONLY;
        }
        return command.refused;
    }

    Object receive(Task receiver, Command command) {
        if (command.lost) {
            throw new Unavailable(true, true, "the connection broke");
        }
        if (command.answer == null) { // Redis is down ever since
            if (choices.pick(3) != 1) {
                throw Pause.PAUSE;
            }
            silences += silenceNoticed ? 0 : 1;
            silenceNoticed = true;
            throw new Unavailable(true, true, "Redis was silent");
        }
        if (receiver.instance.silencesNoticed < silences && !broken.contains(Break.NO_PULSE)) {
            receiver.instance.withdraw();
        }
        receiver.instance.silencesNoticed = silences;
        return command.answer;
    }

    Reply toggle(Redis on, int character, int relation, Intent intent, Stored stored) {
        changedSince = with(changedSince, relation, true);
        Reply reply = on.toggle(character, relation, intent, stored);
        if (reply.answered() && intent.ordinal() < Intent.STATUS.ordinal()) {
            likedInRedis = with(likedInRedis, relation, reply.liked());
        }
        return reply;
    }

    Claim claimed(Claim claim) {
        if (claim.number() == 0) {
            if (claim.drift() && lossesSinceDrained < 2) {
                throw new Violation("the buffer counts changes although nothing waits (like.drift)");
            }
            lossesSinceDrained = 0;
        }
        return claim;
    }

    void journalApplied(long number, List<Entry> entries) {
        for (Entry entry : entries) {
            changedSince = with(changedSince, entry.relation(), true);
            likedInRedis = with(likedInRedis, entry.relation(), false);
            if (number >= 0 && entry.number() == Entry.REJECTED) {
                events.add(new Event(Event.Kind.REJECTION, now, entry.relation(), entry.liked(), 0));
            }
        }
    }

    void inStep(Transaction by, boolean inStep) {
        if (inStep && lock == by) {
            losses.stream()
                    .filter(loss -> loss.flushes.stream().noneMatch(tasks::contains))
                    .forEach(loss -> loss.to = Math.min(loss.to, now));
            commitsLost = false;
        }
    }

    void rebuilt(Transaction by, Redis opened) {
        if (lock == by
                && !Arrays.equals(opened.buffer, by.view.differences(opened.waiting(), opened.relations))) {
            throw new Violation("a rebuilt Redis counts other changes than it has pending");
        }
        if (Arrays.stream(opened.count).anyMatch(total -> total != null)) {
            throw new Violation("a rebuilt Redis has totals of before");
        }
    }

    void mayHaveHappened(Operation operation) {
        operations.add(new Operation(operation.intent, operation.relation, operation.begun));
    }

    Transaction lock(Instance owner, boolean wait) {
        failNowAndThen();
        if (lock != null) {
            if (wait) {
                throw Pause.PAUSE;
            }
            return null;
        }
        lock = new Transaction(database, owner, ++transactions);
        lock.losses = losses.size();
        return lock;
    }

    /** For a statement of the transaction. */
    Database use(Transaction transaction) {
        failNowAndThen();
        if (lock != transaction) {
            throw new Unavailable(false, false, "the session is lost");
        }
        return transaction.view;
    }

    Stored read(int character, int relation) {
        failNowAndThen();
        return database.read(character, relation);
    }

    private void failNowAndThen() {
        if (maybe(Fault.DATABASE, 15)) {
            throw new Unavailable(false, false, "the database fails");
        }
    }

    Reply decide(Transaction locked, int relation, Intent intent) {
        Database view = use(locked);
        if (has(refusedRows, relation) && view.row[relation] == 0 && intent != Intent.UNLIKE) {
            throw new Unavailable(false, false, "the database refuses the row");
        }
        return view.decide(relation, intent, now, broken);
    }

    Acknowledgement store(Transaction locked, Claim claim) {
        return use(locked).store(claim, refusedRows, broken);
    }

    /** False where the transaction lost against another and is to run again. */
    boolean commit(Transaction transaction) {
        if (lock != transaction) {
            throw new Unavailable(false, false, "the session is lost");
        }
        if (maybe(Fault.DATABASE, 60)) {
            int outcome = choices.pick(3);
            if (outcome == 1) {
                install(transaction);
            }
            lock = null;
            if (outcome == 2 && conflicts++ < 3) {
                return false;
            }
            throw new Unavailable(false, false, outcome == 1 ? "committed, unanswered" : "not committed");
        }
        install(transaction);
        lock = null;
        return true;
    }

    private void install(Transaction transaction) {
        Database next = transaction.view;
        for (int c = 0; c < CHARACTERS; c++) {
            if (next.likeCount[c] != Integer.bitCount(next.rowsOf(c))) {
                throw new Violation("like_count of " + name(c) + " is " + next.likeCount[c] + ", but there are "
                        + Integer.bitCount(next.rowsOf(c)) + " rows");
            }
        }
        if (next.failedOver != database.failedOver) {
            boolean handedOver = transaction.handedOver && transaction.losses == losses.size() && lastStored == NOTHING_LOST;
            Event.Kind kind = handedOver ? Event.Kind.HAND_OVER : Event.Kind.FAILOVER;
            events.add(new Event(next.failedOver ? kind : Event.Kind.FAIL_BACK, now, 0, false, transaction.rowsBefore));
            request();
        }
        committed.add(database);
        database = next;
    }

    void end(Transaction transaction) {
        lock = lock == transaction ? null : lock;
    }

    void note(Task task, String what, Object result) {
        PartitionState state = state();
        if (state != lastState) {
            transitions.add(lastState + " to " + state);
            lastState = state;
        }
        if (trace != null) {
            trace(task.name + " " + what + (result == null ? "" : " -> " + describe(result)));
        }
    }

    private void trace(String line) {
        if (trace != null) {
            trace.add(String.format("%4d  %-12s %s", now, state(), line));
            String state = String.format("%19s%s%n%19s%s", "", redis, "", database);
            if (!state.equals(tracedState)) {
                trace.add(state);
                tracedState = state;
            }
        }
    }

    private String describe(Object result) {
        return result instanceof Command c ? (c.lost ? "no answer" : c.answer == null ? "waits" : "executed")
                : result instanceof Transaction ? "locked"
                : result instanceof Unavailable u ? "FAILS: " + u.getMessage()
                : result.toString();
    }

    private PartitionState state() {
        if (database.failedOver) {
            return redis.batchJournal != Redis.NONE ? PartitionState.REPLAYING : PartitionState.FAILED_OVER;
        }
        if (redis.closed != Redis.NONE || redis.recovers != Redis.NONE || redis.generation != null && Math.max(redis.batch, redis.generation) < database.generation) {
            return PartitionState.REBUILDING;
        }
        return redis.complete ? PartitionState.ACTIVE : PartitionState.WARMING_UP;
    }

    // The scheduler

    private boolean maybe(Fault fault, int perMille) {
        return faults.contains(fault) && choices.maybe(perMille);
    }

    void run() {
        begin();
        int length = 60 + choices.pick(LONGEST_RUN);
        callsLeft = 3 + choices.pick(10);
        for (int tick = 0; tick < length; tick++) {
            if (tasks.size() < 6 && choices.maybe(120)) {
                if (choices.pick(5) < 3) {
                    request();
                } else {
                    flush(choices.pick(instances.length), false);
                }
            }
            breakSomething();
            advanceOne(tick);
        }
        heal();
        Explanation.check(this);
    }

    private void begin() {
        for (Fault fault : Fault.values()) {
            if (choices.pick(5) < 2) {
                faults.add(fault);
            }
        }
        if (!broken.isEmpty() || !asBuilt.isEmpty()) { // others would only hide what is looked for
            faults.clear();
            broken.forEach(each -> faults.addAll(each.faults));
            asBuilt.forEach(each -> faults.addAll(each.faults));
        }
        if (faults.contains(Fault.LOST_COMMITS)) { // who may not write to Redis does not learn that it is ahead
            faults.remove(Fault.READ_ONLY);
        }
        for (int r = 0; r < RELATIONS; r++) {
            if (choices.pick(3) == 1) {
                database.row[r] = ++database.lastRow;
                database.likeCount[characterOf(r)]++;
            }
            if (faults.contains(Fault.REJECTED_ROW) && choices.pick(4) == 1) {
                refusedRows = with(refusedRows, r, true);
            }
        }
        if (choices.pick(3) < 2) {
            redis.relations = database.rows();
            redis.complete = true;
            redis.generation = database.generation;
            for (Instance instance : instances) {
                instance.trust = new Trust(choices.pick(3) > 0, 0, 0);
            }
        }
        events.add(new Event(Event.Kind.FAIL_BACK, 0, 0, false, database.rows()));
        earlier = redis.copy();
        lastState = state();
        trace("begins");
    }

    private void request() {
        if (callsLeft-- <= 0) {
            return;
        }
        Intent[] likely = {Intent.TOGGLE, Intent.TOGGLE, Intent.STATUS, Intent.LIKE, Intent.UNLIKE, Intent.COUNT};
        Operation operation =
                new Operation(likely[choices.pick(likely.length)], choices.pick(2) * choices.pick(RELATIONS), now);
        operations.add(operation);
        tasks.add(new Request(this, instances[choices.pick(instances.length)], operation));
    }

    private void flush(int instance, boolean wait) {
        tasks.add(new Flush(this, instances[instance], 2 + choices.pick(2), 1 + choices.pick(3), wait));
    }

    private void advanceOne(int tick) {
        List<Task> awake = tasks.stream().filter(task -> task.stalledUntil <= tick).toList();
        if (awake.isEmpty()) {
            return;
        }
        Task task = awake.get(choices.pick(awake.size()));
        task.advance();
        if (task.ended) {
            tasks.remove(task);
        } else if (maybe(Fault.STALL, task.isDelicate() ? 120 : 20)) {
            task.stalledUntil = tick + 10 + choices.pick(100);
        }
    }

    private void breakSomething() {
        if (choices.maybe(15)) {
            earlier = redis.copy();
            changedSince = 0;
        }
        if (maybe(Fault.EXPIRY, 40)) {
            redis.count[choices.pick(CHARACTERS)] = null;
        }
        if (maybe(Fault.FULL, redis.full ? 15 : 30)) {
            redis.full = !redis.full;
            trace(redis.full ? "FAULT: Redis is full" : "Redis has memory again");
        }
        if (maybe(Fault.READ_ONLY, redis.readOnly ? 30 : 15)) {
            redis.readOnly = !redis.readOnly;
            writableAgain += redis.readOnly ? 0 : 1;
            breakConnections(); // heartbeats are refused as well
            trace(redis.readOnly ? "FAULT: Redis refuses writes" : "Redis takes writes again");
        }
        if (maybe(Fault.OUTAGE, up ? 25 : 50)) {
            if (up) {
                goDown(choices.pick(2) == 1);
            } else {
                comeUp();
            }
        }
        boolean busy = lock != null && (redis.batch != Redis.NONE || state() != PartitionState.ACTIVE);
        if (maybe(Fault.LOSS, busy ? 40 : 6)) {
            lose(state() == PartitionState.REBUILDING ? 0 : choices.pick(3));
            request();
        }
        if (lock != null && maybe(Fault.LOST_LOCK, 20)) {
            lock = null;
            trace("FAULT: the owner of the lock loses its session");
        }
        if (!committed.isEmpty() && maybe(Fault.LOST_COMMITS, busy ? 25 : 6)) {
            loseCommits(1 + choices.pick(Math.min(4, committed.size())));
            request();
        }
        if (maybe(Fault.KILL, busy ? 16 : 6)) {
            kill(choices.pick(instances.length));
        }
    }

    private void goDown(boolean crash) {
        up = false;
        silenceNoticed = false;
        if (crash) {
            breakConnections();
        }
        request();
        trace(crash ? "FAULT: Redis crashes" : "FAULT: Redis hangs");
    }

    private void comeUp() {
        up = true;
        for (Command command : waiting) {
            if (choices.pick(2) == 0) {
                execute(command);
            } else {
                command.lost = true;
            }
        }
        waiting.clear();
        trace("Redis is back");
    }

    private void breakConnections() {
        for (Instance instance : instances) {
            instance.withdraw();
        }
    }

    /** @param kind 0 earlier state, 1 restarted empty, 2 emptied, with its connections kept */
    private void lose(int kind) {
        boolean ahead = commitsLost || redis.generation != null && redis.generation > database.generation;
        int affected = redis.waiting() | (ahead ? redis.relations ^ database.rows() : 0);
        for (Entry entry : database.rejected) {
            affected = with(affected, entry.relation(), true);
        }
        boolean back = kind == 0;
        boolean full = redis.full;
        boolean readOnly = redis.readOnly;
        if (back) {
            affected |= earlier.waiting() | changedSince;
            redis = earlier.copy();
        } else {
            redis = new Redis(broken, asBuilt);
            earlier = redis.copy();
        }
        redis.full = full;
        redis.readOnly = readOnly;
        changedSince = 0;
        likedInRedis = 0;
        if (kind != 2) {
            breakConnections();
            waiting.forEach(command -> command.lost = true);
            waiting.clear();
        }
        lossesSinceDrained++;
        redisLosses++;
        losses.add(new Loss(now, affected, List.of()));
        trace(back ? "FAULT: Redis goes back to an earlier state" : "FAULT: Redis is emptied");
    }

    /** What Redis holds is not lost with it. */
    private void loseCommits(int commits) {
        Database lost = database;
        for (int i = 0; i < commits; i++) {
            database = committed.remove(committed.size() - 1);
        }
        lock = null;
        lastStored = Math.max(lastStored, lost.generation);
        int claimed = redis.batch <= lastStored ? 0 : redis.claimed(); // of a stored batch it may be told just now
        int known = redis.complete ? ~0 : redis.relations | redis.unliked | claimed | likedInRedis;
        int affected = (lost.rows() ^ database.rows()) & ~known;
        for (Entry entry : lost.journal) {
            if (!database.journal.contains(entry) && !redis.journal.covers(entry)) {
                affected = with(affected, entry.relation(), true);
            }
        }
        if (affected != 0) {
            // A flush that stalled may still give Redis a part of the journal that is lost.
            losses.add(new Loss(now, affected, tasks.stream().filter(Flush.class::isInstance).toList()));
        }
        commitsLost = true;
        if (lost.failedOver) {
            events.add(new Event(Event.Kind.FAIL_BACK, now, 0, false, 0));
        }
        if (database.failedOver) {
            events.add(new Event(Event.Kind.FAILOVER, now, 0, false, database.rows()));
        }
        trace("FAULT: the database loses its last " + commits + " commits");
    }

    /** How often Redis lost something, and its connections perhaps. */
    int losses() {
        return redisLosses;
    }

    private void kill(int instance) {
        tasks.removeIf(task -> task.instance == instances[instance]);
        if (lock != null && lock.owner == instances[instance]) {
            lock = null;
        }
        trace("FAULT: " + instances[instance].name + " is killed");
        instances[instance] = new Instance(instances[instance].name + "'", silences);
    }

    /** No fault any more: what is under way ends, and flushes go on until nothing is left to do. */
    private void heal() {
        faults.clear();
        redis.full = redis.readOnly = false;
        if (!up) {
            comeUp();
        }
        finishTasks();
        int drained = 0; // the flush after the last change finds nothing that waits
        for (int round = 0; round < 40 && drained < 2; round++) {
            flush(round % instances.length, true);
            finishTasks();
            drained = isDrained() ? drained + 1 : 0;
        }
        now++;
        trace("ends");
        if (!isDrained()) {
            throw new Violation("does not heal: " + redis + " " + database);
        }
        if (redis.relations != database.rows()) {
            throw new Violation("Redis and the database differ in the end");
        }
        for (int c = 0; c < CHARACTERS; c++) {
            if (redis.buffer[c] != 0) {
                throw new Violation("the buffer is not zero in the end (like.drift)");
            }
            if (redis.count[c] != null && redis.count[c] != database.likeCount[c]) {
                throw new Violation("the total of " + name(c) + " is wrong in the end");
            }
        }
        events.add(new Event(Event.Kind.END, now, 0, false, database.rows()));
    }

    private void finishTasks() {
        for (int turn = 0; !tasks.isEmpty(); turn++) {
            if (turn > 5_000) {
                throw new Violation("tasks do not end: " + tasks.get(0).name);
            }
            Task task = tasks.get(turn % tasks.size());
            task.advance();
            if (task.ended) {
                tasks.remove(task);
            }
        }
    }

    private boolean isDrained() {
        return redis.waiting() == 0 && redis.batch == Redis.NONE && redis.handedOver == Redis.NONE && redis.complete && !database.failedOver
                && database.journal.isEmpty() && database.rejected.isEmpty()
                && redis.generation != null && redis.generation == database.generation;
    }
}

enum Fault {
    STALL, LOST_ANSWER, OUTAGE, LOSS, LOST_LOCK, KILL, DATABASE, REJECTED_ROW, EXPIRY, FULL, READ_ONLY, LOST_COMMITS
}

/** Where all nondeterminism comes from. */
interface Choices {
    /** 0 to alternatives - 1; 0 is the uneventful one. */
    int pick(int alternatives);

    boolean maybe(int perMille);
}

final class RandomChoices implements Choices {
    private final SplittableRandom random;

    RandomChoices(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public int pick(int alternatives) {
        return random.nextInt(alternatives);
    }

    @Override
    public boolean maybe(int perMille) {
        return random.nextInt(1000) < perMille;
    }
}
