package maple.like.adapter.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.Header;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObject;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.text.ParseException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.MappedJwtClaimSetConverter;

/**
 * Verifies tokens. The claims of a token are not parsed before its signature is verified. Thread-safe.
 *
 * <p>Caches verified tokens for five minutes, because verifying a signature is much of what a request costs; the claims
 * are checked each time. Refused tokens are not cached.
 */
public final class TokenDecoder implements JwtDecoder, AutoCloseable {
    private static final Duration CACHE_TTL = Duration.ofMinutes(5);
    private static final int MAX_CACHED_CHARACTERS = 2 << 20;

    /** As in {@code application/at+jwt}, which RFC 7515, section 4.1.9, makes the same as {@code at+jwt}. */
    private static final String MEDIA_TYPE = "application/";

    private static final Set<String> TYPES = Set.of("jwt", "at+jwt");
    private static final DefaultJWSVerifierFactory VERIFIERS = new DefaultJWSVerifierFactory();
    private static final Converter<Map<String, Object>, Map<String, Object>> CLAIMS =
            MappedJwtClaimSetConverter.withDefaults(Map.of());

    private final TokenKeys keys;
    private final TokenRules rules;
    private final Cache<String, Jwt> verified = Caffeine.newBuilder()
            .maximumWeight(MAX_CACHED_CHARACTERS)
            .weigher((String token, Jwt decoded) -> token.length())
            .expireAfterWrite(CACHE_TTL)
            .build();

    TokenDecoder(TokenKeys keys, TokenRules rules) {
        this.keys = keys;
        this.rules = rules;
    }

    /**
     * Accepts tokens signed with a shared secret and HS256.
     *
     * @param secret its UTF-8 bytes are the key
     * @throws IllegalArgumentException if the secret is shorter than 32 bytes; the message does not quote it
     */
    public static TokenDecoder ofSecret(String secret, TokenRules rules) {
        return new TokenDecoder(TokenKeys.secret(secret), rules);
    }

    /**
     * Accepts tokens signed with the private part of a key.
     *
     * @param pem an X.509 public key in PEM format: RSA, an elliptic curve or Ed25519
     * @param algorithms the accepted ones; empty to accept all of the kind of key
     * @throws IllegalArgumentException if the text is no public key, or none for these algorithms
     */
    public static TokenDecoder ofPublicKey(String pem, Collection<String> algorithms, TokenRules rules) {
        return new TokenDecoder(TokenKeys.publicKey(pem, algorithms), rules);
    }

    /**
     * Accepts tokens signed with a key of a JWK set, which is fetched in the background from now on.
     *
     * @param jwkSet a URL with {@code http} or {@code https} and a host
     * @param algorithms the accepted ones; empty to accept all of public keys
     * @throws IllegalArgumentException if the address is another one, or an algorithm is not one of public keys
     */
    public static TokenDecoder ofJwkSet(URI jwkSet, Collection<String> algorithms, TokenRules rules) {
        return new TokenDecoder(new RemoteKeys(KeyEndpoint.ofJwkSet(jwkSet), algorithms), rules);
    }

    /**
     * Accepts tokens signed with a key of the JWK set that an issuer's metadata name (OpenID Connect Discovery, RFC
     * 8414). Both are fetched in the background from now on.
     *
     * @param algorithms the accepted ones; empty to accept all of public keys
     * @throws IllegalArgumentException if the issuer is no URL with {@code http} or {@code https} and a host, or an algorithm is
     *     not one of public keys
     */
    public static TokenDecoder ofIssuer(String issuer, Collection<String> algorithms, TokenRules rules) {
        return new TokenDecoder(new RemoteKeys(KeyEndpoint.ofIssuer(issuer), algorithms), rules);
    }

    /**
     * Verifies a token.
     *
     * @throws org.springframework.security.core.AuthenticationException if the token is refused
     * @throws JwtException if the keys are unavailable
     */
    @Override
    public Jwt decode(String token) {
        Jwt known = verified.getIfPresent(token);
        if (known != null) {
            rules.check(known);
            return known;
        }
        Jwt decoded = verify(token);
        rules.check(decoded);
        verified.put(token, decoded);
        return decoded;
    }

    private Jwt verify(String token) {
        try {
            Base64URL[] parts = JOSEObject.split(token);
            JWSHeader header = header(parts[0]);
            if (parts.length != 3) {
                throw new TokenRefusedException(TokenRefusal.MALFORMED, "It does not have three parts.");
            }
            verifySignature(header, token.substring(0, token.lastIndexOf('.')), parts[2]);
            return jwt(token, header, claims(parts[1]));
        } catch (ParseException e) {
            throw new TokenRefusedException(TokenRefusal.MALFORMED, "It is not a JWT.");
        }
    }

