package maple.like.bootstrap.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import maple.like.bootstrap.chaos.Database.Sample;
import maple.like.bootstrap.chaos.Operation.Kind;
import maple.like.bootstrap.chaos.Operation.Outcome;
import maple.like.bootstrap.chaos.Oracle.Loss;
import maple.like.bootstrap.chaos.Oracle.Rule;
import maple.like.bootstrap.chaos.Oracle.Violation;
import maple.like.bootstrap.chaos.Windows.Window;

/** What a run has shown. */
record Report(
        long seed,
        List<Operation> operations,
        List<Fault> faults,
        List<Loss> losses,
        List<Sample> samples,
        List<Violation> violations,
        List<String> broken,
        List<String> notes,
        Oracle oracle) {
    private static final int TOLD_VIOLATIONS = 5;
    private static final int TOLD_OPERATIONS = 15;
    private static final long TO_NOTICE = TimeUnit.MILLISECONDS.toNanos(700);
    private static final long AROUND = TimeUnit.SECONDS.toNanos(10);

    boolean clean() {
        return violations.isEmpty() && broken.isEmpty();
    }

    String summary() {
        StringBuilder text = new StringBuilder();
        line(text, "Seed %d; %d faults, %d looks into the database", seed, faults.size(), samples.size());
        line(
                text,
                "Operations: %d acknowledged, %d without an answer, %d not sent; wrong answers: %d",
                count(Outcome.ACKNOWLEDGED),
                count(Outcome.UNANSWERED),
                count(Outcome.NOT_SENT),
                count(Outcome.WRONG));
        line(
                text,
                "Checked: the one possible state in %d answers of POST and status, the one possible count in %d answers",
                oracle.strictlyChecked(),
                oracle.countsChecked());
        line(
                text,
                "%-15s %6s %7s %7s %20s %30s",
                "Broken",
                "times",
                "calls",
                "failed",
                "first success",
                "Redis decides again");
        Map<Fault.Kind, List<Fault>> byKind = faults.stream()
                .collect(Collectors.groupingBy(
                        fault -> fault.kind, () -> new EnumMap<>(Fault.Kind.class), Collectors.toList()));
        byKind.forEach((kind, all) -> {
            List<Long> firsts = new ArrayList<>();
            List<Long> attached = new ArrayList<>();
            long calls = 0;
            long failed = 0;
            for (Fault fault : all) {
                for (Operation operation : operations) {
                    if (operation.invoked() >= fault.begun && operation.invoked() <= fault.lifted) {
                        calls++;
                        failed += operation.acknowledged() ? 0 : 1;
                    }
                }
                firsts.addAll(firstSuccesses(fault));
                untilAttached(fault).ifPresent(attached::add);
            }
            line(
                    text,
                    "%-15s %6d %7d %7d %20s %30s",
                    kind.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    all.size(),
                    calls,
                    failed,
                    spread(firsts),
                    spread(attached));
        });
        line(
                text,
                "The last two: milliseconds after it was mended, median / most, by instance and by fault, where nothing"
                        + " else was broken meanwhile and the database has decided by itself.");
        List<Window> stretches = Windows.merged(Database.decidedByItself(samples));
        line(
                text,
                "The database decided %d times by itself, in %d stretches of %s s in all, the longest %s s",
                samples.get(samples.size() - 1).decisions() - samples.get(0).decisions(),
                stretches.size(),
                Operation.seconds(stretches.stream().mapToLong(Window::length).sum()),
                Operation.seconds(
                        stretches.stream().mapToLong(Window::length).max().orElse(0)));
        if (!losses.isEmpty()) {
            line(
                    text,
                    "Redis was emptied %d times, at most %s s after something that the database may have lacked",
                    losses.size(),
                    Operation.seconds(losses.stream()
                            .mapToLong(loss -> loss.from() - loss.safe())
                            .max()
                            .orElse(0)));
        }
        for (Rule rule : Rule.values()) {
            line(
                    text,
                    "Against \"%s\": %d",
                    rule.text,
                    violations.stream()
                            .filter(violation -> violation.rule() == rule)
                            .count());
        }
        line(text, "Other findings: %d", broken.size());
        notes.forEach(note -> line(text, "After Redis was emptied: %s", note));
        return text.toString();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }

    private long count(Outcome outcome) {
        return operations.stream()
                .filter(operation -> operation.outcome() == outcome)
                .count();
    }

    /** For each instance that the fault concerned, in milliseconds. */
    private List<Long> firstSuccesses(Fault fault) {
        return operations.stream()
                .filter(operation -> operation.acknowledged()
                        && operation.kind() != Kind.COUNT
                        && operation.invoked() >= fault.lifted
                        && (fault.instance < 0 || operation.instance() == fault.instance))
                .collect(Collectors.toMap(Operation::instance, Operation::completed, Math::min))
                .values()
                .stream()
                .filter(first -> alone(fault, first))
                .map(first -> millis(first - fault.lifted))
                .toList();
    }

    /** In milliseconds. */
    private Optional<Long> untilAttached(Fault fault) {
        boolean detached = false;
        for (Sample sample : samples) {
            if (sample.at() >= fault.begun) {
                detached |= sample.detached();
                if (sample.at() >= fault.lifted + TO_NOTICE && !sample.detached()) {
                    return detached && alone(fault, sample.at())
                            ? Optional.of(millis(Math.max(0, sample.at() - fault.lifted)))
                            : Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private boolean alone(Fault fault, long until) {
        return faults.stream().noneMatch(other -> other != fault && other.begun <= until && other.over >= fault.begun);
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private static String spread(List<Long> values) {
        return values.isEmpty()
                ? "-"
                : values.stream().sorted().toList().get(values.size() / 2) + " / " + Collections.max(values);
    }

    /** Everything that happened, and everything that was seen in the database, each in its order. */
    void write(Path directory) {
        List<Map.Entry<Long, String>> lines = new ArrayList<>();
        operations.forEach(
                operation -> lines.add(Map.entry(operation.invoked(), operation.relation() + "  " + operation)));
        faults.forEach(fault -> lines.add(Map.entry(fault.begun, "*** " + fault)));
        losses.forEach(loss -> lines.add(Map.entry(loss.from(), "*** lost since " + Operation.seconds(loss.safe()))));
        Windows.merged(Database.decidedByItself(samples))
                .forEach(window -> lines.add(Map.entry(window.from(), "*** the database decided by itself " + window)));
        lines.sort(Map.Entry.comparingByKey());
        try {
            Files.write(
                    directory.resolve("history.log"),
                    lines.stream().map(Map.Entry::getValue).toList());
            Files.write(
                    directory.resolve("database.log"),
                    samples.stream().map(Sample::toString).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was found, and what happened around it. */
    String findings() {
        StringBuilder text = new StringBuilder();
        broken.forEach(finding -> line(text, "%s", finding));
        violations.stream().limit(TOLD_VIOLATIONS).forEach(violation -> {
            line(
                    text,
                    "%nAgainst \"%s%s\" with seed %d, at %s: %s",
                    violation.rule().text,
                    violation.detail(),
                    seed,
                    Operation.seconds(violation.at()),
                    violation.relation());
            List<Operation> history = violation.history();
            List<Operation> told = history.subList(Math.max(0, history.size() - TOLD_OPERATIONS), history.size());
            told.forEach(operation -> line(text, "  %s", operation));
            line(text, "  Faults since shortly before the last of these:");
            long to = violation.at();
            long from = told.size() < 2
                    ? to
                    : Math.min(to, told.get(told.size() - 2).invoked());
            faults.stream()
                    .filter(fault -> fault.begun <= to && fault.lifted >= from - AROUND)
                    .forEach(fault -> line(text, "  %s", fault));
            losses.stream()
                    .filter(loss -> loss.from() <= to && loss.to() >= from - AROUND)
                    .forEach(loss -> line(
                            text,
                            "  %s Redis lost what it was told since %s",
                            Operation.seconds(loss.from()),
                            Operation.seconds(loss.safe())));
            line(text, "  The database decided by itself:%s", alone(from - AROUND, to));
        });
        if (violations.size() > TOLD_VIOLATIONS) {
            line(text, "… and %d more", violations.size() - TOLD_VIOLATIONS);
        }
        return text.toString();
    }

    private String alone(long from, long to) {
        String stretches = Windows.merged(Database.decidedByItself(samples)).stream()
                .filter(window -> window.to() >= from && window.from() <= to)
                .map(window -> " " + window)
                .collect(Collectors.joining(","));
        return stretches.isEmpty() ? " never" : stretches;
    }
}
