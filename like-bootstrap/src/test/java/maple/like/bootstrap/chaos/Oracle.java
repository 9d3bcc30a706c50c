package maple.like.bootstrap.chaos;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import maple.like.bootstrap.chaos.Operation.Kind;
import maple.like.bootstrap.chaos.Operation.Outcome;
import maple.like.bootstrap.chaos.Operation.Relation;

/**
 * Tells whether what clients were told, and what is stored in the end, can have come from a service that keeps its
 * promises: whether for each relation there is an order of its operations, each at one moment between its begin and its
 * end, that explains all answers.
 *
 * <p>An operation without an answer may have happened at any moment until it is settled, or never. While the database
 * decides by itself, a POST may turn around what the database knows: then it says only what it made of the relation.
 * While Redis is in trouble a read may tell what the database knows: then it says nothing. What was acknowledged counts
 * in any case.
 */
final class Oracle {
    private static final int FALSE = 1;
    private static final int TRUE = 2;
    private static final int EITHER = FALSE | TRUE;
    private static final int MOST_AT_ONCE = 60;

    private final Windows alone;
    private final Windows troubled;
    private final long slow;
    private final ToLongFunction<Operation> settled;
    private final List<Loss> losses;
    private final List<Violation> violations = new ArrayList<>();
    private final Map<Relation, TreeMap<Long, Integer>> possible = new HashMap<>();
    private long strictlyChecked;
    private long countsChecked;

    /**
     * @param alone when the database has decided by itself
     * @param troubled when a read may have been answered by the database; includes the former
     * @param slow how long a read takes that has waited for Redis in vain
     * @param settled when an operation without an answer can no longer happen
     */
    Oracle(Windows alone, Windows troubled, long slow, ToLongFunction<Operation> settled, List<Loss> losses) {
        this.alone = alone;
        this.troubled = troubled;
        this.slow = slow;
        this.settled = settled;
        this.losses = losses;
    }

    /** Redis forgot everything between two moments, and the database may lack what was done after a third. */
    record Loss(long safe, long from, long to) {}

    /** @param history the operations of the relation, up to the one that cannot be explained */
    record Violation(Rule rule, String detail, Relation relation, long at, List<Operation> history) {}

    /** The most telling first. */
    enum Rule {
        STORED("what was acknowledged last is stored"),
        STATE("an answer follows from what was acknowledged before"),
        ANSWER("a PUT says liked, a DELETE not"),
        REFUSAL("answers are 200 or 503"),
        COUNT("the count is exact");

        final String text;

        Rule(String text) {
            this.text = text;
        }
    }

    /** @param stored what the database holds in the end */
    List<Violation> judge(List<Operation> operations, Set<Relation> stored, long end) {
        Map<Relation, List<Operation>> byRelation = new HashMap<>();
        for (Operation operation : operations) {
            byRelation
                    .computeIfAbsent(operation.relation(), relation -> new ArrayList<>())
                    .add(operation);
            if (operation.outcome() == Outcome.WRONG) {
                violate(Rule.REFUSAL, "", operation, List.of(operation));
            }
            if (operation.acknowledged()
                    && (operation.kind() == Kind.LIKE && !operation.liked()
                            || operation.kind() == Kind.UNLIKE && operation.liked())) {
                violate(Rule.ANSWER, "", operation, List.of(operation));
            }
        }
        Set<Relation> all = new HashSet<>(byRelation.keySet());
        all.addAll(stored);
        all.forEach(relation ->
                explain(relation, byRelation.getOrDefault(relation, List.of()), stored.contains(relation), end));
        operations.stream()
                .filter(operation -> operation.acknowledged() && operation.kind() != Kind.COUNT && strict(operation))
                .forEach(this::checkCount);
        violations.sort(Comparator.comparing(Violation::rule).thenComparing(Violation::at));
        return violations;
    }

    /** How many answers had to be the one and only. */
    long strictlyChecked() {
        return strictlyChecked;
    }

    /** How many totals had to be the one and only. */
    long countsChecked() {
        return countsChecked;
    }

    private void violate(Rule rule, String detail, Operation operation, List<Operation> history) {
        violations.add(new Violation(rule, detail, operation.relation(), operation.completed(), history));
    }

    private boolean strict(Operation operation) {
        return operation.kind().changes()
                ? !alone.touch(operation.invoked(), operation.completed())
                : !troubled.touch(operation.invoked(), operation.completed())
                        && operation.completed() - operation.invoked() < slow;
    }

    private void explain(Relation relation, List<Operation> operations, boolean stored, long end) {
        List<Step> steps = new ArrayList<>();
        for (Operation operation : operations) {
            stepOf(operation, steps);
        }
        for (Loss loss : losses) {
            if (operations.stream()
                    .anyMatch(operation -> operation.mayHaveChanged()
                            && operation.invoked() <= loss.to()
                            && endOf(operation) >= loss.safe())) {
                steps.add(new Step(null, loss.from(), loss.to(), EITHER, EITHER, false));
            }
        }
        Operation last = new Operation(
                relation,
                Kind.STATUS,
                -1,
                end,
                end + 1,
                Outcome.ACKNOWLEDGED,
                stored,
                0,
                "is what is stored: " + stored);
        steps.add(new Step(last, end, end + 1, stored ? 0 : FALSE, stored ? TRUE : 0, true));
        possible.put(relation, new Search(operations).run(steps));
    }

    private long endOf(Operation operation) {
        return operation.acknowledged() ? operation.completed() : settled.applyAsLong(operation);
    }

