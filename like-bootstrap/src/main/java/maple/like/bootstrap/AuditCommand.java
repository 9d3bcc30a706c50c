package maple.like.bootstrap;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import maple.like.application.LikesUnavailableException;
import maple.like.application.port.in.AuditLikes;
import maple.like.application.port.in.AuditLikes.Difference;
import maple.like.application.port.in.AuditLikes.Remarks;
import maple.like.application.port.in.AuditLikes.Report;
import maple.like.domain.LikePartitions;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.MapPropertySource;

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

    static boolean isMeant(String... arguments) {
        return arguments.length > 0 && arguments[0].equals(NAME);
    }

    /** Runs, and prints what it found on standard output. */
    static int run(String... arguments) {
        return run(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8), arguments);
    }

    static int run(PrintStream out, String... arguments) {
        List<String> properties = new ArrayList<>(Arrays.asList(arguments).subList(1, arguments.length));
        boolean repairing = properties.removeIf(REPAIR::equals);
        for (String property : properties) {
            if (!property.startsWith("--") || !property.contains("=")) {
                out.println(USAGE);
                out.println("The audit did not run: unknown argument " + property);
                return FAILED;
            }
        }
        try (ConfigurableApplicationContext context = start(properties)) {
            return new AuditCommand(
                            context.getBean(AuditLikes.class), context.getBean(LikePartitions.class), repairing, out)
                    .auditAll();
        } catch (RuntimeException e) {
            out.println("The audit failed: " + reason(e));
            return FAILED;
        }
    }

    private static ConfigurableApplicationContext start(List<String> properties) {
        SpringApplication application = new SpringApplication(AuditWiring.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setLazyInitialization(true);
        application.setDefaultProperties(
                Map.of("logging.threshold.console", "off", "spring.datasource.hikari.maximum-pool-size", "2"));
        // An audit changes no tables.
        application.addInitializers(context -> context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(NAME, Map.of("spring.flyway.enabled", "false"))));
        return application.run(properties.toArray(String[]::new));
    }

    private static String reason(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigurationException wrong) {
                return wrong.getMessage() + " " + wrong.action();
            }
            if (cause instanceof LikesUnavailableException && cause.getCause() != null) {
                return cause.getMessage() + " ("
                        + NestedExceptionUtils.getMostSpecificCause(cause).getMessage() + ")";
            }
        }
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        return root.getMessage() == null ? root.toString() : root.getMessage();
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
