package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.handler.TracingObservationHandler;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How operations are observed. Tracing and its export are Spring Boot's. */
@Configuration(proxyBeanMethods = false)
class ObservationWiring {
    /** A registry of its own has no handler that would time operations once more, and none at all without a tracer. */
    @Bean
    Operations operations(MeterRegistry meters, ObjectProvider<TracingObservationHandler<?>> tracing) {
        ObservationRegistry spans = ObservationRegistry.create();
        List<TracingObservationHandler<?>> handlers = tracing.orderedStream().toList();
        if (!handlers.isEmpty()) {
            spans.observationConfig().observationHandler(new FirstMatchingCompositeObservationHandler(handlers));
        }
        return new Operations(meters.config().clock(), spans);
    }

    @Bean
    SpanExportingPredicate busySpans() {
        return span -> !SyncMonitor.isIdle(span.getName(), span.getTags());
    }
}
