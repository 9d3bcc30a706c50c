package maple.like.adapter.web;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;

/** The keys that tokens are verified with. Thread-safe. */
interface TokenKeys extends AutoCloseable {
    /** The size of the hash, as RFC 7518, section 3.2, requires. */
    int MIN_SECRET_BYTES = 32;

    /** The algorithms of these keys; tokens of another are refused before a key is looked for. */
    Set<JWSAlgorithm> algorithms();

    /**
     * Finds the keys that may have signed a token.
     *
     * @return empty if there is none for certain
     * @throws KeySourceException if the keys are unavailable
     */
    List<Key> find(JWSHeader header) throws KeySourceException;

    @Override
    default void close() {}

    /** A key that is known from the start. It is tried whatever the token's {@code kid}. */
    record Fixed(Key key, Set<JWSAlgorithm> algorithms) implements TokenKeys {
        @Override
        public List<Key> find(JWSHeader header) {
            return List.of(key);
        }
    }

    /**
     * Makes a key of a shared secret.
     *
     * @throws IllegalArgumentException if the secret is shorter than 32 bytes; the message does not quote it
     */
    static TokenKeys secret(String secret) {
        byte[] key = secret.getBytes(StandardCharsets.UTF_8);
        if (key.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "The secret needs at least " + MIN_SECRET_BYTES + " bytes, but has " + key.length);
        }
        return new Fixed(new SecretKeySpec(key, "HmacSHA256"), Set.of(JWSAlgorithm.HS256));
    }

    /**
     * Reads a public key.
     *
     * @throws IllegalArgumentException if the text is no public key, or none for these algorithms
     */
    static TokenKeys publicKey(String pem, Collection<String> algorithms) {
        Key key = parse(pem);
        Set<JWSAlgorithm> family = key instanceof RSAPublicKey
                ? JWSAlgorithm.Family.RSA
                : key instanceof ECPublicKey ? JWSAlgorithm.Family.EC : JWSAlgorithm.Family.ED;
        return new Fixed(key, only(algorithms, family));
    }

    private static Key parse(String pem) {
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The public key is not in PEM format", e);
        }
        for (String kind : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // It may be one of the next kind.
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("This JDK lacks " + kind, e);
            }
        }
        throw new IllegalArgumentException("The text is no public key of RSA, an elliptic curve or Ed25519");
    }

    /**
     * Narrows a family of algorithms.
     *
     * @param names of algorithms; empty for the whole family
     * @throws IllegalArgumentException if a name is not in the family
     */
    static Set<JWSAlgorithm> only(Collection<String> names, Set<JWSAlgorithm> family) {
        Set<JWSAlgorithm> chosen = new HashSet<>();
        for (String name : names) {
            JWSAlgorithm algorithm = JWSAlgorithm.parse(name);
            if (!family.contains(algorithm)) {
                throw new IllegalArgumentException("The algorithm " + name + " does not fit the key");
            }
            chosen.add(algorithm);
        }
        return Set.copyOf(chosen.isEmpty() ? family : chosen);
    }
}
