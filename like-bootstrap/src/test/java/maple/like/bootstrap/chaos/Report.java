package maple.like.bootstrap.chaos;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import maple.like.bootstrap.chaos.Operation.Kind;
import maple.like.bootstrap.chaos.Oracle.Loss;
import maple.like.bootstrap.chaos.Oracle.Violation;

/**
 * What a run has shown.
 *
 * @param transitions of each character's partition
 * @param findings other than violations
 * @param exactCounts how many counts had one correct value
 */
record Report(
        String title,
        List<Operation> operations,
        List<Fault> faults,
        List<Loss> losses,
        Map<String, List<Transition>> transitions,
        List<Violation> violations,
        List<String> findings,
        long exactCounts) {
    private static final int TOLD_VIOLATIONS = 5;
    private static final int TOLD_OPERATIONS = 15;
    private static final long AROUND = 5_000_000_000L;

    boolean clean() {
        return violations.isEmpty() && findings.isEmpty();
    }

    String summary() {
        long states = operations.stream()
                .filter(each -> each.acknowledged() && each.kind() != Kind.COUNT)
                .count();
        return String.join(
                System.lineSeparator(),
                title,
                "Calls: " + numbers(operations, Operation::outcome),
                "Judged: " + states + " states; " + exactCounts + " counts had one correct value",
                "Faults: " + faults.size() + " " + numbers(faults, fault -> fault.kind),
                "Failovers and fail backs: "
                        + transitions.values().stream().mapToInt(List::size).sum(),
                "Violations: " + numbers(violations, Violation::rule),
                "Other findings: " + findings.size());
    }

    private static <T, K> Map<K, Long> numbers(List<T> all, Function<T, K> property) {
        return new TreeMap<>(all.stream().collect(groupingBy(property, counting())));
    }

    /** @param character none if it concerns all */
    private record Event(long from, long to, String character, String text) {}

    private Stream<Event> causes() {
        return Stream.of(
                        faults.stream().map(fault -> new Event(fault.begun, fault.mended, "", "*** " + fault)),
                        losses.stream().map(loss -> new Event(loss.from(), loss.to(), "", "*** " + loss)),
                        transitions.entrySet().stream()
                                .flatMap(entry -> entry.getValue().stream()
                                        .map(change -> new Event(
                                                change.from(),
                                                change.to(),
                                                entry.getKey(),
                                                "*** " + entry.getKey() + ": " + change))))
                .flatMap(events -> events);
    }

    /** Writes everything that happened, in its order, to {@code history.log}. */
    void write(Path directory) {
        Stream<Event> calls = operations.stream()
                .map(each -> new Event(each.invoked(), each.completed(), "", each.relation() + "  " + each));
        try {
            Files.write(
                    directory.resolve("history.log"),
                    Stream.concat(causes(), calls)
                            .sorted(Comparator.comparing(Event::from))
                            .map(Event::text)
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was found, and what happened around it. */
    String details() {
        List<String> lines = new ArrayList<>(List.of(title));
        lines.addAll(findings);
        violations.stream().limit(TOLD_VIOLATIONS).forEach(violation -> {
            lines.add(violation.toString());
            List<Operation> history = violation.history();
            List<Operation> last = history.subList(Math.max(0, history.size() - TOLD_OPERATIONS), history.size());
            last.forEach(operation -> lines.add("  " + operation));
            long from = last.get(Math.max(0, last.size() - 2)).invoked() - AROUND;
            causes().filter(event -> event.from() <= violation.operation().completed() && event.to() >= from)
                    .filter(event ->
                            violation.operation().relation().character().startsWith(event.character()))
                    .forEach(event -> lines.add("  " + event.text()));
        });
        lines.add(violations.size() + " violations, " + findings.size() + " other findings");
        return String.join(System.lineSeparator(), lines);
    }
}
