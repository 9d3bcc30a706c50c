package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.tracing.exporter.FinishedSpan;
import io.micrometer.tracing.exporter.SpanReporter;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import maple.like.application.contract.Fresh;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Traces of a service that has all of them recorded. */
@ExtendWith(OutputCaptureExtension.class)
class TracingTest {
    private static final List<FinishedSpan> SPANS = new CopyOnWriteArrayList<>();
    private static final String CALLERS_SPAN = "00f067aa0ba902b7";

    private static Servers servers;
    private static FakeNexon nexon;
    private static Collector collector;
    private static Service service;

    @BeforeAll
    static void start() {
        servers = new Servers();
        nexon = new FakeNexon();
        collector = new Collector();
        Map<String, String> properties = nexon.configure(servers.configuration());
        properties.put(TracingOnDemand.ENDPOINT, collector.url());
        properties.put("management.tracing.sampling.probability", "1");
        properties.put("management.opentelemetry.tracing.export.schedule-delay", "50ms");
        service = Service.start(properties, Additions.class);
    }

    @AfterAll
    static void stop() {
        service.close();
        collector.close();
        nexon.close();
        servers.close();
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

    /** Sends as a part of a trace that its caller records. */
    private static HttpResponse<String> send(Service to, String trace, String method, String path, String requestId) {
        return Service.send(HttpRequest.newBuilder(URI.create(to.address() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer " + Service.token("account-1"))
                .header("X-Request-Id", requestId)
                .header("traceparent", "00-" + trace + "-" + CALLERS_SPAN + "-01"));
    }

    private static String freshTrace() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private static FinishedSpan span(String trace, String name) {
        return await().until(
                        () -> SPANS.stream()
                                .filter(span -> span.getTraceId().equals(trace)
                                        && span.getName().startsWith(name))
                                .findFirst(),
                        Optional::isPresent)
                .get();
    }

    @Test
    void aToggleGoesOnWithTheTraceOfItsCaller() {
        String name = servers.character(Fresh.name().value());
        String trace = freshTrace();
        assertThat(send(service, trace, "POST", Service.path(name, "/like"), "a")
                        .statusCode())
                .isEqualTo(200);

        FinishedSpan request = span(trace, "http post");
        assertThat(request.getParentId()).isEqualTo(CALLERS_SPAN);
        assertThat(request.getTags()).containsEntry("uri", "/api/v2/characters/{userIgn}/like");
        FinishedSpan toggle = span(trace, "like.toggle");
        assertThat(toggle.getParentId()).isEqualTo(request.getSpanId());
        assertThat(toggle.getTags()).containsEntry("result", "liked").containsEntry("path", "redis");
        assertThat(service.timed("like.toggle", "result", "liked", "path", "redis"))
                .isPositive();
        assertThat(service.timed("like.toggle", "error", "none"))
                .as("operations timed once more, as any observation")
                .isZero();
    }

    @Test
    void readingIsAPartOfTheTraceToo() {
        String name = servers.character(Fresh.name().value());
        String trace = freshTrace();
        send(service, trace, "GET", Service.path(name, "/like/count"), "a");
        assertThat(span(trace, "like.read").getTags())
                .containsEntry("op", "count")
                .containsEntry("result", "found");
        assertThat(service.timed("like.read", "op", "count", "result", "found")).isPositive();

        String another = freshTrace();
        send(service, another, "GET", Service.path("Nobody", "/like/status"), "a");
        assertThat(span(another, "like.read").getTags())
                .containsEntry("op", "status")
                .containsEntry("result", "unknown_character");
    }

    @Test
    void aFlushHasATraceOfItsOwnAndOneThatHadNothingToDoHasNone() {
        String name = servers.character(Fresh.name().value());
        service.toggle(name, "account-1");
        await().until(() -> servers.storedCount(name) == 1);
        FinishedSpan flush = await().until(
                        () -> SPANS.stream()
                                .filter(span -> span.getName().equals("like.sync.batch"))
                                .findFirst(),
                        Optional::isPresent)
                .get();
        assertThat(flush.getParentId()).isIn(null, "", "0000000000000000");
        assertThat(SPANS)
                .filteredOn(span -> span.getName().equals("like.sync.batch"))
                .allSatisfy(span -> assertThat(span.getTags()).containsEntry("status", "success"));
    }

    @Test
    void nexonIsToldWhichTraceALookupIsAPartOf() {
        String name = Fresh.name().value();
        nexon.knows(name, Servers.ocid(name));
        String trace = freshTrace();
        send(service, trace, "POST", Service.path(name, "/like"), "a");
        FinishedSpan lookup = span(trace, "like.nexon.lookup");
        assertThat(nexon.traceOf(name)).isEqualTo("00-" + trace + "-" + lookup.getSpanId() + "-01");
        assertThat(lookup.getTags()).containsEntry("result", "found");
        assertThat(lookup.getKind()).hasToString("CLIENT");
    }

    @Test
    void logLinesOfARequestCarryItsTraceBesideItsId(CapturedOutput output) {
        String trace = freshTrace();
        assertThat(send(service, trace, "GET", "/defect", "log-lines").statusCode())
                .isEqualTo(500);
        FinishedSpan request = span(trace, "http get");
        assertThat(output.getAll().lines().filter(line -> line.contains("on purpose")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line)
                        .contains("\"log-lines\"", "\"" + trace + "\"", "\"" + request.getSpanId() + "\""));
    }

    @Test
    void linesForPeopleCarryThemToo() {
        assertThat(service.property("logging.pattern.correlation"))
                .contains("%X{requestId:-} %X{traceId:-} %X{spanId:-}");
    }

    @Test
    void whatIsRecordedIsSentToTheEndpoint() {
        String name = servers.character(Fresh.name().value());
        String trace = freshTrace();
        send(service, trace, "PUT", Service.path(name, "/like"), "a");
        await().atMost(Duration.ofSeconds(30)).until(() -> collector.holds(trace));
        assertThat(collector.texts()).anyMatch(text -> text.contains("like.toggle"));
        assertThat(collector.texts()).anyMatch(text -> text.contains("like-service"));
        assertThat(collector.types()).containsOnly("application/x-protobuf");
    }

    @Test
    void withoutAnEndpointNothingIsTracedAndOperationsAreTimed() {
        String name = servers.character(Fresh.name().value());
        try (Service untraced = Service.start(servers.configuration())) {
            assertThat(untraced.beansNamedLike("tracer")).isEmpty();
            assertThat(untraced.beansNamedLike("otlp")).isEmpty();
            untraced.toggle(name, "account-1");
            assertThat(untraced.timed("like.toggle", "result", "liked", "path", "redis"))
                    .isPositive();
        }
    }
}
