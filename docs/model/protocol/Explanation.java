package protocol;

import static protocol.Relations.ACCOUNTS;
import static protocol.Relations.CHARACTERS;
import static protocol.Relations.characterOf;
import static protocol.Relations.has;
import static protocol.Relations.name;
import static protocol.Relations.ofCharacter;
import static protocol.Relations.relationName;
import static protocol.Relations.text;
import static protocol.Relations.with;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks for an order of all calls about a character, each at one moment between its begin and its end, that explains
 * every answer and the rows in the end.
 *
 * <p>While the partition is failed over, clients see the rows and what the database decides: what Redis has not
 * flushed is suspended, and comes back with the failover's end unless the database decided about the relation.
 * After Redis lost something, the relations concerned may be either until Redis is in step with the database.
 */
final class Explanation {
    private static final int MOST = 50;

    private final World world;
    private final int character;
    private final List<Operation> operations;
    private final List<Event> events;
    private final int size;
    private final int[] begun;
    private final int[] ended;
    private final Set<Long> visited = new HashSet<>();
    private long required;

    private Explanation(World world, int character) {
        this.world = world;
        this.character = character;
        this.operations = world.operations.stream()
                .filter(operation -> characterOf(operation.relation) == character)
                .filter(operation -> operation.reply != null
                        || operation.intent != Intent.STATUS && operation.intent != Intent.COUNT)
                .toList();
        this.events = world.events;
        this.size = operations.size() + events.size();
        this.begun = new int[size];
        this.ended = new int[size];
        for (int i = 0; i < size; i++) {
            boolean call = i < operations.size();
            begun[i] = call ? operations.get(i).begun : events.get(i - operations.size()).at();
            ended[i] = call ? operations.get(i).ended : begun[i];
            required |= ended[i] < Integer.MAX_VALUE ? 1L << i : 0;
        }
    }

    static void check(World world) {
        for (int c = 0; c < CHARACTERS; c++) {
            Explanation explanation = new Explanation(world, c);
            if (explanation.size <= MOST && !explanation.search(0, new State(0, 0, 0, false))) {
                StringBuilder text = new StringBuilder("no order explains the answers about " + name(c));
                explanation.operations.forEach(operation -> text.append("\n      ").append(operation));
                explanation.events.forEach(event -> text.append("\n      ").append(event));
                world.losses.forEach(loss -> text.append("\n      Redis lost ").append(text(loss.relations))
                        .append(" at ").append(loss.from).append(", in step at ").append(loss.to));
                throw new Violation(text.toString());
            }
        }
    }

    /** @param suspended what differs in Redis from what the database decides about */
    private record State(int liked, int suspended, int suspendedLiked, boolean failedOver) {
        long number() {
            return liked | (long) suspended << ACCOUNTS | (long) (suspendedLiked & suspended) << 2 * ACCOUNTS
                    | (failedOver ? 1L << 3 * ACCOUNTS : 0);
        }
    }

    private boolean search(long done, State state) {
        if ((done & required) == required) {
            return true;
        }
        if (!visited.add(done << 3 * ACCOUNTS + 1 | state.number())) {
            return false;
        }
        int earliest = 0;
        int latest = Integer.MAX_VALUE;
        for (int i = 0; i < size; i++) {
            if ((done >> i & 1) == 1) {
                earliest = Math.max(earliest, begun[i]);
            } else {
                latest = Math.min(latest, ended[i]);
            }
        }
        for (int i = 0; i < size; i++) {
            if ((done >> i & 1) == 0 && begun[i] <= latest) {
                State next = i < operations.size()
                        ? after(state, operations.get(i))
                        : after(state, events.get(i - operations.size()));
                if (next != null && search(done | 1L << i, next)) {
                    return true;
                }
            }
        }
        for (Loss loss : world.losses) {
            int lost = ofCharacter(loss.relations, character);
            if (lost != 0 && loss.from <= latest && loss.to >= earliest && searchLost(done, state, lost, loss.from)) {
                return true;
            }
        }
        return false;
    }

