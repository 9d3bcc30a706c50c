package maple.like.bootstrap.chaos;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import maple.like.bootstrap.chaos.Operation.Kind;
import maple.like.bootstrap.chaos.Operation.Outcome;
import maple.like.bootstrap.chaos.Operation.Relation;

/**
 * Judges whether a service that keeps its promises can have given all answers and stored all rows: for each relation it
 * searches an order of the calls, each at one moment between its begin and its end, that explains them.
 *
 * <p>Every answer counts, at any time. {@code docs/guarantees.md} lists what is excused, and why no service could do
 * better.
 */
final class Oracle {
    private static final int UNLIKED = 1;
    private static final int LIKED = 2;
    private static final int MOST_AT_ONCE = 59;
    private static final long LONGEST_COMMIT = TimeUnit.SECONDS.toNanos(5);

    private final Function<Relation, List<Transition>> transitions;
    private final ToLongFunction<Operation> settled;
    private final Predicate<Operation> repeated;
    private final Function<Relation, List<Loss>> losses;
    private final List<Violation> violations = new ArrayList<>();
    private final Map<Relation, NavigableMap<Long, Integer>> visible = new HashMap<>();
    private long exactCounts;

    /**
     * @param transitions of a relation's partition
     * @param settled when an operation without an answer can no longer happen
     * @param repeated whether the service may have repeated an operation before its answer, if it is one that sets a state
     * @param losses of a relation's partition
     */
    Oracle(
            Function<Relation, List<Transition>> transitions,
            ToLongFunction<Operation> settled,
            Predicate<Operation> repeated,
            Function<Relation, List<Loss>> losses) {
        this.transitions = transitions;
        this.settled = settled;
        this.repeated = repeated;
        this.losses = losses;
    }

    /** Redis lost everything at a moment between two others, and the database may lack what was acknowledged after a third. */
    record Loss(long stored, long from, long to) {}

    /** @param history the operations of the relation, up to the one that cannot be explained */
    record Violation(Rule rule, Operation operation, List<Operation> history) {
        @Override
        public String toString() {
            return rule + ", " + operation.relation() + ", " + operation;
        }
    }

    /** The most serious first. */
    enum Rule {
        /** What was acknowledged last is stored. */
        STORED,
        /** An answer follows from what was acknowledged before. */
        STATE,
        /** A client reads its own PUT or DELETE. */
        OWN_WRITE,
        /** PUT answers liked, DELETE not. */
        ANSWER,
        /** Answers are 200 or 503. */
        REFUSAL,
        /** The count is exact. */
        COUNT
    }

    /** @param stored what the database holds in the end */
    List<Violation> judge(List<Operation> operations, Set<Relation> stored, long end) {
        Map<Relation, List<Operation>> byRelation = new HashMap<>();
        stored.forEach(relation -> byRelation.put(relation, new ArrayList<>()));
        operations.stream()
                .sorted(Comparator.comparing(Operation::invoked))
                .forEach(operation -> byRelation
                        .computeIfAbsent(operation.relation(), relation -> new ArrayList<>())
                        .add(operation));
        byRelation.forEach((relation, all) -> {
            all.forEach(this::checkAnswer);
            checkOwnWrites(relation, all);
            explain(relation, all, stored.contains(relation), end);
        });
        operations.stream()
                .filter(operation -> operation.acknowledged() && operation.kind() != Kind.COUNT)
                .forEach(this::checkCount);
        violations.sort(Comparator.comparing(Violation::rule)
                .thenComparing(each -> each.operation().completed()));
        return violations;
    }

    /** How many counts had one correct value. */
    long exactCounts() {
        return exactCounts;
    }

    private void violate(Rule rule, Operation... history) {
        violations.add(new Violation(rule, history[history.length - 1], List.of(history)));
    }

