package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens of an issuer of their own, whose keys are fetched. */
class KeysTest {
    private static Servers servers;
    private static RSAKey key;
    private static HttpServer issuer;

    @BeforeAll
    static void start() throws JOSEException, IOException {
        servers = new Servers();
        key = new RSAKeyGenerator(2048).keyID("1").generate();
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve("/keys", new JWKSet(key.toPublicJWK()).toString());
        serve(
                "/.well-known/openid-configuration",
                "{\"issuer\":\"" + issuerUri() + "\",\"jwks_uri\":\"" + issuerUri() + "/keys\","
                        + "\"subject_types_supported\":[\"public\"]}");
        issuer.start();
    }

    private static void serve(String path, String document) {
        issuer.createContext(path, exchange -> {
            byte[] body = document.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @AfterAll
    static void stop() {
        issuer.stop(0);
        servers.close();
    }

    private static String issuerUri() {
        return "http://127.0.0.1:" + issuer.getAddress().getPort();
    }

    private static String token(String from, String audience) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("1").build(),
                    new JWTClaimsSet.Builder()
                            .subject("account-1")
                            .issuer(from)
                            .audience(audience)
                            .expirationTime(Date.from(Instant.now().plusSeconds(60)))
                            .build());
            jwt.sign(new RSASSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int statusOf(Service service, String name, String token) {
        return service.send("PUT", Service.path(name, "/like"), token).statusCode();
    }

    @Test
    void tokensOfTheIssuerAreTakenAndNoOthers() {
        String name = servers.character("Issued");
        Map<String, String> properties = servers.configuration();
        properties.remove("like.auth.jwt-secret");
        properties.put("spring.security.oauth2.resourceserver.jwt.issuer-uri", issuerUri());
        try (Service service = Service.start(properties)) {
            assertThat(statusOf(service, name, token(issuerUri(), "likes"))).isEqualTo(200);
            assertThat(statusOf(service, name, token("http://another.example", "likes")))
                    .isEqualTo(401);
            assertThat(statusOf(service, name, Service.token("account-1"))).isEqualTo(401);
            String publicKeyAsSecret = key.toPublicJWK().toJSONString();
            assertThat(statusOf(service, name, Service.tokenSignedWith(publicKeyAsSecret, "account-1")))
                    .isEqualTo(401);
        }
    }

    @Test
    void keysOfAJwkSetAndAnAudienceAreEnough() {
        String name = servers.character("Keyed");
        Map<String, String> properties = servers.configuration();
        properties.remove("like.auth.jwt-secret");
        properties.put("spring.security.oauth2.resourceserver.jwt.jwk-set-uri", issuerUri() + "/keys");
        properties.put("spring.security.oauth2.resourceserver.jwt.audiences", "likes");
        try (Service service = Service.start(properties)) {
            assertThat(statusOf(service, name, token("anybody", "likes"))).isEqualTo(200);
            assertThat(statusOf(service, name, token("anybody", "others"))).isEqualTo(401);
        }
    }

    @Test
    void anAudienceIsAskedOfTokensSignedWithTheSecretToo() {
        String name = servers.character("Secret");
        Map<String, String> properties = servers.configuration();
        properties.put("spring.security.oauth2.resourceserver.jwt.audiences", "likes");
        try (Service service = Service.start(properties)) {
            assertThat(statusOf(service, name, Service.token("account-1"))).isEqualTo(401);
        }
    }
}
