package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** An invalid configuration fails startup, and the log names the property. */
@ExtendWith(OutputCaptureExtension.class)
class ConfigurationTest {
    @AutoClose
    private static Servers servers;

    @BeforeAll
    static void start() {
        servers = new Servers();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // required
                "like.redis.uri=",
                "spring.datasource.url=",
                "like.auth.jwt-secret=",
                // invalid
                "app.instance-id= ",
                "like.auth.account-claim= ",
                "like.auth.jwt-secret=too-short",
                "like.auth.owned-claim= ",
                "like.buffer.flush-interval=0ms",
                "like.buffer.strategy=on-disk",
                "like.cache.l1-max-size=0",
                "like.cache.l1-ttl=0s",
                "like.cache.l2-ttl=10ms",
                "like.cache.unknown-ttl=0s",
                "like.idempotency.ttl=10ms",
                "like.likers.visible-to=friends",
                "like.limits.changes-per-minute=-1",
                "like.limits.reads-per-minute=some",
                "like.live.max-rate=0",
                "like.live.max-streams=-1",
                "like.nexon.api-key=two words",
                "like.nexon.base-url=open.api.nexon.com",
                "like.nexon.connect-timeout=0s",
                "like.nexon.lookups-per-account=0",
                "like.nexon.lookups-per-day=0",
                "like.nexon.lookups-per-second=0",
                "like.nexon.timeout=-1s",
                "like.ranking.interval=0s",
                "like.realtime.enabled=perhaps",
                "like.realtime.transport=pigeon",
                "like.redis.command-timeout=0ms",
                "like.redis.command-timeout=soon",
                "like.redis.confirmed-replicas=6",
                "like.redis.partitions=0",
                "like.redis.partitions=many",
                "like.redis.uri=nonsense",
                "like.redis.uri=redis-cluster://127.0.0.1:1,,127.0.0.1:2",
                "like.sync.batch-size=1",
                "like.sync.interval=-1s",
                "like.web.allowed-origins=page.example",
                "like.web.allowed-origins=https://page.example/path",
                "like.web.allowed-origins=https://*.example",
                "like.web.public-max-age=-1s",
                "management.opentelemetry.tracing.export.otlp.endpoint=localhost:4318",
                "management.tracing.sampling.probability=2",
                "management.tracing.sampling.probability=some",
                "server.port=100000",
                "spring.datasource.driver-class-name=com.example.Driver",
                "spring.datasource.url=jdbc:mysql:localhost/likes",
                "spring.datasource.url=jdbc:oracle:thin:@localhost",
                "spring.datasource.url=postgresql://localhost/likes",
                // misspelled
                "like.sync.intervall=3s",
                // unreachable
                "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/likes",
                // a second kind of key
                "spring.security.oauth2.resourceserver.jwt.jwk-set-uri=http://127.0.0.1:1/keys"
            })
    void anInvalidPropertyIsNamed(String property, CapturedOutput output) {
        assertThat(Service.failsStartup(servers.configuration(property), output))
                .contains(property.split("=")[0]);
        assertThat(output).doesNotContain("Local mode");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"jwk-set-uri=idp.local:8080/jwks", "issuer-uri=idp.local:8080/realm", "issuer-uri=ldap://idp"})
    void aSourceOfKeysThatIsNoHttpUrlIsNamed(String source, CapturedOutput output) {
        String property = "spring.security.oauth2.resourceserver.jwt." + source;
        assertThat(Service.failsStartup(servers.configuration("like.auth.jwt-secret=", property), output))
                .contains(property.split("=")[0] + " cannot be used: It is no URL");
    }

    @Test
    void aShortSecretIsNamedBeforeTheDatabaseIsAsked(CapturedOutput output) {
        String unreachable = "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/likes";
        assertThat(Service.failsStartup(servers.configuration("like.auth.jwt-secret=too-short", unreachable), output))
                .contains("like.auth.jwt-secret")
                .doesNotContain("spring.datasource.url");
    }

    @Test
    void anotherNumberOfPartitionsThanTheDatabaseHasIsNamed(CapturedOutput output) {
        servers.start().close();
        assertThat(Service.failsStartup(servers.configuration("like.redis.partitions=2"), output))
                .contains("like.redis.partitions");
    }

    @Test
    void aUserThatRedisRejectsIsReportedWithoutItsPassword(CapturedOutput output) {
        String uri = servers.redis.uri().toString().replace("redis://", "redis://unknown:Sesame@");
        assertThat(Service.failsStartup(servers.configuration("like.redis.uri=" + uri), output))
                .contains("like.redis.uri")
                .doesNotContain("Sesame");
    }

    @Test
    void oneNodeThatIsNoClusterIsReported(CapturedOutput output) {
        String uri = servers.redis.uri().toString().replace("redis://", "redis-cluster://");
        assertThat(Service.failsStartup(servers.configuration("like.redis.uri=" + uri), output))
                .contains("like.redis.uri", "is no Redis Cluster");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "like.auth.jwt-secret=Sesame",
                "like.redis.uri=redis://user:Sesame@127.0.0.1:1/wrong",
                "like.redis.uri=rediss://user:Sesame@[nowhere",
                "like.redis.uri=rediss-cluster://user:Sesame@127.0.0.1:1,127.0.0.1:2/nowhere",
                "like.nexon.api-key=Sesame\u00e9"
            })
    void secretsAreNotLogged(String secret, CapturedOutput output) {
        Service.failsStartup(servers.configuration(secret), output);
        assertThat(output).doesNotContain("Sesame");
    }

    @Test
    void nothingOfLocalModeExistsOnceConfigured() {
        try (Service service = servers.start()) {
            for (String path : new String[] {"/local/token", "/local/rows"}) {
                assertThat(service.send("GET", path, Service.token("account-1")).statusCode())
                        .isEqualTo(404);
            }
            assertThat(ProcessHandle.current().descendants())
                    .noneMatch(
                            process -> process.info().commandLine().orElse("").contains("like-data"));
        }
    }
}