    private void checkAnswer(Operation operation) {
        if (operation.outcome() == Outcome.WRONG) {
            violate(Rule.REFUSAL, operation);
        }
        if (operation.acknowledged()
                && operation.kind().sets()
                && operation.liked() != (operation.kind() == Kind.LIKE)) {
            violate(Rule.ANSWER, operation);
        }
    }

    /** Does not rely on the search: the next status of a client, unless something else may have happened in between. */
    private void checkOwnWrites(Relation relation, List<Operation> operations) {
        Map<Integer, Operation> last = new HashMap<>();
        for (Operation read : operations) {
            Operation write = last.put(read.client(), read);
            if (write != null
                    && write.acknowledged()
                    && write.kind().sets()
                    && read.acknowledged()
                    && read.kind() == Kind.STATUS
                    && read.liked() != (write.kind() == Kind.LIKE)
                    && Stream.of(
                                    operations.stream()
                                            .filter(other -> other != write && other.mayHaveChanged())
                                            .map(other -> new long[] {other.invoked(), endOf(other)}),
                                    transitions.apply(relation).stream()
                                            .map(change -> new long[] {change.from(), change.to()}),
                                    losses.apply(relation).stream().map(loss -> new long[] {loss.from(), loss.to()}))
                            .flatMap(span -> span)
                            .noneMatch(span -> span[0] <= read.completed() && span[1] >= write.invoked())) {
                violate(Rule.OWN_WRITE, write, read);
            }
        }
    }

    private long endOf(Operation operation) {
        return operation.acknowledged() ? operation.completed() : settled.applyAsLong(operation);
    }

    private void explain(Relation relation, List<Operation> operations, boolean stored, long end) {
        Search search = new Search(operations);
        operations.forEach(search::add);
        transitions.apply(relation).forEach(search::add);
        losses.apply(relation).forEach(search::add);
        search.add(new Operation(
                relation, Kind.STATUS, -1, -1, end, end + 1, Outcome.ACKNOWLEDGED, stored, 0, "stored: " + stored));
        visible.put(relation, search.run());
    }

    /**
     * A state of a relation.
     *
     * @param liked what Redis holds, or will hold after the fail back
     * @param row what the database holds while it decides; false otherwise
     * @param lost whether Redis has lost it and nothing has changed it since
     */
    private record State(boolean liked, boolean row, boolean databaseDecides, boolean lost) {
        static final int BITS = 4;

        static State of(long bits) {
            return new State((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0);
        }

        long bits() {
            return (liked ? 1 : 0) | (row ? 2 : 0) | (databaseDecides ? 4 : 0) | (lost ? 8 : 0);
        }

        boolean visible() {
            return databaseDecides ? row : liked;
        }

        State to(boolean wanted) {
            return new State(wanted, databaseDecides && wanted, databaseDecides, false);
        }

        /** A command that Redis carries out, although it decides no longer. */
        State late(boolean wanted) {
            return new State(wanted, row, databaseDecides, false);
        }

        State lost(boolean left) {
            return new State(left, row, databaseDecides, true);
        }
    }

    /** What may become of a state; nothing where it cannot happen. */
    private interface Effect {
        Stream<State> of(State state);
    }

    /**
     * @param operation none for what no client did
     * @param must whether it has happened by its end
     * @param repeats whether it may happen several times
     */
    private record Step(Operation operation, long from, long to, boolean must, boolean repeats, Effect effect) {}

    private record Event(long at, boolean begins, Step step) {}

    /**
     * Follows all orders at once. An order is a number: its lowest bits are the state then, each other one says whether a
     * certain step that is in progress has happened.
     */
    private final class Search {
        private final List<Operation> operations;
        private final List<Step> steps = new ArrayList<>();
        private final Map<Step, Integer> inProgress = new IdentityHashMap<>();
        private final Deque<Integer> free = new ArrayDeque<>();
        private final NavigableMap<Long, Integer> likedSince = new TreeMap<>(Map.of(Long.MIN_VALUE, UNLIKED));
        private Set<Long> orders = Set.of(0L);
        private int likedNow = UNLIKED;

