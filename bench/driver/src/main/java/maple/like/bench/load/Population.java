package maple.like.bench.load;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import maple.like.bench.machine.BenchException;

/**
 * The accounts with their tokens, and the characters. The same in every run, except for the tokens' key.
 *
 * @param secret the key that signs tokens
 * @param tokens one for each account
 * @param names one for each character, half of them Korean
 * @param ocids in the order of the names
 */
public record Population(String secret, List<String> tokens, List<String> names, List<String> ocids) {
    private static final int ACCOUNTS = 2_000;
    private static final int CHARACTERS = 1_000;
    private static final int HANGUL = 0xAC00;
    private static final int SYLLABLES = 11_172;
    private static final Duration VALID = Duration.ofHours(12);

    /** Copies the lists. */
    public Population {
        tokens = List.copyOf(tokens);
        names = List.copyOf(names);
        ocids = List.copyOf(ocids);
    }

    /**
     * Creates the population.
     *
     * @param clock starts the tokens' time to live
     */
    public static Population create(InstantSource clock) {
        String secret = UUID.randomUUID().toString();
        long expiry = clock.instant().plus(VALID).getEpochSecond();
        Random random = new Random(1);
        return new Population(
                secret,
                IntStream.range(0, ACCOUNTS)
                        .mapToObj(account -> token(secret, uuid(random).toString(), hex(random), expiry))
                        .toList(),
                IntStream.range(0, CHARACTERS)
                        .mapToObj(character -> name(random, character))
                        .toList(),
                IntStream.range(0, CHARACTERS)
                        .mapToObj(character -> hex(random))
                        .toList());
    }

    private static UUID uuid(Random random) {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private static String hex(Random random) {
        return HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong());
    }

    /** The number makes the name unique. */
    private static String name(Random random, int number) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            name.appendCodePoint(
                    number % 2 == 0 ? HANGUL + random.nextInt(SYLLABLES) : (i == 0 ? 'A' : 'a') + random.nextInt(26));
        }
        return name.append(number).toString();
    }

    private static String token(String secret, String account, String ownOcid, long expiry) {
        String claims = "{\"sub\":\"" + account + "\",\"ocids\":[\"" + ownOcid + "\"],\"exp\":" + expiry + "}";
        String signed = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + base64(claims.getBytes(StandardCharsets.UTF_8));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return signed + "." + base64(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new BenchException("This JDK cannot sign tokens", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** A name, percent-encoded for a path. */
    public String encodedName(int character) {
        return URLEncoder.encode(names.get(character), StandardCharsets.UTF_8);
    }
}
