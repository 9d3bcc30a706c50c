package maple.like.adapter.web;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;

/** A token, signed with the JDK alone, so that no library verifies its own work. */
record Token(Map<String, Object> header, Map<String, Object> claims, String secret) {
    static final String SECRET = "a secret of thirty-two bytes, ok";
    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Instant EXPIRY = NOW.plusSeconds(300);
    static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    static final String ISSUER = "https://login.example";
    static final String AUDIENCE = "likes";
    static final Duration SKEW = Duration.ofSeconds(60);

    /** A valid token. */
    static Token of(String account) {
        return new Token(
                Map.of("alg", "HS256", "typ", "JWT"),
                Map.of("sub", account, "exp", EXPIRY.getEpochSecond(), "iss", ISSUER, "aud", List.of(AUDIENCE)),
                SECRET);
    }

    Token with(String claim, Object value) {
        return new Token(header, changed(claims, claim, value), secret);
    }

    Token with(String claim, Instant time) {
        return with(claim, (Object) time.getEpochSecond());
    }

    Token without(String claim) {
        return with(claim, (Object) null);
    }

    Token withHeader(String name, Object value) {
        return new Token(changed(header, name, value), claims, secret);
    }

    private static Map<String, Object> changed(Map<String, Object> map, String key, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(map);
        changed.compute(key, (same, old) -> value);
        return changed;
    }

    Token signedWith(String otherSecret) {
        return new Token(header, claims, otherSecret);
    }

    String hmac(String algorithm) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
            return content() + "." + base64(mac.doFinal(content().getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    String rsa() {
        try {
            return signed(
                    "SHA256withRSA",
                    KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    String signed(String algorithm, PrivateKey key) {
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(content().getBytes(StandardCharsets.US_ASCII));
            return content() + "." + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    String unsigned() {
        return content() + ".";
    }

    private String content() {
        return json(header) + "." + json(claims);
    }

    /** The token as clients send it. */
    @Override
    public String toString() {
        return hmac("HmacSHA256");
    }

    private static String json(Map<String, Object> object) {
        return base64(JsonMapper.shared().writeValueAsBytes(object));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
