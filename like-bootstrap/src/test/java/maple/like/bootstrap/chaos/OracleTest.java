package maple.like.bootstrap.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import maple.like.bootstrap.chaos.Operation.Kind;
import maple.like.bootstrap.chaos.Operation.Outcome;
import maple.like.bootstrap.chaos.Operation.Relation;
import maple.like.bootstrap.chaos.Oracle.Loss;
import maple.like.bootstrap.chaos.Oracle.Rule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OracleTest {
    private static final Relation RELATION = new Relation("account-1", "Adele");
    private static final Relation OTHER = new Relation("account-2", "Adele");
    private static final long TO_SETTLE = 100;
    private static final long END = 10_000;
    private static final Pattern STEP =
            Pattern.compile("(other )?(\\w+)([?!*])? (\\d+)-(\\d+)(?: (on|off))?(?: =(\\d))?(?: stored (\\d+))?");

    private final List<Operation> operations = new ArrayList<>();
    private final List<Transition> transitions = new ArrayList<>();
    private final List<Loss> losses = new ArrayList<>();
    private final Set<Operation> repeated = new HashSet<>();
    private final Set<Relation> stored = new HashSet<>();

    private void add(MatchResult step) {
        long from = Long.parseLong(step.group(4));
        long to = Long.parseLong(step.group(5));
        if (step.group(2).equals("failover")) {
            transitions.add(new Transition(true, from - 1, from, Long.parseLong(step.group(8))));
            transitions.add(new Transition(false, to, to + 1, 0));
            return;
        }
        if (step.group(2).equals("loss")) {
            losses.add(new Loss(Long.parseLong(step.group(8)), from, to));
            return;
        }
        Kind kind = step.group(2).equals("once")
                ? Kind.TOGGLE_ONCE
                : Kind.valueOf(step.group(2).toUpperCase(Locale.ROOT));
        boolean answered = step.group(3) == null || step.group(3).equals("*");
        Outcome outcome =
                answered ? Outcome.ACKNOWLEDGED : step.group(3).equals("?") ? Outcome.UNANSWERED : Outcome.WRONG;
        boolean liked = answered
                && (step.group(6) == null ? kind == Kind.LIKE : step.group(6).equals("on"));
        long count = step.group(7) == null ? (liked ? 1 : 0) : Long.parseLong(step.group(7));
        Relation relation = step.group(1) == null ? RELATION : OTHER;
        if (relation.equals(OTHER)) {
            stored.add(OTHER);
        }
        Operation operation = new Operation(relation, kind, answered ? 0 : 1, 0, from, to, outcome, liked, count, "");
        operations.add(operation);
        if ("*".equals(step.group(3))) {
            repeated.add(operation);
        }
    }

    /**
     * A call is answered ({@code status 3-4 on}: between 3 and 4 that it is liked), or it has no answer ({@code like?}) or
     * a wrong one ({@code like!}), or the service repeated it ({@code like*}). A failover or loss finds stored what was acknowledged before a moment.
     *
     * @param unliked the rules that the history is against if the relation is not stored in the end
     * @param liked the same if it is stored
     */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
        what was acknowledged last is stored   | like 1-2, toggle 3-4 off                               | | STORED
        what no client called for is not       | ''                                                     | | STORED
        any of concurrent calls may be last    | like 1-10, unlike 5-12                                 | |
        it may happen until it is settled      | like? 1-10, unlike 20-25                               | |
        it happens no more once settled        | like? 1-10, unlike 20-25, unlike 200-205               | | STORED
        a PUT may happen twice                 | like? 1-10, toggle 20-21 off, status 22-23 on     | STORED |
        an answered PUT happens once \
         | like 1-20, status 3-4 on, unlike 5-6, status 7-8 off, status 21-22 on | STORED STATE | STATE
        unless the service repeated it \
         | like* 1-20, status 3-4 on, unlike 5-6, status 7-8 off, status 21-22 on | STORED |
        a repeated PUT happens by its answer   | like* 1-2                                              | STORED |
        a POST happens once                    | toggle? 1-10, toggle 20-21 off, status 22-23 on | STORED STATE | STATE
        a POST that is repeated with its key happens once \
         | once 1-20 on, status 3-4 on, status 5-6 off | STATE | STORED STATE
        unless a failover hides its first effect \
         | failover 10-30 stored 0, once 1-20 on, status 3-4 on, status 12-13 off, status 25-26 on | STORED |
        every time it has the same answer      | once 1-20 off                         | STATE | STORED STATE
        a toggle follows                       | like 1-2, toggle 3-4 on               | STORED STATE | STATE
        a read follows                         | like 1-2, status 3-4 off       | STATE OWN_WRITE | STORED STATE OWN_WRITE
        an answer is possible if all others are | like 1-10, status 2-3 on, status 4-5 off | STATE | STORED STATE
        a failover hides what was not stored \
         | failover 10-30 stored 0, like 1-2, status 15-16 off, status 40-41 on | STORED |
        a failover hides nothing stored \
         | failover 10-30 stored 5, like 1-2, status 15-16 off | STATE | STORED STATE
        answers during a failover agree \
         | failover 10-30 stored 0, like 1-2, status 15-16 off, status 17-18 on | STORED STATE | STATE
        a decision of the database is visible at once and prevails \
         | failover 10-30 stored 0, like 1-2, toggle 15-16 on, toggle 17-18 off, status 40-41 off | | STORED
        a decision of the database is not undone \
         | failover 10-30 stored 0, like 1-2, toggle 15-16 on, toggle 17-18 off, status 42-43 on | STORED STATE | STATE
        a read that begins before a failover may be answered by Redis \
         | failover 10-30 stored 0, like 1-2, status 5-16 on, status 17-18 off | STORED |
        a call without an answer may reach Redis during a failover \
         | failover 10-30 stored 0, like? 5-15, status 20-21 off, status 140-141 on | STORED |
        a client reads its own write around a distant failover \
         | failover 10-30 stored 0, like 40-41, status 42-43 off | STATE OWN_WRITE | STORED STATE OWN_WRITE
        a call in between excuses another read | like 40-41, unlike? 41-42, status 43-44 off           | | STORED
        what Redis lost may be lost            | like 10-20, loss 100-110 stored 15                     | |
        a batch committed after the loss returns \
         | like 10-20, loss 100-110 stored 15, status 120-121 off, status 130-131 on | STORED |
        it returns once \
         | like 10-20, loss 100-110 stored 15, status 120-121 off, status 130-131 on, status 140-141 off \
         | STATE | STORED STATE
        what was stored before a loss is kept  | like 10-20, loss 100-110 stored 25                     | STORED |
        what came after a loss is kept         | loss 100-110 stored 15, like 120-130                   | STORED |
        a count is exact                       | other like 1-2, like 3-4 =1               | STORED COUNT | COUNT
        a count may include calls in progress  | other like 1-5, like 3-4 =1                            | STORED |
        a PUT answers liked                    | like 1-2 off                             | ANSWER | STORED ANSWER
        answers are 200 or 503                 | like! 1-2                              | REFUSAL | STORED REFUSAL
        """)
    void judges(String name, String history, String unliked, String liked) {
        STEP.matcher(history).results().forEach(this::add);
        assertThat(STEP.matcher(history).replaceAll("").replace(", ", "")).isEmpty();
        assertThat(violations()).as("unliked in the end").isEqualTo(rules(unliked));
        stored.add(RELATION);
        assertThat(violations()).as("liked in the end").isEqualTo(rules(liked));
    }

    private List<Rule> violations() {
        return new Oracle(
                        relation -> transitions,
                        operation -> operation.completed() + TO_SETTLE,
                        repeated::contains,
                        relation -> losses)
                .judge(operations, stored, END).stream()
                        .map(Oracle.Violation::rule)
                        .toList();
    }

    private static List<Rule> rules(String names) {
        return names == null
                ? List.of()
                : Pattern.compile(" ").splitAsStream(names).map(Rule::valueOf).toList();
    }
}
