package maple.like.adapter.web;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.source.JWKSetBasedJWKSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that an issuer publishes. One thread at a time fetches them: in the background before they expire and once per
 * {@link #INTERVAL} during an outage, and for a token of an unknown key, but at most twice within {@link #INTERVAL}. Known
 * keys stay in use for {@link KeyEndpoint#OUTAGE_TTL} after the last successful fetch. A caller waits for a fetch for three seconds at most.
 */
final class RemoteKeys implements TokenKeys {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final Duration REFRESH_AHEAD = Duration.ofMinutes(1);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    /** How long a caller waits for the fetch of another one. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(1);

    private static final JWKMatcher ANY = new JWKMatcher.Builder().build();

    /** A key that no issuer has: only a missing one makes the source fetch before its TTL. */
    private static final JWKMatcher NONE = new JWKMatcher.Builder().keyID("").build();

    private static final Logger LOG = LoggerFactory.getLogger(RemoteKeys.class);

    private final KeyEndpoint endpoint;
    private final Set<JWSAlgorithm> algorithms;
    private final JWKSource<SecurityContext> source;

    /** Starts to fetch the keys, and does not wait for them. */
    RemoteKeys(KeyEndpoint endpoint, Collection<String> algorithms) {
        this(endpoint, algorithms, INTERVAL);
    }

    /** The same, with another interval. */
    RemoteKeys(KeyEndpoint endpoint, Collection<String> algorithms, Duration interval) {
        this.endpoint = endpoint;
        this.algorithms = TokenKeys.only(algorithms, ofPublicKeys());
        ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "like-token-keys");
            thread.setDaemon(true);
            return thread;
        });
        JWKSource<SecurityContext> built = JWKSourceBuilder.create(endpoint)
                .cache(TTL.toMillis(), MAX_WAIT.toMillis())
                .refreshAheadCache(REFRESH_AHEAD.toMillis(), null, background, true, background, true)
                .rateLimited(interval.toMillis())
                .outageTolerant(KeyEndpoint.OUTAGE_TTL.toMillis())
                .build();
        this.source = built;
        background.execute(() -> fetch(built, ANY));
        Future<?> unused = background.scheduleWithFixedDelay(
                () -> {
                    if (endpoint.isDown()) {
                        fetch(built, NONE);
                    }
                },
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private static void fetch(JWKSource<SecurityContext> source, JWKMatcher wanted) {
        try {
            source.get(new JWKSelector(wanted), null);
        } catch (Throwable e) {
            LOG.debug("The keys of tokens cannot be fetched", e); // The endpoint has logged it once.
        }
    }

    /** All that the JDK can verify; ES256K is not among them. */
    private static Set<JWSAlgorithm> ofPublicKeys() {
        Set<JWSAlgorithm> all = new HashSet<>(JWSAlgorithm.Family.SIGNATURE);
        all.removeAll(Set.of(JWSAlgorithm.ES256K, JWSAlgorithm.Ed448));
        return all;
    }

    @Override
    public Set<JWSAlgorithm> algorithms() {
        return algorithms;
    }

    @Override
    public List<Key> find(JWSHeader header) throws KeySourceException {
        List<Key> found = select(header);
        if (found.isEmpty() && endpoint.isDown()) {
            throw new JWKSetUnavailableException("It may be signed with a new one, but the last fetch failed");
        }
        return found;
    }

    private List<Key> select(JWSHeader header) throws KeySourceException {
        List<Key> found = new ArrayList<>();
        try {
            for (JWK key : source.get(new JWKSelector(JWKMatcher.forJWSHeader(header)), null)) {
                Key usable = usable(key);
                if (usable != null) {
                    found.add(usable);
                }
            }
        } catch (RateLimitReachedException e) {
            return List.of(); // There was none a moment ago.
        }
        return found;
    }

    private static @Nullable Key usable(JWK key) {
        try {
            if (key instanceof OctetKeyPair pair) {
                return Curve.Ed25519.equals(pair.getCurve()) ? edwards(pair.getDecodedX()) : null;
            }
            return key instanceof AsymmetricJWK pair ? pair.toPublicKey() : null;
        } catch (JOSEException | GeneralSecurityException e) {
            return null; // a key that this JDK cannot use
        }
    }

    /** The point as RFC 8032, section 5.1.2, encodes it: y in little-endian order, and a bit of x. */
    private static Key edwards(byte[] encoded) throws GeneralSecurityException {
        byte[] y = encoded.clone();
        int last = y.length - 1;
        boolean isXOdd = last >= 0 && y[last] < 0;
        for (int i = 0; i <= last / 2; i++) {
            byte swapped = y[i];
            y[i] = y[last - i];
            y[last - i] = swapped;
        }
        if (last >= 0) {
            y[0] &= 0x7f;
        }
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(
                        new EdECPublicKeySpec(NamedParameterSpec.ED25519, new EdECPoint(isXOdd, new BigInteger(1, y))));
    }

    @Override
    public void close() {
        try {
            ((JWKSetBasedJWKSource<SecurityContext>) source).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
