package maple.like.bootstrap;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Observes operations: each has a timer, a span, and the ids of both trace and span in the log lines within it. Safe for
 * use by any number of threads.
 */
final class Operations {
    private final ObservationRegistry observations;

    /** @param observations has a {@link Timers} among its handlers, or nothing is timed */
    Operations(ObservationRegistry observations) {
        this.observations = observations;
    }

    /**
     * Carries an operation out.
     *
     * @param name of the observation and of the span
     * @param ending what became of an operation that returned
     * @param failed what became of one that threw
     */
    <T> T observe(String name, Supplier<T> operation, Function<? super T, Ending> ending, Ending failed) {
        return observe(name, new Observation.Context(), operation, ending, failure -> failed);
    }

    /** The same with a context of the caller's. */
    <T> T observe(
            String name,
            Observation.Context context,
            Supplier<T> operation,
            Function<? super T, Ending> ending,
            Function<RuntimeException, Ending> failed) {
        Timing timing = new Timing();
        context.put(Timing.class, timing);
        Observation observation = Observation.start(name, () -> context, observations);
        try {
            T result = observation.scoped(operation); // reports what is thrown
            end(context, timing, ending.apply(result));
            return result;
        } catch (RuntimeException e) {
            end(context, timing, failed.apply(e));
            throw e;
        } finally {
            observation.stop();
        }
    }

    private static void end(Observation.Context context, Timing timing, Ending ending) {
        timing.ending = ending;
        context.addLowCardinalityKeyValues(ending.tags());
    }

    private static final class Timing {
        private long begun;
        private @Nullable Ending ending;
    }

    /** Records operations by the timer of their ending, which has no tags but its own; leaves others to another handler. */
    static final class Timers implements MeterObservationHandler<Observation.Context> {
        private final Clock clock;
        private final MeterObservationHandler<Observation.Context> others;

        Timers(Clock clock, MeterObservationHandler<Observation.Context> others) {
            this.clock = clock;
            this.others = others;
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }

        @Override
        public void onStart(Observation.Context context) {
            Timing timing = context.get(Timing.class);
            if (timing == null) {
                others.onStart(context);
            } else {
                timing.begun = clock.monotonicTime();
            }
        }

        @Override
        public void onStop(Observation.Context context) {
            Timing timing = context.get(Timing.class);
            if (timing == null) {
                others.onStop(context);
            } else if (timing.ending != null && timing.ending.timer() != null) {
                timing.ending.timer().record(clock.monotonicTime() - timing.begun, TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void onEvent(Observation.Event event, Observation.Context context) {
            if (context.get(Timing.class) == null) {
                others.onEvent(event, context);
            }
        }
    }
}