    private boolean searchLost(long done, State state, int lost, int from) {
        for (int a = 0; a < ACCOUNTS; a++) {
            if (has(lost, a) && !isChangedAgain(done, a, from)) {
                State other = !state.failedOver
                        ? new State(state.liked ^ 1 << a, state.suspended, state.suspendedLiked, false)
                        : has(state.suspended, a)
                                ? new State(state.liked, with(state.suspended, a, false), state.suspendedLiked, true)
                                : new State(state.liked, with(state.suspended, a, true),
                                        with(state.suspendedLiked, a, !has(state.liked, a)), true);
                if (search(done, other)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What is acknowledged after a loss is not lost with it. */
    private boolean isChangedAgain(long done, int account, int from) {
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            if ((done >> i & 1) == 1
                    && operation.begun > from
                    && operation.reply != null
                    && operation.relation % ACCOUNTS == account
                    && operation.intent.ordinal() < Intent.STATUS.ordinal()) {
                return true;
            }
        }
        return false;
    }

    /** Null where the answer is another. */
    private State after(State state, Operation operation) {
        int account = operation.relation % ACCOUNTS;
        boolean was = has(state.liked, account);
        boolean is = switch (operation.intent) {
            case TOGGLE -> !was;
            case LIKE -> true;
            case UNLIKE -> false;
            case STATUS, COUNT -> was;
        };
        int liked = with(state.liked, account, is);
        Reply reply = operation.reply;
        if (reply != null) {
            boolean exact = world.losses.stream()
                    .noneMatch(loss -> loss.from <= operation.ended && loss.to >= operation.begun);
            if (operation.intent != Intent.COUNT && reply.liked() != is
                    || exact && reply.total() != Integer.bitCount(liked)) {
                return null;
            }
        }
        boolean decides = state.failedOver && operation.intent != Intent.STATUS && operation.intent != Intent.COUNT;
        return new State(
                liked,
                decides ? with(state.suspended, account, false) : state.suspended,
                state.suspendedLiked,
                state.failedOver);
    }

    private State after(State state, Event event) {
        int rows = ofCharacter(event.rows(), character);
        switch (event.kind()) {
            case FAILOVER:
                return new State(rows, state.liked ^ rows, state.liked, true);
            case HAND_OVER: // nothing is suspended
                return state.liked == rows ? new State(rows, 0, 0, true) : null;
            case FAIL_BACK:
                return event.at() == 0
                        ? new State(rows, 0, 0, false)
                        : new State(state.liked & ~state.suspended | state.suspendedLiked & state.suspended, 0, 0, false);
            case REJECTION:
                if (characterOf(event.relation()) != character) {
                    return state;
                }
                int account = event.relation() % ACCOUNTS;
                return state.failedOver
                        ? new State(state.liked, with(state.suspended, account, false), state.suspendedLiked, true)
                        : new State(with(state.liked, account, event.liked()), 0, 0, false);
            default:
                return state.liked == rows ? state : null;
        }
    }
}

enum Intent { TOGGLE, LIKE, UNLIKE, STATUS, COUNT }

/** A call of a client. Without an answer it may happen at any time after its begin, or never. */
final class Operation {
    final Intent intent;
    final int relation;
    final int begun;
    int ended = Integer.MAX_VALUE;
    Reply reply;

    Operation(Intent intent, int relation, int begun) {
        this.intent = intent;
        this.relation = relation;
        this.begun = begun;
    }

    String name() {
        return intent == Intent.COUNT ? Relations.name(characterOf(relation)) : relationName(relation);
    }

    void answered(Reply answer, int now) {
        reply = answer;
        ended = now;
    }

    @Override
    public String toString() {
        return intent + " " + name() + " at " + begun
                + (reply == null ? ": no answer" : " to " + ended + ": liked=" + reply.liked() + " count=" + reply.total());
    }
}

/** What changes the state that clients may see, other than their calls. */
record Event(Kind kind, int at, int relation, boolean liked, int rows) {
    enum Kind { FAILOVER, HAND_OVER, FAIL_BACK, REJECTION, END }
}

/** From the moment in which Redis lost something to the next owner of the lock that finds Redis in step. */
final class Loss {
    final int from;
    final int relations;

    /** It lasts as long as one of these. */
    final List<Task> flushes;

    int to = Integer.MAX_VALUE;

    Loss(int from, int relations, List<Task> flushes) {
        this.from = from;
        this.relations = relations;
        this.flushes = flushes;
    }
}

final class Violation extends RuntimeException {
    Violation(String message) {
        super(message, null, false, false);
    }
}
