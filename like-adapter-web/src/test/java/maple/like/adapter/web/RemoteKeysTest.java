package maple.like.adapter.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.oauth2.jwt.JwtException;

/** Tests {@link RemoteKeys} and {@link KeyEndpoint} through the decoder, with an issuer that can fail. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class RemoteKeysTest {
    /** A call that may wait for another's fetch, and then for its own. */
    private static final Duration LONGEST = Duration.ofSeconds(4);

    /** Between fetches, where a test waits for another one. */
    private static final Duration INTERVAL = Duration.ofMillis(500);

    interface Behaviour {
        void answer(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private static final JWK KEY = rsa("1");
    private static final JWK ROTATED = rsa("2");

    final ExecutorService threads = Executors.newCachedThreadPool();
    final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    final AtomicInteger requests = new AtomicInteger();
    final CountDownLatch end = new CountDownLatch(1);
    HttpServer issuer;
    TokenDecoder decoder;

    @BeforeEach
    void start() throws IOException {
        start(0);
    }

    void start(int port) throws IOException {
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        issuer.setExecutor(threads);
        issuer.createContext("/", exchange -> {
            requests.incrementAndGet();
            try (exchange) {
                behaviours
                        .getOrDefault(exchange.getRequestURI().getPath(), failing -> answer(failing, 404, ""))
                        .answer(exchange);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        issuer.start();
    }

    @AfterEach
    void stop() {
        if (decoder != null) {
            decoder.close();
        }
        end.countDown();
        issuer.stop(0);
        threads.shutdownNow();
    }

    static JWK rsa(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).keyUse(KeyUse.SIGNATURE).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static void answer(HttpExchange exchange, int status, String body) throws IOException {
        exchange.sendResponseHeaders(status, body.isEmpty() ? -1 : body.getBytes(UTF_8).length);
        exchange.getResponseBody().write(body.getBytes(UTF_8));
    }

    static void redirect(HttpExchange exchange, String location) throws IOException {
        exchange.getResponseHeaders().add("Location", location);
        answer(exchange, 302, "");
    }

    String url() {
        return "http://127.0.0.1:" + issuer.getAddress().getPort();
    }

    void serve(String path, String body) {
        behaviours.put(path, exchange -> answer(exchange, 200, body));
    }

    void publish(JWK... keys) {
        serve("/keys", new JWKSet(Arrays.asList(keys)).toString());
    }

    void useKeys(String... algorithms) {
        decoder = TokenDecoder.ofJwkSet(
                URI.create(url() + "/keys"), List.of(algorithms), new TokenRules(null, List.of(), Token.CLOCK));
    }

    void fetchSoonAgainFrom(KeyEndpoint endpoint) {
        decoder = new TokenDecoder(
                new RemoteKeys(endpoint, List.of(), INTERVAL), new TokenRules(null, List.of(), Token.CLOCK));
    }

    void useIssuer(String issuer) {
        decoder = TokenDecoder.ofIssuer(issuer, List.of(), new TokenRules(issuer, List.of(), Token.CLOCK));
    }

    String token(JWK key, JWSAlgorithm algorithm) {
        return token(key, algorithm, key.getKeyID());
    }

    String token(JWK key, JWSAlgorithm algorithm, String keyId) {
        try {
            JWSSigner signer = new DefaultJWSSignerFactory().createJWSSigner(key, algorithm);
            SignedJWT jwt =
                    new SignedJWT(new JWSHeader.Builder(algorithm).keyID(keyId).build(), claims());
            jwt.sign(signer);
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    JWTClaimsSet claims() {
        return new JWTClaimsSet.Builder()
                .subject("account-1")
                .issuer(url())
                .expirationTime(Date.from(Token.NOW.plusSeconds(60)))
                .build();
    }

    void assertAccepted(String token) {
        assertThat(decoder.decode(token).getSubject()).isEqualTo("account-1");
    }

    void assertRefused(String token, TokenRefusal reason) {
        assertThatThrownBy(() -> decoder.decode(token))
                .isInstanceOfSatisfying(
                        TokenRefusedException.class, e -> assertThat(e.reason).isEqualTo(reason));
    }

    void assertUnavailable(String token) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> decoder.decode(token)).isInstanceOf(JwtException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS512", "PS256", "ES256", "ES384", "ES512"})
    void everyAlgorithmOfTheSetIsAcceptedWithoutAProperty(String name) throws JOSEException {
        JWSAlgorithm algorithm = JWSAlgorithm.parse(name);
        JWK signing = JWSAlgorithm.Family.EC.contains(algorithm)
                ? new ECKeyGenerator(Curve.forJWSAlgorithm(algorithm).iterator().next())
                        .keyID("2")
                        .generate()
                : ROTATED;
        publish(KEY.toPublicJWK(), signing.toPublicJWK());
        useKeys();
        assertAccepted(token(signing, algorithm));
        assertRefused(
                token(KEY, JWSAlgorithm.RS256, "2"), name.startsWith("E") ? TokenRefusal.KEY : TokenRefusal.SIGNATURE);
        String publicKeyAsSecret = Token.of("account-1")
                .signedWith(signing.toPublicJWK().toJSONString())
                .toString();
        assertRefused(publicKeyAsSecret, TokenRefusal.ALGORITHM);
    }

    @Test
    void edwardsCurvesAreAcceptedToo() throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        byte[] point = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        publish(
                KEY.toPublicJWK(),
                new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(point))
                        .keyID("e")
                        .build());
        useKeys();
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.EdDSA).keyID("e").build(), claims());
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(jwt.getSigningInput());
        String signed = new String(jwt.getSigningInput(), UTF_8) + ".";
        assertAccepted(signed + Base64URL.encode(signature.sign()));
        assertRefused(signed + Base64URL.encode(new byte[64]), TokenRefusal.SIGNATURE);
    }

    @Test
    void algorithmsCanBeNarrowed() {
        publish(KEY.toPublicJWK());
        useKeys("PS256");
        assertAccepted(token(KEY, JWSAlgorithm.PS256));
        assertRefused(token(KEY, JWSAlgorithm.RS256), TokenRefusal.ALGORITHM);
        assertThatThrownBy(() -> useKeys("HS256")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void knownKeysStayInUseWhileTheIssuerIsDown(CapturedOutput output) throws Exception {
        publish(KEY.toPublicJWK());
        fetchSoonAgainFrom(KeyEndpoint.ofJwkSet(URI.create(url() + "/keys")));
        assertAccepted(token(KEY, JWSAlgorithm.RS256));
        int port = issuer.getAddress().getPort();
        issuer.stop(0);
        assertUnavailable(token(ROTATED, JWSAlgorithm.RS256));
        assertUnavailable(token(ROTATED, JWSAlgorithm.RS256));
        assertAccepted(token(KEY, JWSAlgorithm.PS256));
        assertThat(output)
                .containsOnlyOnce("The keys of tokens cannot be fetched from " + url() + "/keys (ConnectException")
                .containsOnlyOnce("stay in use for 4 hours");

        start(port);
        publish(ROTATED.toPublicJWK());
        await().atMost(Duration.ofSeconds(20))
                .until(() -> output.toString().contains("fetched from " + url() + "/keys again, after "));
        assertAccepted(token(ROTATED, JWSAlgorithm.RS256));
    }

    /** Also while many call at once: one fetches, the others do not wait longer than it. */
    @Test
    void callersOfASilentIssuerAreAnsweredInBoundedTime(CapturedOutput output) throws Exception {
        behaviours.put("/keys", exchange -> end.await());
        useKeys();
        List<String> tokens = IntStream.range(0, 50)
                .mapToObj(i -> token(KEY, JWSAlgorithm.RS256))
                .toList();
        for (var call : tokens.stream()
                .map(token -> threads.submit(() -> assertUnavailable(token)))
                .toList()) {
            call.get(10, TimeUnit.SECONDS);
        }
        assertThat(requests).hasValueLessThanOrEqualTo(2);
        await().untilAsserted(() -> assertThat(output).containsOnlyOnce("(no reply within 2000 ms). None is known"));
    }

    @Test
    void madeUpKeyIdsCauseFewFetchesAndAreRefused() {
        publish(KEY.toPublicJWK());
        useKeys();
        assertAccepted(token(KEY, JWSAlgorithm.RS256));
        Token madeUp = Token.of("account-1").withHeader("alg", "RS256");
        for (int i = 0; i < 200; i++) {
            assertRefused(madeUp.withHeader("kid", "made-up-" + i).toString(), TokenRefusal.KEY);
        }
        assertThat(requests).hasValueLessThanOrEqualTo(4);
        assertAccepted(token(KEY, JWSAlgorithm.RS256));
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "{\"keys\":[]}", "500", "drip", "endless", "moved", "lost"})
    void unusableReplyIsAnOutageAndKeepsTheKnownKeys(String reply, CapturedOutput output) {
        publish(KEY.toPublicJWK());
        useKeys();
        assertAccepted(token(KEY, JWSAlgorithm.RS256));
        behaviours.put("/keys", exchange -> {
            switch (reply) {
                case "500" -> answer(exchange, 500, "broken");
                case "moved" -> redirect(exchange, url() + "/keys");
                case "lost" -> redirect(exchange, "http://[");
                case "drip", "endless" -> {
                    exchange.sendResponseHeaders(200, 0);
                    byte[] part = new byte[reply.equals("drip") ? 1 : 65_536];
                    while (!end.await(reply.equals("drip") ? 100 : 0, TimeUnit.MILLISECONDS)) {
                        exchange.getResponseBody().write(part);
                        exchange.getResponseBody().flush();
                    }
                }
                default -> answer(exchange, 200, reply);
            }
        });
        assertUnavailable(token(ROTATED, JWSAlgorithm.RS256));
        assertAccepted(token(KEY, JWSAlgorithm.RS512));
        assertThat(output).containsOnlyOnce("The keys of tokens cannot be fetched");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s/.well-known/openid-configuration",
                "/.well-known/openid-configuration%s",
                "/.well-known/oauth-authorization-server%s"
            })
    void issuerNamesItsKeysInItsMetadata(String place) {
        publish(KEY.toPublicJWK());
        String realm = "/realms/game";
        serve(place.formatted(realm), "{\"issuer\":\"" + url() + realm + "\",\"jwks_uri\":\"" + url() + "/keys\"}");
        decoder = TokenDecoder.ofIssuer(url() + realm, List.of(), new TokenRules(url(), List.of(), Token.CLOCK));
        assertAccepted(token(KEY, JWSAlgorithm.RS256));
    }

    /** The other two places of metadata answer 404. */
    @ParameterizedTest
    @CsvSource({
        "200, https://other.example, %s/keys, the metadata are of the issuer https://other.example",
        "200, %s/realm, /keys, the jwks_uri of the metadata is no http or https URL",
        "200, %s/realm, '', the jwks_uri of the metadata is no http or https URL",
        "200, %s/realm, http://127.0.0.1:99999/, port",
        "403, '', '', (answered 403)",
        "429, '', '', (answered 429)",
        "503, '', '', (answered 503)",
        "404, '', '', (answered 404)"
    })
    void unusableMetadataAreAnOutageWithItsReason(
            int status, String named, String keys, String reason, CapturedOutput output) {
        publish(KEY.toPublicJWK());
        String metadata = "{\"issuer\":\"" + named + "\",\"jwks_uri\":\"" + keys + "\"}";
        behaviours.put(
                "/realm/.well-known/openid-configuration",
                exchange -> answer(exchange, status, metadata.replace("%s", url())));
        useIssuer(url() + "/realm");
        assertUnavailable(token(KEY, JWSAlgorithm.RS256));
        assertUnavailable(token(KEY, JWSAlgorithm.RS256));
        assertThat(output)
                .containsOnlyOnce("The keys of tokens cannot be fetched from " + url() + "/realm")
                .contains(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"idp.local:8080/keys", "idp.local/keys", "/keys", "ldap://idp.local/keys", "https:///keys"})
    void whatIsNoHttpUrlIsRefusedAtOnce(String place) {
        assertThatThrownBy(() -> KeyEndpoint.ofJwkSet(URI.create(place))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> KeyEndpoint.ofIssuer(place)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void issuerThatIsDownAtTheStartIsFoundLater() {
        fetchSoonAgainFrom(KeyEndpoint.ofIssuer(url()));
        assertUnavailable(token(KEY, JWSAlgorithm.RS256));
        publish(KEY.toPublicJWK());
        serve(
                "/.well-known/openid-configuration",
                "{\"issuer\":\"" + url() + "\",\"jwks_uri\":\"" + url() + "/keys\"}");
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .untilAsserted(() -> assertAccepted(token(KEY, JWSAlgorithm.RS256)));
    }
}