        Search(List<Operation> operations) {
            this.operations = operations;
            for (int bit = State.BITS; bit < State.BITS + MOST_AT_ONCE; bit++) {
                free.add(bit);
            }
        }

        void add(Operation operation) {
            boolean told = operation.liked();
            boolean wanted = operation.kind() == Kind.LIKE;
            if (operation.acknowledged() && operation.kind() != Kind.COUNT) {
                add(
                        operation,
                        operation.kind().sets() && repeated.test(operation)
                                || operation.kind() == Kind.TOGGLE_ONCE && mayBeDisplaced(operation),
                        switch (operation.kind()) {
                            case STATUS -> state -> Stream.of(state).filter(any -> state.visible() == told);
                            case TOGGLE, TOGGLE_ONCE ->
                                state -> Stream.of(state.to(told)).filter(any -> state.visible() != told);
                            default -> state -> Stream.of(state.to(told));
                        });
            } else if (operation.mayHaveChanged() && operation.kind().sets()) {
                add(operation, true, state -> Stream.of(state.to(wanted), state.late(wanted)));
            } else if (operation.mayHaveChanged()) {
                add(
                        operation,
                        operation.kind() == Kind.TOGGLE_ONCE && mayBeDisplaced(operation),
                        state -> Stream.of(state.to(!state.visible()), state.late(!state.liked())));
            }
        }

        /** Its effect may have been hidden by a failover, or lost, with its key: then a repetition takes effect again. */
        private boolean mayBeDisplaced(Operation operation) {
            return Stream.concat(
                            transitions.apply(operation.relation()).stream()
                                    .map(change -> new long[] {change.from(), change.to()}),
                            losses.apply(operation.relation()).stream()
                                    .map(loss -> new long[] {loss.from(), loss.to()}))
                    .anyMatch(span -> span[0] <= operation.completed() && span[1] >= operation.invoked());
        }

        private void add(Operation operation, boolean repeats, Effect effect) {
            steps.add(new Step(
                    operation, operation.invoked(), endOf(operation), operation.acknowledged(), repeats, effect));
        }

        void add(Transition change) {
            steps.add(new Step(null, change.from(), change.to(), true, false, state -> {
                if (state.databaseDecides() == change.failover()) {
                    return Stream.empty();
                }
                return change.failover()
                        ? statesSince(change.stored()).map(row -> new State(state.liked(), row, true, state.lost()))
                        : Stream.of(new State(state.liked(), false, false, state.lost()));
            }));
        }

        void add(Loss loss) {
            Effect lost = state -> statesSince(loss.stored()).map(state::lost);
            Effect committedSince =
                    state -> state.lost() ? statesSince(loss.stored()).map(state::late) : Stream.empty();
            steps.add(new Step(null, loss.from(), loss.to(), false, false, lost));
            steps.add(new Step(null, loss.from(), loss.to() + LONGEST_COMMIT, false, false, committedSince));
        }

        /** What the relation may have been at any moment since. */
        private Stream<Boolean> statesSince(long moment) {
            int states = union(likedSince, moment, Long.MAX_VALUE) | likedNow;
            return Stream.of(false, true).filter(liked -> (states & (liked ? LIKED : UNLIKED)) != 0);
        }

        /** What a client may see of the relation, since when. */
        NavigableMap<Long, Integer> run() {
            List<Event> events = new ArrayList<>();
            for (Step step : steps) {
                events.add(new Event(step.from(), true, step));
                events.add(new Event(step.to(), false, step));
            }
            events.sort(Comparator.comparing(Event::at).thenComparing(event -> !event.begins()));
            NavigableMap<Long, Integer> visibleSince = new TreeMap<>(Map.of(Long.MIN_VALUE, UNLIKED));
            for (Event event : events) {
                if (event.begins()) {
                    inProgress.put(event.step(), free.remove());
                } else {
                    end(event.step(), inProgress.remove(event.step()));
                }
                spread();
                likedSince.put(event.at(), likedNow);
                visibleSince.merge(event.at(), states(State::visible), (a, b) -> a | b);
            }
            return visibleSince;
        }

