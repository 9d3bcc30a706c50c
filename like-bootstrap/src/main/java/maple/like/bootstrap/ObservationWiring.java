package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How operations are observed. Traces and their export are Spring Boot's. */
@Configuration(proxyBeanMethods = false)
class ObservationWiring {
    @Bean
    Operations operations(MeterRegistry meters, ObservationRegistry observations, ObjectProvider<Tracer> tracer) {
        boolean traced = tracer.getIfAvailable() != null;
        return new Operations(meters.config().clock(), traced ? observations : ObservationRegistry.NOOP);
    }

    @Bean
    MeterObservationHandler<Observation.Context> meterObservationHandler(MeterRegistry meters) {
        return new OthersTimers(meters);
    }

    @Bean
    SpanExportingPredicate busySpans() {
        return span -> !SyncMonitor.isIdle(span.getName(), span.getTags());
    }

    /** Is asked before Spring Boot's own: takes operations too, lest that one times them again, and does nothing with them. */
    private static final class OthersTimers extends DefaultMeterObservationHandler {
        OthersTimers(MeterRegistry meters) {
            super(meters);
        }

        @Override
        public void onStart(Observation.Context context) {
            if (!Operations.isOperation(context)) {
                super.onStart(context);
            }
        }

        @Override
        public void onStop(Observation.Context context) {
            if (!Operations.isOperation(context)) {
                super.onStop(context);
            }
        }

        @Override
        public void onEvent(Observation.Event event, Observation.Context context) {
            if (!Operations.isOperation(context)) {
                super.onEvent(event, context);
            }
        }
    }
}
