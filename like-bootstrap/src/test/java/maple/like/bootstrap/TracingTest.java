package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.exporter.FinishedSpan;
import io.micrometer.tracing.exporter.SpanReporter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import maple.like.application.contract.Fresh;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The traces of a service that records all of them. */
@ExtendWith(OutputCaptureExtension.class)
class TracingTest {
    private static final List<FinishedSpan> SPANS = new CopyOnWriteArrayList<>();
    private static final String CALLERS_SPAN = "00f067aa0ba902b7";

    @AutoClose
    private static final StubServer COLLECTOR =
            new StubServer().answering("/v1/traces", request -> new StubServer.Answer(200, ""));

    @AutoClose
    private static Servers servers;

    @AutoClose
    private static FakeNexon nexon;

    private static Service service;

    @BeforeAll
    static void start() {
        servers = new Servers();
        nexon = new FakeNexon();
        service = servers.startWith(
                Additions.class,
                nexon.configuration(
                        TracingOnDemand.ENDPOINT + "=" + COLLECTOR.url() + "/v1/traces",
                        "management.tracing.sampling.probability=1",
                        "management.opentelemetry.tracing.export.schedule-delay=50ms"));
    }

    @Configuration(proxyBeanMethods = false)
    @Import(Defect.class)
    static class Additions {
        @Bean
        SpanReporter spanReporter() {
            return SPANS::add;
        }
    }

    @RestController
    static final class Defect {
        @GetMapping("/defect")
        void fail() {
            throw new IllegalStateException("on purpose");
        }
    }

    private final String trace = UUID.randomUUID().toString().replace("-", "");

    /** Sends a request that is a part of the trace. */
    private HttpResponse<String> send(String method, String path) {
        return Service.send(service.request(method, path)
                .header("Authorization", "Bearer " + Service.token("account-1"))
                .header("X-Request-Id", "request-4711")
                .header("traceparent", "00-" + trace + "-" + CALLERS_SPAN + "-01"));
    }

    private static FinishedSpan first(Predicate<FinishedSpan> span) {
        return await().until(() -> SPANS.stream().filter(span).findFirst(), Optional::isPresent)
                .get();
    }

    private FinishedSpan span(String name) {
        return first(span -> span.getTraceId().equals(trace) && span.getName().startsWith(name));
    }

    @Test
    void aToggleContinuesTheTraceOfItsCaller() {
        String name = servers.character(Fresh.name().value());
        assertThat(send("POST", Service.path(name, "/like")).statusCode()).isEqualTo(200);
        FinishedSpan request = span("http post");
        assertThat(request.getParentId()).isEqualTo(CALLERS_SPAN);
        assertThat(request.getTags()).containsEntry("uri", "/api/v2/characters/{userIgn}/like");
        FinishedSpan toggle = span("like.toggle");
        assertThat(toggle.getParentId()).isEqualTo(request.getSpanId());
        assertThat(toggle.getTags()).containsEntry("result", "liked").containsEntry("path", "redis");
        assertThat(service.metric("like.toggle", "result", "liked", "path", "redis"))
                .isPositive();
        assertThat(service.bean(MeterRegistry.class)
                        .find("like.toggle")
                        .tag("error", "none")
                        .meters())
                .as("timers of the observation itself")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"status, unknown_character", "count, found"})
    void aReadIsAPartOfTheTrace(String operation, String result) {
        String name = result.equals("found") ? servers.character(Fresh.name().value()) : "Unknown";
        send("GET", Service.path(name, "/like/" + operation));
        assertThat(span("like.read").getTags()).containsEntry("op", operation).containsEntry("result", result);
        assertThat(service.metric("like.read", "op", operation, "result", result))
                .isPositive();
    }

    @Test
    void aFlushStartsATraceUnlessItFoundNothingToDo() {
        String name = servers.character(Fresh.name().value());
        service.toggle(name, "account-1");
        assertThat(first(span -> span.getName().equals("like.sync.batch")).getParentId())
                .isIn(null, "", "0000000000000000");
        assertThat(SPANS)
                .filteredOn(span -> span.getName().equals("like.sync.batch"))
                .allSatisfy(span -> assertThat(span.getTags()).containsEntry("status", "success"));
    }

    @Test
    void aLookupPassesTheTraceOn() {
        String name = Fresh.name().value();
        nexon.knows(name, Servers.ocid(name));
        send("POST", Service.path(name, "/like"));
        FinishedSpan lookup = span("like.nexon.lookup");
        assertThat(nexon.traces(name)).containsExactly("00-" + trace + "-" + lookup.getSpanId() + "-01");
        assertThat(lookup.getTags()).containsEntry("result", "found");
        assertThat(lookup.getKind()).hasToString("CLIENT");
    }

    @Test
    void logLinesOfARequestCarryItsIdAndTrace(CapturedOutput output) {
        assertThat(send("GET", "/defect").statusCode()).isEqualTo(500);
        FinishedSpan request = span("http get");
        assertThat(output.getAll().lines().filter(line -> line.contains("on purpose")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line)
                        .contains("\"request-4711\"", "\"" + trace + "\"", "\"" + request.getSpanId() + "\""));
        assertThat(service.property("logging.pattern.correlation"))
                .as("the same as plain text")
                .contains("%X{requestId:-} %X{traceId:-} %X{spanId:-}");
    }

    @Test
    void spansAreExportedToTheEndpoint() {
        String name = servers.character(Fresh.name().value());
        send("PUT", Service.path(name, "/like"));
        String id = new String(HexFormat.of().parseHex(trace), StandardCharsets.ISO_8859_1);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(COLLECTOR.received())
                        .anyMatch(request -> request.body().contains(id)));
        assertThat(COLLECTOR.received())
                .anyMatch(request -> request.body().contains("like.toggle"))
                .anyMatch(request -> request.body().contains("like-service"))
                .allMatch(request -> request.method().equals("POST")
                        && request.header().apply("Content-Type").equals("application/x-protobuf"));
    }

    @Test
    void withoutAnEndpointNothingIsTracedAndOperationsAreTimed() {
        String name = servers.character(Fresh.name().value());
        try (Service untraced = servers.start()) {
            assertThat(untraced.beanNames()).noneMatch(bean -> bean.contains("tracer") || bean.contains("otlp"));
            untraced.toggle(name, "account-1");
            assertThat(untraced.metric("like.toggle", "result", "liked", "path", "redis"))
                    .isPositive();
        }
    }
}