    private void stepOf(Operation operation, List<Step> steps) {
        long from = operation.invoked();
        long to = endOf(operation);
        int told = operation.liked() ? TRUE : FALSE;
        if (operation.acknowledged()) {
            boolean strict = strict(operation);
            switch (operation.kind()) {
                case LIKE, UNLIKE -> steps.add(new Step(operation, from, to, told, told, true));
                case TOGGLE -> {
                    strictlyChecked += strict ? 1 : 0;
                    steps.add(
                            strict
                                    ? new Step(operation, from, to, told & TRUE, told & FALSE, true)
                                    : new Step(operation, from, to, told, told, true));
                }
                case STATUS -> {
                    if (strict) {
                        strictlyChecked++;
                        steps.add(new Step(operation, from, to, told & FALSE, told & TRUE, true));
                    }
                }
                case COUNT -> {}
            }
        } else if (operation.mayHaveChanged()) {
            switch (operation.kind()) {
                case LIKE -> steps.add(new Step(operation, from, to, TRUE, TRUE, false));
                case UNLIKE -> steps.add(new Step(operation, from, to, FALSE, FALSE, false));
                default ->
                    steps.add(
                            alone.touch(from, to)
                                    ? new Step(operation, from, to, EITHER, EITHER, false)
                                    : new Step(operation, from, to, TRUE, FALSE, false));
            }
        }
    }

    /**
     * What can happen to a relation between two moments.
     *
     * @param afterFalse what it can make of a relation that is not liked; nothing if it cannot happen to one
     * @param afterTrue of one that is
     * @param must whether it has happened in any case
     */
    private record Step(Operation operation, long from, long to, int afterFalse, int afterTrue, boolean must) {}

    private record Event(long at, boolean begins, Step step) {}

    /**
     * Follows all orders at once. One of them is a number: its lowest bit says whether the relation is liked then, each
     * other one whether a certain step that is under way has happened.
     */
    private final class Search {
        private final List<Operation> operations;
        private final Map<Step, Integer> underWay = new IdentityHashMap<>();
        private final Deque<Integer> free = new ArrayDeque<>();
        private Set<Long> orders = Set.of(0L);

        Search(List<Operation> operations) {
            this.operations = operations;
            for (int bit = 1; bit <= MOST_AT_ONCE; bit++) {
                free.add(bit);
            }
        }

        /** Since when which states are possible. */
        TreeMap<Long, Integer> run(List<Step> steps) {
            List<Event> events = new ArrayList<>();
            for (Step step : steps) {
                events.add(new Event(step.from(), true, step));
                events.add(new Event(step.to(), false, step));
            }
            events.sort(Comparator.comparing(Event::at).thenComparing(event -> !event.begins()));
            TreeMap<Long, Integer> states = new TreeMap<>(Map.of(Long.MIN_VALUE, FALSE));
            for (Event event : events) {
                if (event.begins()) {
                    underWay.put(event.step(), free.remove());
                } else {
                    end(event.step(), underWay.remove(event.step()));
                }
                spread();
                int mask = 0;
                for (long order : orders) {
                    mask |= stateOf(order);
                }
                states.put(event.at(), mask);
            }
            return states;
        }

        private static int stateOf(long order) {
            return (order & 1) == 0 ? FALSE : TRUE;
        }

        private void end(Step step, int bit) {
            Set<Long> left = new HashSet<>();
            for (long order : orders) {
                if (!step.must() || (order & 1L << bit) != 0) {
                    left.add(order & ~(1L << bit));
                }
            }
            free.add(bit);
            if (left.isEmpty()) {
                Operation operation = step.operation();
                List<Operation> history = new ArrayList<>(operations.stream()
                        .filter(earlier -> earlier.invoked() <= operation.completed()
                                && earlier.outcome() != Outcome.NOT_SENT
                                && earlier.kind() != Kind.COUNT)
                        .sorted(Comparator.comparing(Operation::completed))
                        .toList());
                if (!history.contains(operation)) {
                    history.add(operation);
                }
                violate(operation.instance() < 0 ? Rule.STORED : Rule.STATE, "", operation, history);
                left.add(operation.liked() ? 1L : 0L);
            }
            orders = left;
        }

        private void spread() {
            Deque<Long> fresh = new ArrayDeque<>(orders);
            Set<Long> found = new HashSet<>(orders);
            while (!fresh.isEmpty()) {
                long order = fresh.remove();
                underWay.forEach((step, bit) -> {
                    if ((order & 1L << bit) == 0) {
                        int after = (order & 1) == 0 ? step.afterFalse() : step.afterTrue();
                        long happened = order | 1L << bit;
                        if ((after & FALSE) != 0 && found.add(happened & ~1L)) {
                            fresh.add(happened & ~1L);
                        }
                        if ((after & TRUE) != 0 && found.add(happened | 1L)) {
                            fresh.add(happened | 1L);
                        }
                    }
                });
            }
            orders = found;
        }
    }

    /** The total lies between the relations that were certainly liked and those that possibly were. */
    private void checkCount(Operation operation) {
        long least = 0;
        long most = 0;
        for (Map.Entry<Relation, TreeMap<Long, Integer>> other : possible.entrySet()) {
            if (other.getKey().equals(operation.relation())) {
                least += operation.liked() ? 1 : 0;
                most += operation.liked() ? 1 : 0;
            } else if (other.getKey().character().equals(operation.relation().character())) {
                TreeMap<Long, Integer> states = other.getValue();
                int mask = 0;
                for (int state : states.subMap(states.floorKey(operation.invoked()), true, operation.completed(), true)
                        .values()) {
                    mask |= state;
                }
                least += mask == TRUE ? 1 : 0;
                most += (mask & TRUE) != 0 ? 1 : 0;
            }
        }
        countsChecked += least == most ? 1 : 0;
        if (operation.likeCount() < least || operation.likeCount() > most) {
            violate(Rule.COUNT, ": at least " + least + " and at most " + most, operation, List.of(operation));
        }
    }
}
