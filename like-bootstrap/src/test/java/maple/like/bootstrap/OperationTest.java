package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import maple.like.adapter.jpa.RecordingDataSource;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.http.Parameters;
import org.apache.tomcat.util.http.parser.Cookie;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What an operator sees of a configured service. */
@ExtendWith(OutputCaptureExtension.class)
class OperationTest {
    private static final String OPERATOR = Service.token("operator");

    private static Servers servers;
    private static Service service;

    @BeforeAll
    static void start() {
        servers = new Servers();
        service = Service.start(servers.configuration(), RecordedDatabase.class);
    }

    @AfterAll
    static void stop() {
        service.close();
        servers.close();
    }

    @Test
    void everybodySeesWhetherItIsUpAndOperatorsSeeWhy() {
        assertThat(service.send("GET", "/actuator/health", null).body())
                .contains("\"status\":\"UP\"")
                .doesNotContain("ping");
        assertThat(service.send("GET", "/actuator/health", OPERATOR).body())
                .contains("\"redis\"", "\"ping\"", "\"db\"", "\"likeSync\"", "\"pending\"", "\"lagSeconds\"");
        for (String probe : List.of("liveness", "readiness")) {
            assertThat(service.send("GET", "/actuator/health/" + probe, null).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aComponentOfHealthThatDoesNotExistIsNoDefect() {
        for (String path : List.of("/actuator/health/a", "/actuator/health/a/b", "/actuator/health/a/b/c")) {
            assertThat(service.send("GET", path, null).statusCode()).as(path).isBetween(400, 499);
            assertThat(service.send("GET", path, OPERATOR).statusCode())
                    .as(path)
                    .isBetween(400, 499);
        }
    }

    @Test
    void everythingElseIsForOperators() {
        for (String path :
                List.of("/actuator/prometheus", "/actuator/metrics", "/actuator/info", "/actuator/sbom", "/actuator")) {
            assertThat(service.send("GET", path, null).statusCode()).as(path).isEqualTo(401);
            assertThat(service.send("GET", path, Service.token("account-1")).statusCode())
                    .as(path)
                    .isEqualTo(403);
            assertThat(service.send("GET", path, OPERATOR).statusCode())
                    .as(path)
                    .isEqualTo(200);
        }
        assertThat(service.send("GET", "/actuator/env", OPERATOR).statusCode()).isNotEqualTo(200);
    }

    @Test
    void everyMetricIsThere() {
        String name = servers.character("Metrics");
        service.toggle(name, "account-1");
        service.count(name);
        await().until(() -> servers.storedCount(name) == 1);
        String metrics = service.send("GET", "/actuator/prometheus", OPERATOR).body();
        assertThat(metrics)
                .contains(
                        "like_event_publish_total{status=\"success\"}",
                        "like_event_publish_total{status=\"failure\"}",
                        "like_event_received_total",
                        "like_event_gap_total",
                        "like_toggle_seconds_count{path=\"redis\",result=\"liked\"}",
                        "like_sync_batch_seconds_count{status=\"success\"}",
                        "like_sync_rows_total{op=\"insert\"}",
                        "like_sync_rows_total{op=\"delete\"}",
                        "like_sync_pending",
                        "like_sync_lag_seconds",
                        "like_drift_total 0.0",
                        "cache_gets_total{cache=\"like.counts\"");
    }

    @Test
    void aLogLineCarriesTheIdOfItsRequestAndNothingSecret(CapturedOutput output) {
        String name = servers.character("Logged");
        service.bean(RecordingDataSource.class).refuseConnections(true);
        try {
            // Neither its name nor its total is known yet, so this one needs the database.
            assertThat(service.send("POST", Service.path(name, "/like"), Service.token("account-4711"))
                            .statusCode())
                    .isEqualTo(503);
        } finally {
            service.bean(RecordingDataSource.class).refuseConnections(false);
        }
        assertThat(output).doesNotContain("account-4711").doesNotContain(Service.SECRET);
    }

    @Test
    void aContentTypeThatIsNoneIsNoDefect(CapturedOutput output) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(service.address() + "/actuator/health"))
                .header("Content-Type", "*/*");
        assertThat(Service.send(request).statusCode()).isEqualTo(415);
        assertThat(output).doesNotContain("\"ERROR\"");
    }

    @Test
    void aMalformedParameterIsNoDefectAndNotLogged(CapturedOutput output) {
        assertThat(service.sendRaw("GET /actuator/health?a=s3cr3t%zz HTTP/1.1\r\nHost: likes.example\r\n\r\n")
                        .status())
                .isEqualTo(400);
        assertThat(output).doesNotContain("\"ERROR\"", "s3cr3t");
    }

    @Test
    void nothingOfARequestIsQuotedByTomcat() {
        // It would do so only once a day: look at the levels instead.
        for (Class<?> quoting : List.of(Http11Processor.class, Cookie.class, Parameters.class)) {
            assertThat(LoggerFactory.getLogger(quoting).isInfoEnabled())
                    .as(quoting.getName())
                    .isFalse();
        }
    }

    @Test
    void managementOnAPortOfItsOwnNeedsNoToken() {
        Map<String, String> properties = servers.configuration();
        properties.put("management.server.port", "0");
        try (Service other = Service.start(properties)) {
            String port = other.property("local.management.port");
            assertThat(other.sendTo("http://127.0.0.1:" + port + "/actuator/prometheus")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(other.send("GET", "/actuator/prometheus", OPERATOR).statusCode())
                    .isNotEqualTo(200);
        }
    }

    @Test
    void changesThatWaitAreStoredBeforeTheServiceStops() {
        String name = servers.character("LastMinute");
        Map<String, String> properties = servers.configuration();
        properties.put("like.sync.interval", "1h");
        service.close();
        try (Service slow = Service.start(properties)) {
            slow.toggle(name, "account-1");
            assertThat(servers.storedCount(name)).isZero();
        }
        assertThat(servers.storedCount(name)).isEqualTo(1);
        service = Service.start(servers.configuration(), RecordedDatabase.class);
    }

    @Test
    void withoutRealtimeNothingIsPublishedOrHeard() {
        String name = servers.character("Quiet");
        Map<String, String> properties = servers.configuration();
        properties.put("like.realtime.enabled", "false");
        try (Service quiet = Service.start(properties)) {
            assertThat(quiet.count(name)).isZero();
            service.toggle(name, "account-1");
            await().until(() -> servers.storedCount(name) == 1);
            assertThat(quiet.count(name)).as("remembered until it expires").isZero();
            assertThat(quiet.toggle(name, "account-2").likeCount()).isEqualTo(2);
            assertThat(quiet.count(name)).isEqualTo(2);
            assertThat(servers.redis.commands().pubsubNumsub("{likes}:events")).containsValue(1L);
        }
    }

    @Test
    void aPolicyThatEvictsLikesIsReportedLoudly(CapturedOutput output) {
        servers.redis.commands().configSet("maxmemory-policy", "allkeys-lru");
        try (Service warned = Service.start(servers.configuration())) {
            assertThat(output).contains("maxmemory-policy is allkeys-lru");
        } finally {
            servers.redis.commands().configSet("maxmemory-policy", "noeviction");
        }
    }
}
