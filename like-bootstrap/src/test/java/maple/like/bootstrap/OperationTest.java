package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import maple.like.adapter.jpa.RecordingDataSource;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.http.Parameters;
import org.apache.tomcat.util.http.parser.Cookie;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What an operator sees of a configured service. */
@ExtendWith(OutputCaptureExtension.class)
class OperationTest {
    @AutoClose
    private static Servers servers;

    private static Service service;

    @BeforeAll
    static void start() {
        servers = new Servers();
        service = servers.startWith(RecordedDatabase.class);
    }

    private static int status(String path, String token) {
        return service.send("GET", path, token).statusCode();
    }

    @Test
    void healthIsPublicAndItsDetailsAreForOperators() {
        assertThat(service.get("/actuator/health").body())
                .contains("\"status\":\"UP\"")
                .doesNotContain("ping");
        assertThat(service.send("GET", "/actuator/health", Service.OPERATOR).body())
                .contains("\"redis\"", "\"ping\"", "\"db\"", "\"likeSync\"", "\"pending\"", "\"lagSeconds\"");
        assertThat(service.probe("liveness")).isEqualTo(200);
        assertThat(service.probe("readiness")).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health/a", "/actuator/health/a/b", "/actuator/health/a/b/c"})
    void anUnknownHealthComponentIsAClientError(String path) {
        assertThat(status(path, null)).isBetween(400, 499);
        assertThat(status(path, Service.OPERATOR)).isBetween(400, 499);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/actuator/prometheus", "/actuator/metrics", "/actuator/info", "/actuator/sbom", "/actuator"})
    void otherEndpointsAreForOperators(String path) {
        assertThat(status(path, null)).isEqualTo(401);
        assertThat(status(path, Service.token("account-1"))).isEqualTo(403);
        assertThat(status(path, Service.OPERATOR)).isEqualTo(200);
        assertThat(status("/actuator/env", Service.OPERATOR)).isNotEqualTo(200);
    }

    @Test
    void everyMetricIsExposed() {
        String name = servers.character("Metrics");
        service.toggle(name, "account-1");
        service.count(name);
        await().until(() -> servers.storedCount(name) == 1);
        assertThat(service.send("GET", "/actuator/prometheus", Service.OPERATOR).body())
                .contains(
                        "like_event_publish_total{status=\"success\"}",
                        "like_event_publish_total{status=\"failure\"}",
                        "like_event_received_total",
                        "like_event_gap_total",
                        "like_partition_state{state=\"active\"} 1.0",
                        "like_toggle_seconds_count{path=\"redis\",result=\"liked\"}",
                        "like_toggle_seconds_count{path=\"redis\",result=\"self_like\"}",
                        "like_sync_batch_seconds_count{status=\"success\"}",
                        "like_sync_rows_total{op=\"insert\"}",
                        "like_sync_rows_total{op=\"delete\"}",
                        "like_sync_pending",
                        "like_sync_lag_seconds",
                        "like_drift_total 0.0",
                        "cache_gets_total{cache=\"like.counts\"");
    }

    @Test
    void theLogContainsNoAccountAndNoSecret(CapturedOutput output) {
        String name = servers.character("Logged");
        service.bean(RecordingDataSource.class).refuseConnections(true);
        try {
            // Neither the name nor the total is in a cache yet, so this call needs the database.
            assertThat(service.change("POST", name, "account-4711").statusCode())
                    .isEqualTo(503);
        } finally {
            service.bean(RecordingDataSource.class).refuseConnections(false);
        }
        assertThat(output).doesNotContain("account-4711").doesNotContain(Service.SECRET);
    }

    @Test
    void aMalformedRequestIsAClientErrorAndItsTextIsNotLogged(CapturedOutput output) throws IOException {
        String malformedParameter = "GET /actuator/health?a=s3cr3t%zz HTTP/1.1\r\nHost: likes.example\r\n\r\n";
        try (RawHttp http = new RawHttp(URI.create(service.address()).getPort())) {
            assertThat(http.send(malformedParameter).status()).isEqualTo(400);
        }
        assertThat(output).doesNotContain("\"ERROR\"", "s3cr3t");
        // Tomcat quotes a request only once a day, so the levels are checked instead.
        for (Class<?> quoting : List.of(Http11Processor.class, Cookie.class, Parameters.class)) {
            assertThat(LoggerFactory.getLogger(quoting).isInfoEnabled())
                    .as(quoting.getName())
                    .isFalse();
        }
    }

    @Test
    void aManagementPortNeedsNoToken() {
        try (Service other = servers.start("management.server.port=0")) {
            String management = "http://127.0.0.1:" + other.property("local.management.port");
            assertThat(Service.send(HttpRequest.newBuilder(URI.create(management + "/actuator/prometheus")))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(other.send("GET", "/actuator/prometheus", Service.OPERATOR)
                            .statusCode())
                    .isNotEqualTo(200);
        }
    }

    @Test
    void withoutRealtimeNoEventIsPublishedOrReceived() {
        String name = servers.character("Quiet");
        try (Service quiet = servers.start("like.realtime.enabled=false")) {
            assertThat(quiet.count(name)).isZero();
            service.toggle(name, "account-1");
            await().until(() -> servers.storedCount(name) == 1);
            assertThat(quiet.count(name)).as("in the L1 until its TTL").isZero();
            assertThat(quiet.toggle(name, "account-2").likeCount()).isEqualTo(2);
            assertThat(quiet.count(name)).isEqualTo(2);
            assertThat(servers.redis.commands().pubsubNumsub("{likes}:events")).containsValue(1L);
        }
    }

    @Test
    void anEvictionPolicyThatLosesLikesIsLogged(CapturedOutput output) {
        servers.redis.commands().configSet("maxmemory-policy", "allkeys-lru");
        try (Service warned = servers.start()) {
            assertThat(output).contains("maxmemory-policy is allkeys-lru");
        } finally {
            servers.redis.commands().configSet("maxmemory-policy", "noeviction");
        }
    }
}
