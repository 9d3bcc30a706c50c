package maple.like.bootstrap;

import io.micrometer.core.instrument.Clock;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Observes operations: each has a timer and, where there is a tracer, a span, and the ids of both trace and span in the
 * log lines within it. Safe for use by any number of threads.
 */
final class Operations {
    private final Clock clock;
    private final ObservationRegistry spans;

    /**
     * Times by a clock.
     *
     * @param spans makes spans of observations, or nothing
     */
    Operations(Clock clock, ObservationRegistry spans) {
        this.clock = clock;
        this.spans = spans;
    }

    /**
     * Runs an operation.
     *
     * @param name of the observation and of the span
     * @param ending the label of an operation that returned
     * @param failed the label of one that threw
     */
    <T> T observe(String name, Supplier<T> operation, Function<? super T, Ending> ending, Ending failed) {
        return observe(name, Observation.Context::new, operation, ending, failure -> failed);
    }

    /** As {@link #observe(String, Supplier, Function, Ending)}, with another kind of context. */
    <T> T observe(
            String name,
            Supplier<? extends Observation.Context> context,
            Supplier<T> operation,
            Function<? super T, Ending> ending,
            Function<RuntimeException, Ending> failed) {
        long begun = clock.monotonicTime();
        Observation span = Observation.start(name, context::get, spans);
        try {
            T result = span.scoped(operation); // reports what is thrown
            end(span, begun, ending.apply(result));
            return result;
        } catch (RuntimeException e) {
            end(span, begun, failed.apply(e));
            throw e;
        } finally {
            span.stop();
        }
    }

    private void end(Observation span, long begun, Ending ending) {
        if (ending.timer() != null) {
            ending.timer().record(clock.monotonicTime() - begun, TimeUnit.NANOSECONDS);
        }
        span.lowCardinalityKeyValues(ending.tags());
    }
}
