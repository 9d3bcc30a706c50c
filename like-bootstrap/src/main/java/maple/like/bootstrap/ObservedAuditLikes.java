package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Function;
import java.util.function.Supplier;
import maple.like.application.port.in.AuditLikes;

/** Observes audits as {@code like.audit}, and repairs as {@code like.repair}, by their result. */
final class ObservedAuditLikes implements AuditLikes {
    private static final String AUDIT = "like.audit";
    private static final String REPAIR = "like.repair";

    private final AuditLikes audits;
    private final Operations operations;
    private final MeterRegistry meters;

    ObservedAuditLikes(AuditLikes audits, Operations operations, MeterRegistry meters) {
        this.audits = audits;
        this.operations = operations;
        this.meters = meters;
    }

    @Override
    public Report audit(int partition) {
        return observe(AUDIT, () -> audits.audit(partition), report -> result(report));
    }

    private static String result(Report report) {
        if (!report.differences().isEmpty()) {
            return "different";
        }
        return report.complete() ? "same" : "incomplete";
    }

    @Override
    public boolean repair(int partition) {
        return observe(REPAIR, () -> audits.repair(partition), done -> done ? "success" : "incomplete");
    }

    private <T> T observe(String name, Supplier<T> operation, Function<T, String> result) {
        return operations.observe(name, operation, done -> ending(name, result.apply(done)), ending(name, "failed"));
    }

    private Ending ending(String name, String result) {
        return Ending.of(Timer.builder(name).tag("result", result).register(meters));
    }
}
