package maple.like.adapter.web;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetRetrievalException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;

/**
 * Fetches the JWK set of an issuer, and logs when that begins to fail and when it works again. One thread at a time may
 * fetch.
 */
final class KeyEndpoint implements JWKSetSource<SecurityContext> {
    /** How long known keys stay in use while no others can be fetched. */
    static final Duration OUTAGE_TTL = Duration.ofHours(4);

    /** Of a request, with its body. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final int MAX_BODY_BYTES = 256 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(KeyEndpoint.class);

    private final @Nullable String issuer;
    private final JdkClientHttpRequestFactory requests;
    private @Nullable URI jwkSet;
    private boolean hasKeys;
    private long downSinceMillis;
    private volatile boolean down;

    private KeyEndpoint(@Nullable String issuer, @Nullable URI jwkSet) {
        this.issuer = issuer;
        this.jwkSet = jwkSet;
        this.requests = new JdkClientHttpRequestFactory(HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(TIMEOUT)
                .build());
        requests.setReadTimeout(TIMEOUT);
    }

    /** @throws IllegalArgumentException if the address is no URL with {@code http} or {@code https} and a host */
    static KeyEndpoint ofJwkSet(URI jwkSet) {
        requireHttp(jwkSet);
        return new KeyEndpoint(null, jwkSet);
    }

    /** @throws IllegalArgumentException if the issuer is no URL with {@code http} or {@code https} and a host */
    static KeyEndpoint ofIssuer(String issuer) {
        metadataOf(issuer);
        return new KeyEndpoint(issuer, null);
    }

    /** Whether the last fetch failed. */
    boolean isDown() {
        return down;
    }

    @Override
    public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator refresh, long nowMillis, @Nullable SecurityContext context)
            throws JWKSetRetrievalException {
        try {
            JWKSet keys = fetch();
            succeeded(nowMillis);
            return keys;
        } catch (IOException | ParseException | RuntimeException e) { // the last: an address that the client cannot use
            String reason = reason(e);
            failed(reason, nowMillis);
            throw new JWKSetRetrievalException(reason, e);
        }
    }

    private JWKSet fetch() throws IOException, ParseException {
        URI from = jwkSet == null ? discover() : jwkSet;
        if (issuer != null) {
            jwkSet = null; // after a failure, the metadata may name another one
        }
        JWKSet keys = JWKSet.parse(get(from));
        if (keys.isEmpty()) {
            throw new IOException("the JWK set is empty");
        }
        jwkSet = from;
        return keys;
    }

    /** Where metadata may be, in the order in which Spring Security looks. */
    private static List<URI> metadataOf(String issuer) {
        URI base = URI.create(issuer.replaceFirst("/+$", ""));
        requireHttp(base);
        String server = base.getScheme() + "://" + base.getRawAuthority();
        String path = base.getRawPath();
        return List.of(
                URI.create(base + "/.well-known/openid-configuration"),
                URI.create(server + "/.well-known/openid-configuration" + path),
                URI.create(server + "/.well-known/oauth-authorization-server" + path));
    }

    private static void requireHttp(URI uri) {
        if (!isHttp(uri)) {
            throw new IllegalArgumentException("It is no URL that begins with http:// or https:// and a host");
        }
    }

    private static boolean isHttp(URI uri) {
        return ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))
                && uri.getHost() != null;
    }

    private URI discover() throws IOException, ParseException {
        String expected = String.valueOf(issuer);
        ClientErrorException refusal = new ClientErrorException(HttpStatus.NOT_FOUND.value());
        for (URI place : metadataOf(expected)) {
            try {
                Map<String, Object> metadata = JSONObjectUtils.parse(get(place));
                if (!expected.equals(metadata.get("issuer"))) {
                    throw new IOException("the metadata are of the issuer " + metadata.get("issuer"));
                }
                URI found = JSONObjectUtils.getURI(metadata, "jwks_uri");
                if (found == null) {
                    throw new IOException("the metadata name no jwks_uri");
                }
                if (!isHttp(found)) {
                    throw new IOException("the jwks_uri of the metadata is no http or https URL");
                }
                return found;
            } catch (ClientErrorException e) {
                if (refusal.status == HttpStatus.NOT_FOUND.value()) { // says least, as metadata are in one place
                    refusal = e;
                }
            }
        }
        throw refusal;
    }

    private String get(URI uri) throws IOException {
        ClientHttpRequest request = requests.createRequest(uri, HttpMethod.GET);
        request.getHeaders().setAccept(List.of(MediaType.APPLICATION_JSON, MediaType.ALL));
        try (ClientHttpResponse response = request.execute()) {
            int status = response.getStatusCode().value();
            if (response.getStatusCode().is4xxClientError()) {
                throw new ClientErrorException(status);
            }
            if (status != 200) {
                throw new IOException("answered " + status);
            }
            byte[] body = response.getBody().readNBytes(MAX_BODY_BYTES + 1);
            if (body.length > MAX_BODY_BYTES) {
                throw new IOException("sent more than " + MAX_BODY_BYTES + " bytes");
            }
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private static final class ClientErrorException extends IOException {
        private static final long serialVersionUID = 1L;

        final int status;

        ClientErrorException(int status) {
            super("answered " + status);
            this.status = status;
        }
    }

    private void succeeded(long nowMillis) {
        if (down) {
            LOG.info(
                    "The keys of tokens can be fetched from {} again, after {} s",
                    place(),
                    Duration.ofMillis(nowMillis - downSinceMillis).toSeconds());
        }
        down = false;
        hasKeys = true;
    }

    private void failed(String reason, long nowMillis) {
        if (!down) {
            LOG.warn(
                    "The keys of tokens cannot be fetched from {} ({}). {}",
                    place(),
                    reason,
                    hasKeys
                            ? "The known ones stay in use for " + OUTAGE_TTL.toHours()
                                    + " hours; tokens of others get 503"
                            : "None is known, so calls with a token get 503 until one is");
            downSinceMillis = nowMillis;
        }
        down = true;
    }

    /** Without a query or a user, which may be secret. */
    private String place() {
        if (issuer != null) {
            return issuer;
        }
        URI uri = URI.create(String.valueOf(jwkSet));
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                + uri.getRawPath();
    }

    private static String reason(Exception e) {
        if (e instanceof HttpTimeoutException) {
            return "no reply within " + TIMEOUT.toMillis() + " ms";
        }
        if (e instanceof ParseException) {
            return "the reply is not what it should be: " + e.getMessage();
        }
        String kind = e.getClass().getSimpleName();
        boolean isOurs = e.getClass() == IOException.class || e instanceof ClientErrorException;
        return e.getMessage() == null ? kind : isOurs ? e.getMessage() : kind + ": " + e.getMessage();
    }

    @Override
    public void close() {
        // Connections end by themselves.
    }
}
