package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Wrong configuration stops the start, and the log names the property. */
@ExtendWith(OutputCaptureExtension.class)
class ConfigurationTest {
    private static Servers servers;

    @BeforeAll
    static void start() {
        servers = new Servers();
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    private static void assertStopsNaming(String property, Map<String, String> properties, CapturedOutput output) {
        Throwable failure = catchThrowable(() -> Service.start(properties).close());
        assertThat(failure).as("the start").isNotNull();
        String message = output.getAll();
        assertThat(message).contains("APPLICATION FAILED TO START");
        assertThat(message.substring(message.indexOf("APPLICATION FAILED TO START")))
                .contains(property)
                .doesNotContain("\tat ");
    }

    private static void assertStopsNaming(String property, String value, CapturedOutput output) {
        Map<String, String> properties = servers.configuration();
        properties.put(property, value);
        assertStopsNaming(property, properties, output);
    }

    @ParameterizedTest
    @ValueSource(strings = {"like.redis.uri", "spring.datasource.url", "like.auth.jwt-secret"})
    void whatADeploymentMustSayIsAskedFor(String property, CapturedOutput output) {
        Map<String, String> properties = servers.configuration();
        properties.remove(property);
        assertStopsNaming(property, properties, output);
        assertThat(output).doesNotContain("Local mode");
    }

    @ParameterizedTest
    @CsvSource({
        "like.redis.uri,nonsense",
        "like.redis.uri,'redis-cluster://127.0.0.1:1,,127.0.0.1:2'",
        "like.realtime.transport,pigeon",
        "like.redis.partitions,0",
        "like.redis.partitions,many",
        "like.redis.command-timeout,0ms",
        "like.redis.command-timeout,soon",
        "like.buffer.strategy,on-disk",
        "like.buffer.flush-interval,0ms",
        "like.sync.interval,-1s",
        "like.sync.batch-size,1",
        "like.cache.l1-ttl,0s",
        "like.cache.l1-max-size,0",
        "like.cache.l2-ttl,10ms",
        "like.realtime.enabled,perhaps",
        "like.auth.jwt-secret,too-short",
        "like.cache.unknown-ttl,0s",
        "like.nexon.base-url,open.api.nexon.com",
        "like.nexon.api-key,two words",
        "like.nexon.connect-timeout,0s",
        "like.nexon.timeout,-1s",
        "like.nexon.lookups-per-second,0",
        "like.nexon.lookups-per-day,0",
        "like.nexon.lookups-per-account,0",
        "app.instance-id,' '",
        "management.opentelemetry.tracing.export.otlp.endpoint,localhost:4318",
        "management.tracing.sampling.probability,2",
        "management.tracing.sampling.probability,some",
        "spring.datasource.url,postgresql://localhost/likes",
        "server.port,100000"
    })
    void aWrongValueIsNamed(String property, String value, CapturedOutput output) {
        assertStopsNaming(property, value, output);
    }

    @Test
    void anotherNumberOfPartitionsThanTheDatabaseHasIsNamed(CapturedOutput output) {
        Service.start(servers.configuration()).close();
        assertStopsNaming("like.redis.partitions", "2", output);
    }

    @Test
    void aMisspelledPropertyIsNamed(CapturedOutput output) {
        assertStopsNaming("like.sync.intervall", "3s", output);
    }

    @Test
    void twoKindsOfKeysAreOneTooMany(CapturedOutput output) {
        assertStopsNaming("spring.security.oauth2.resourceserver.jwt.jwk-set-uri", "http://127.0.0.1:1/keys", output);
    }

    @Test
    void secretsAreNotShown(CapturedOutput output) {
        Map<String, String> properties = servers.configuration();
        properties.put("like.auth.jwt-secret", "Sesame");
        properties.put("like.redis.uri", "redis://user:Rumpelstiltskin@127.0.0.1:1");
        catchThrowable(() -> Service.start(properties).close());
        properties.put("like.redis.uri", "rediss://user:Rumpelstiltskin@[nowhere");
        catchThrowable(() -> Service.start(properties).close());
        properties.put("like.redis.uri", "rediss-cluster://user:Rumpelstiltskin@127.0.0.1:1,127.0.0.1:2/nowhere");
        catchThrowable(() -> Service.start(properties).close());
        properties.put("like.nexon.api-key", "Sesame\u00e9");
        catchThrowable(() -> Service.start(properties).close());
        assertThat(output).contains("FAILED TO START").doesNotContain("Sesame").doesNotContain("Rumpelstiltskin");
    }

    @Test
    void aRedisThatDoesNotKnowTheUserIsNamed(CapturedOutput output) {
        String uri = servers.redis.uri().toString().replace("redis://", "redis://nobody:secret-word@");
        assertStopsNaming("like.redis.uri", uri, output);
        assertThat(output).doesNotContain("secret-word");
    }

    @Test
    void whatIsNoClusterIsNotTakenForOne(CapturedOutput output) {
        String uri = servers.redis.uri().toString().replace("redis://", "redis-cluster://");
        assertStopsNaming("like.redis.uri", uri, output);
        assertThat(output).contains("is no Redis Cluster");
    }

    @Test
    void aDatabaseThatIsNotThereIsNamed(CapturedOutput output) {
        assertStopsNaming("spring.datasource.url", "jdbc:postgresql://127.0.0.1:1/likes", output);
    }

    @Test
    void nothingEmbeddedStartsOnceConfigured() {
        Map<String, String> properties = new HashMap<>(servers.configuration());
        try (Service service = Service.start(properties)) {
            assertThat(service.send("GET", "/local/token", null).statusCode()).isEqualTo(404);
            assertThat(service.send("GET", "/local/rows", Service.token("account-1"))
                            .statusCode())
                    .isEqualTo(404);
            assertThat(ProcessHandle.current().descendants())
                    .noneMatch(
                            process -> process.info().commandLine().orElse("").contains("like-data"));
        }
    }
}