        private int states(Function<State, Boolean> property) {
            return orders.stream()
                    .mapToInt(order -> property.apply(State.of(order)) ? LIKED : UNLIKED)
                    .reduce(0, (a, b) -> a | b);
        }

        private void end(Step step, int bit) {
            long mark = 1L << bit;
            Set<Long> left = new HashSet<>();
            for (long order : orders) {
                if (!step.must() || (order & mark) != 0) {
                    left.add(order & ~mark);
                }
            }
            free.add(bit);
            if (left.isEmpty()) {
                Operation operation = step.operation();
                if (operation == null) {
                    throw new IllegalStateException("No failover or fail back between " + Operation.seconds(step.from())
                            + " and " + Operation.seconds(step.to()));
                }
                List<Operation> history = new ArrayList<>(operations.stream()
                        .filter(earlier -> earlier.invoked() <= operation.completed()
                                && earlier.outcome() != Outcome.NOT_SENT
                                && earlier.kind() != Kind.COUNT)
                        .sorted(Comparator.comparing(Operation::completed))
                        .toList());
                if (operation.client() < 0) {
                    history.add(operation);
                }
                violations.add(new Violation(operation.client() < 0 ? Rule.STORED : Rule.STATE, operation, history));
                orders.forEach(order -> left.add(with(order, State.of(order).to(operation.liked()))));
            }
            orders = left;
        }

        private static long with(long order, State state) {
            return order >> State.BITS << State.BITS | state.bits();
        }

        private void spread() {
            int before;
            do {
                Deque<Long> fresh = new ArrayDeque<>(orders);
                Set<Long> found = new HashSet<>(orders);
                while (!fresh.isEmpty()) {
                    long order = fresh.remove();
                    inProgress.forEach((step, bit) -> {
                        if ((order & 1L << bit) == 0 || step.repeats()) {
                            long mark = step.must() || !step.repeats() ? 1L << bit : 0;
                            step.effect()
                                    .of(State.of(order))
                                    .map(state -> with(order, state) | mark)
                                    .filter(found::add)
                                    .forEach(fresh::add);
                        }
                    });
                }
                orders = found;
                before = likedNow;
                likedNow = states(State::liked);
            } while ((likedNow & ~before) != 0); // a failover may find any of them stored
        }
    }

    private static int union(NavigableMap<Long, Integer> states, long from, long to) {
        return states.subMap(states.floorKey(from), true, to, true).values().stream()
                .reduce(0, (a, b) -> a | b);
    }

    /** The total lies between the relations that were certainly liked and those that possibly were. */
    private void checkCount(Operation operation) {
        long least = operation.liked() ? 1 : 0;
        long most = least;
        if (operation.kind() == Kind.TOGGLE_ONCE) { // what it made of the relation may have changed by its last answer
            int own = union(
                    requireNonNull(visible.get(operation.relation())), operation.invoked(), operation.completed());
            least = own == LIKED ? 1 : 0;
            most = (own & LIKED) != 0 ? 1 : 0;
        }
        for (Map.Entry<Relation, NavigableMap<Long, Integer>> other : visible.entrySet()) {
            if (other.getKey().character().equals(operation.relation().character())
                    && !other.getKey().equals(operation.relation())) {
                int states = union(other.getValue(), operation.invoked(), operation.completed());
                least += states == LIKED ? 1 : 0;
                most += (states & LIKED) != 0 ? 1 : 0;
            }
        }
        exactCounts += least == most ? 1 : 0;
        if (operation.likeCount() < least || operation.likeCount() > most) {
            violate(Rule.COUNT, operation);
        }
    }
}
