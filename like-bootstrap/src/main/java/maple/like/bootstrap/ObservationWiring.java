package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How operations are observed. Traces and their export are Spring Boot's. */
@Configuration(proxyBeanMethods = false)
class ObservationWiring {
    @Bean
    Operations operations(ObservationRegistry observations) {
        return new Operations(observations);
    }

    /** In place of Spring Boot's own, which it asks for everything that is no operation of the service. */
    @Bean
    MeterObservationHandler<Observation.Context> meterObservationHandler(MeterRegistry meters) {
        return new Operations.Timers(meters.config().clock(), new DefaultMeterObservationHandler(meters));
    }

    @Bean
    SpanExportingPredicate busySpans() {
        return span -> !SyncMonitor.isIdle(span.getName(), span.getTags());
    }
}