    private static Jwt jwt(String token, JWSHeader header, Map<String, Object> claims) {
        try {
            return Jwt.withTokenValue(token)
                    .headers(headers -> headers.putAll(header.toJSONObject()))
                    .claims(all -> all.putAll(claims))
                    .build();
        } catch (IllegalArgumentException e) { // the one rule that it has for claims
            throw new TokenRefusedException(TokenRefusal.CLAIMS, "The claim \"exp\" is not after \"iat\".");
        }
    }

    private JWSHeader header(Base64URL part) throws ParseException {
        Map<String, Object> json = JSONObjectUtils.parse(part.decodeToString(), Header.MAX_HEADER_STRING_LENGTH);
        Algorithm algorithm = Header.parseAlgorithm(json);
        if (!(algorithm instanceof JWSAlgorithm signed) || !keys.algorithms().contains(signed)) {
            throw new TokenRefusedException(
                    TokenRefusal.ALGORITHM,
                    "Its algorithm is " + known(algorithm) + ", not one of " + keys.algorithms() + ".");
        }
        JWSHeader header;
        try {
            header = JWSHeader.parse(json, part);
        } catch (IllegalArgumentException e) {
            throw new TokenRefusedException(TokenRefusal.MALFORMED, "Its header is invalid.");
        }
        if (!isAccepted(header.getType())) {
            throw new TokenRefusedException(TokenRefusal.TYPE, "Its type is neither JWT nor at+jwt.");
        }
        if (header.getCriticalParams() != null) {
            throw new TokenRefusedException(TokenRefusal.MALFORMED, "It demands extensions (\"crit\").");
        }
        return header;
    }

    /** The token's own words are not logged, so an unknown name is not. */
    private static String known(Algorithm algorithm) {
        boolean isKnown = algorithm.equals(Algorithm.NONE)
                || (algorithm instanceof JWSAlgorithm signed && JWSAlgorithm.Family.SIGNATURE.contains(signed))
                || (algorithm instanceof JWSAlgorithm mac && JWSAlgorithm.Family.HMAC_SHA.contains(mac));
        return isKnown ? algorithm.getName() : "not one of signatures";
    }

    private static boolean isAccepted(@Nullable JOSEObjectType type) {
        if (type == null || type.getType().isEmpty()) {
            return true;
        }
        String name = type.getType().toLowerCase(Locale.ROOT);
        return TYPES.contains(name.startsWith(MEDIA_TYPE) ? name.substring(MEDIA_TYPE.length()) : name);
    }

    private void verifySignature(JWSHeader header, String signed, Base64URL signature) {
        List<Key> candidates;
        try {
            candidates = keys.find(header);
        } catch (KeySourceException e) {
            throw new JwtException("The keys of tokens are unavailable: " + e.getMessage(), e);
        }
        if (candidates.isEmpty()) {
            throw new TokenRefusedException(TokenRefusal.KEY, "The issuer publishes no key with its id and algorithm.");
        }
        byte[] input = signed.getBytes(StandardCharsets.UTF_8);
        if (candidates.stream().noneMatch(key -> verifies(key, header, input, signature))) {
            throw new TokenRefusedException(TokenRefusal.SIGNATURE, "Its signature is wrong.");
        }
    }

    private static boolean verifies(Key key, JWSHeader header, byte[] input, Base64URL signature) {
        try {
            if (key instanceof EdECPublicKey edwards) {
                Signature verifier = Signature.getInstance("Ed25519"); // Nimbus needs another library for it
                verifier.initVerify(edwards);
                verifier.update(input);
                return verifier.verify(signature.decode());
            }
            return VERIFIERS.createJWSVerifier(header, key).verify(header, input, signature);
        } catch (JOSEException | GeneralSecurityException e) {
            return false; // a key of another kind or curve, or a signature of another length
        }
    }

    private static Map<String, Object> claims(Base64URL part) throws ParseException {
        try {
            Map<String, Object> claims =
                    CLAIMS.convert(JWTClaimsSet.parse(part.decodeToString()).getClaims());
            if (claims != null && !claims.isEmpty()) {
                return claims;
            }
        } catch (IllegalStateException | IllegalArgumentException e) {
            // falls through: a standard claim is of another type
        }
        throw new TokenRefusedException(TokenRefusal.CLAIMS, "It has no claims, or a standard one of another type.");
    }

    /** The number of tokens in the cache. */
    long cached() {
        verified.cleanUp();
        return verified.estimatedSize();
    }

    /** Stops fetching keys. */
    @Override
    public void close() {
        keys.close();
    }
}
