package maple.like.bootstrap;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maple.like.application.port.in.AuditLikes;
import maple.like.application.port.in.AuditLikes.Difference;
import maple.like.application.port.in.AuditLikes.Remarks;
import maple.like.application.port.in.AuditLikes.Report;
import maple.like.domain.LikePartitions;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * {@code audit [--repair]}: compares rows, counts and Redis, beside the service and with its configuration. Prints its
 * result on standard output, not in the log.
 */
final class AuditCommand {
    static final String NAME = "audit";

    /** Nothing differs. */
    static final int SAME = 0;

    /** Something differed; with {@code --repair}, it does no longer. */
    static final int DIFFERENT = 1;

    /** Not everything could be compared, or repaired. */
    static final int FAILED = 2;

    private static final String REPAIR = "--repair";
    private static final String USAGE = "Usage: audit [--repair] [--property=value …]";

    private final AuditLikes audit;
    private final LikePartitions partitions;
    private final boolean repairing;
    private final PrintStream out;
    private long characters;
    private long rows;
    private long held;
    private long differences;
    private final List<String> failures = new ArrayList<>();

    private AuditCommand(AuditLikes audit, LikePartitions partitions, boolean repairing, PrintStream out) {
        this.audit = audit;
        this.partitions = partitions;
        this.repairing = repairing;
        this.out = out;
    }

    static int run(PrintStream out, String... arguments) {
        List<String> properties = new ArrayList<>(Arrays.asList(arguments).subList(1, arguments.length));
        boolean repairing = properties.removeIf(REPAIR::equals);
        Optional<String> unknown = Command.unknownAmong(properties);
        if (unknown.isPresent()) {
            out.println(USAGE);
            out.println("The audit did not run: unknown argument " + unknown.get());
            return FAILED;
        }
        try (ConfigurableApplicationContext context = Command.start(NAME, properties)) {
            return new AuditCommand(
                            context.getBean(AuditLikes.class), context.getBean(LikePartitions.class), repairing, out)
                    .auditAll();
        } catch (RuntimeException e) {
            out.println("The audit failed: " + Command.reason(e));
            return FAILED;
        }
    }

    private int auditAll() {
        partitions.all().forEach(this::audit);
        String looked = "%s, %s, %s, %s in Redis: "
                .formatted(
                        number(partitions.count(), "partition"),
                        number(characters, "character"),
                        number(rows, "row"),
                        number(held, "relation"));
        String found = differences == 0 ? "nothing differs" : number(differences, "difference");
        if (!failures.isEmpty()) {
            out.println(looked + found + ", but " + String.join("; ", failures));
            return FAILED;
        }
        out.println(looked + found + (differences > 0 && repairing ? ", repaired" : ""));
        return differences == 0 ? SAME : DIFFERENT;
    }

    private void audit(int partition) {
        Report report = audit.audit(partition);
        characters += report.extent().characters();
        rows += report.extent().rows();
        held += report.extent().held();
        long different = report.differences().size() + report.unlisted();
        differences += different;
        print(partition, report);
        if (!report.complete()) {
            failures.add("partition " + partition + " was not compared with Redis, which has yet to be given the"
                    + " journal: run this again in some seconds");
        }
        if (repairing && different > 0) {
            repair(partition);
        }
    }

    private void repair(int partition) {
        if (!audit.repair(partition)) {
            failures.add("Redis was not rebuilt in partition " + partition + ": run this again in some seconds");
            return;
        }
        Report after = audit.audit(partition);
        if (!after.differences().isEmpty()) {
            out.println("partition " + partition + ": after the repair");
            print(partition, after);
            failures.add("the repair of partition " + partition + " did not succeed");
        }
    }

    private void print(int partition, Report report) {
        String prefix = "partition " + partition + ": ";
        for (Difference difference : report.differences()) {
            out.println(prefix + subject(difference) + " is " + difference.found() + ", should be "
                    + difference.expected());
        }
        if (report.unlisted() > 0) {
            out.println(prefix + "and " + number(report.unlisted(), "more difference"));
        }
        Remarks remarks = report.remarks();
        if (remarks.warmingUp() > 0) {
            out.println(prefix + "note: " + number(remarks.warmingUp(), "row") + " not copied to Redis yet");
        }
        if (remarks.backlogTooLarge()) {
            out.println(prefix + "note: the backlog is too large to compare buffered counts");
        }
        if (remarks.withoutCharacter() > 0) {
            out.println(prefix + "note: " + number(remarks.withoutCharacter(), "relation")
                    + " in Redis of characters that do not exist");
        }
        for (String row : remarks.unusable()) {
            out.println(prefix + "note: skipped " + row);
        }
        if (remarks.deadLetters() > 0) {
            out.println(prefix + "note: " + number(remarks.deadLetters(), "row") + " in like_set_aside");
        }
    }

    private static String subject(Difference difference) {
        return switch (difference.kind()) {
            case COUNT -> "like_count of " + difference.what();
            case TOTAL -> "total in Redis of " + difference.what();
            case RELATION -> "relation in Redis " + difference.what();
            case BUFFER -> "buffer in Redis of " + difference.what();
        };
    }

    private static String number(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
