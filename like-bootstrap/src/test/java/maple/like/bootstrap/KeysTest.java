package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Tokens of an issuer whose keys are fetched, and audiences. */
@ExtendWith(OutputCaptureExtension.class)
class KeysTest {
    private static final String JWT = "spring.security.oauth2.resourceserver.jwt.";

    @AutoClose
    private static final StubServer ISSUER = new StubServer();

    @AutoClose
    private static Servers servers;

    private static RSAKey key;
    private static String character;

    @BeforeAll
    static void start() throws JOSEException {
        servers = new Servers();
        character = servers.character("Issued");
        key = new RSAKeyGenerator(2048).keyID("1").generate();
        String keys = new JWKSet(key.toPublicJWK()).toString();
        String discovery = """
                {"issuer":"%1$s","jwks_uri":"%1$s/keys","subject_types_supported":["public"]}""".formatted(ISSUER.url());
        ISSUER.answering("/keys", request -> new StubServer.Answer(200, keys))
                .answering("/.well-known/openid-configuration", request -> new StubServer.Answer(200, discovery));
    }

    private static String token(String issuer, String audience) throws JOSEException {
        return signed(
                new JWTClaimsSet.Builder().subject("account-1").issuer(issuer).audience(audience));
    }

    private static String signed(JWTClaimsSet.Builder claims) throws JOSEException {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("1").build(),
                claims.expirationTime(Date.from(Instant.now().plusSeconds(60))).build());
        jwt.sign(new RSASSASigner(key));
        return jwt.serialize();
    }

    private static int like(Service service, String token) {
        return service.send("PUT", Service.path(character, "/like"), token).statusCode();
    }

    @Test
    void onlyTokensOfTheIssuerAreAccepted() throws JOSEException {
        try (Service service = servers.start("like.auth.jwt-secret=", JWT + "issuer-uri=" + ISSUER.url())) {
            assertThat(like(service, token(ISSUER.url(), "likes"))).isEqualTo(200);
            assertThat(like(service, token("http://another.example", "likes"))).isEqualTo(401);
            assertThat(like(service, Service.token("account-1"))).isEqualTo(401);
            String publicKeyAsSecret = key.toPublicJWK().toJSONString();
            assertThat(like(service, Service.tokenSignedWith(publicKeyAsSecret, "account-1")))
                    .isEqualTo(401);
            assertThat(service.metric("like.auth.refused", "reason", "issuer")).isEqualTo(1);
            assertThat(service.metric("like.auth.refused", "reason", "algorithm"))
                    .isEqualTo(2);
        }
    }

    @Test
    void aJwkSetAndAnAudienceAreEnough() throws JOSEException {
        try (Service service = servers.start(
                "like.auth.jwt-secret=", JWT + "jwk-set-uri=" + ISSUER.url() + "/keys", JWT + "audiences=likes")) {
            assertThat(like(service, token("any", "likes"))).isEqualTo(200);
            assertThat(like(service, token("any", "others"))).isEqualTo(401);
        }
    }

    private static void assertUnavailable(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).contains("LIKES_UNAVAILABLE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"issuer-uri", "jwk-set-uri"})
    void anIssuerThatIsDownCosts503AndOneLineInTheLog(String property, CapturedOutput output) throws JOSEException {
        String nowhere = "http://127.0.0.1:1/realm";
        try (Service service = servers.start("like.auth.jwt-secret=", JWT + property + "=" + nowhere)) {
            for (int i = 0; i < 10; i++) {
                assertUnavailable(service.send("PUT", Service.path(character, "/like"), token(nowhere, "likes")));
            }
            assertThat(service.get(Service.path(character, "/like/count")).statusCode())
                    .isEqualTo(200);
        }
        assertThat(output)
                .containsOnlyOnce("The keys of tokens cannot be fetched from " + nowhere)
                .doesNotContain("stack_trace");
    }

    /** More calls than Tomcat has threads on JDK 17. */
    @Test
    void aSilentIssuerDelaysNoCallWithoutAToken() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (StubServer silent = new StubServer().answering("/", request -> {
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return new StubServer.Answer(200, "");
                });
                Service service = servers.start("like.auth.jwt-secret=", JWT + "issuer-uri=" + silent.url())) {
            String token = token(silent.url(), "likes");
            ExecutorService threads = Executors.newCachedThreadPool();
            try {
                List<Future<?>> calls = new ArrayList<>();
                for (int i = 0; i < 300; i++) {
                    calls.add(threads.submit(
                            () -> assertUnavailable(service.send("PUT", Service.path(character, "/like"), token))));
                }
                long start = System.nanoTime();
                assertThat(service.get(Service.path(character, "/like/count")).statusCode())
                        .isEqualTo(200);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
                for (Future<?> call : calls) {
                    call.get(20, TimeUnit.SECONDS);
                }
                assertThat(silent.received()).hasSizeLessThan(8);
            } finally {
                threads.shutdownNow();
                end.countDown();
            }
        }
    }

    @Test
    void claimsAreReadWhereTheConfigurationSays() throws JOSEException {
        try (Service service = servers.start(
                "like.auth.jwt-secret=",
                JWT + "jwk-set-uri=" + ISSUER.url() + "/keys",
                "like.auth.account-claim=game.account",
                "like.auth.owned-claim=game.owned",
                "like.auth.roles-claim=realm_access.roles")) {
            String token = signed(new JWTClaimsSet.Builder()
                    .claim("game", Map.of("account", "account-9", "owned", Servers.ocid("Own") + " other"))
                    .claim("realm_access", Map.of("roles", List.of("operator"))));
            String liked = servers.character("Claimed");
            assertThat(service.send("PUT", Service.path(liked, "/like"), token).statusCode())
                    .isEqualTo(200);
            await().untilAsserted(() -> assertThat(servers.storedLikers(liked)).containsExactly("account-9"));
            String own = servers.character("Own");
            assertThat(service.send("PUT", Service.path(own, "/like"), token).statusCode())
                    .isEqualTo(403);
            assertThat(service.send("GET", "/actuator/prometheus", token).statusCode())
                    .isEqualTo(200);
            assertThat(like(service, token("any", "likes"))).isEqualTo(401);
        }
    }

    @Test
    void anAudienceIsRequiredOfTokensSignedWithTheSecretToo() {
        try (Service service = servers.start(JWT + "audiences=likes")) {
            assertThat(like(service, Service.token("account-1"))).isEqualTo(401);
        }
    }
}
