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
import java.time.Instant;
import java.util.Date;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens of an issuer whose keys are fetched, and audiences. */
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
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("1").build(),
                new JWTClaimsSet.Builder()
                        .subject("account-1")
                        .issuer(issuer)
                        .audience(audience)
                        .expirationTime(Date.from(Instant.now().plusSeconds(60)))
                        .build());
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

    @Test
    void anAudienceIsRequiredOfTokensSignedWithTheSecretToo() {
        try (Service service = servers.start(JWT + "audiences=likes")) {
            assertThat(like(service, Service.token("account-1"))).isEqualTo(401);
        }
    }
}
