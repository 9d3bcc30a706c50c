package maple.like.bootstrap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;

/** Makes requests out of valid ones and garbage; the same seed and number make the same request. Immutable. */
final class RandomRequests {
    /** Is in every text that stands for a token and is none. */
    static final String FAKE = "s3cr3t";

    static final String ACCOUNT = "fuzzing-account";

    private static final List<String> METHODS = words(
            "GET GET GET GET GET POST POST POST PUT PUT DELETE DELETE" + " HEAD OPTIONS PATCH TRACE CONNECT PROPFIND");
    private static final List<String> ODD_METHODS =
            List.of("get", "G(T", "", "\u0000GET", "GET\t", "X".repeat(300), "\u00e9", "PRI");
    private static final List<String> ENDS =
            List.of("/like", "/like", "/like/count", "/like/status", "", "/like/other");
    private static final List<String> OTHER_PATHS = words("""
            / * /api /api/v2/characters /api/v1/characters/Adele/like /error /favicon.ico
            /local/token?account=x /local/rows /actuator /actuator/info /actuator/env /actuator/shutdown
            /actuator/health /actuator/health/liveness /actuator/health/nothing /actuator/health?a=s3cr3t%zz
            /actuator/prometheus /actuator/prometheus?includedNames=%zz
            /actuator/metrics /actuator/metrics/nothing /actuator/metrics/http.server.requests?tag=broken
            /actuator/metrics/http.server.requests?tag=status:200
            /actuator/sbom /actuator/sbom/application /actuator/sbom/nothing
            http://likes.example/api/v2/characters/Adele/like/count http://[::z/ likes.example:443""");
    private static final List<String> PIECES = words("""
            % %z %1 %zz %00 %0a %0D%0A %09 %1b[31m %7f %C2%85 %E2%80%A8 %FF %C0%AF %ED%A0%80 %ED%BF%BF
            %ED%A0%80%ED%B0%80 %F0%9F%8D%81 %F4%90%80%80 %EC%95%84%EB%8D%B8 %EC%95 %CC%81 %E2%80%AE
            %2F %2f%2F %5C \\ %25 %252e %2e%2e .. /.. /../../ /./ // ; ;a=b %3B ;jsessionid=1 ;a=%zz
            ? ?a=%zz&=&% ?tag=%zz&token=s3cr3t ?access_token=s3cr3t # & + %20 <script> " ' { }
            ${jndi:ldap://x} | ^ ` ~ * : @ \u001b[31m \u00ff .json .xml %u0041 =""");
    private static final List<String> TYPES = List.of(
            "application/json",
            "application/json;charset=nonsense",
            "application/xml",
            "text/plain",
            "text/event-stream",
            "application/problem+xml",
            "application/vnd.spring-boot.actuator.v3+json",
            "application/openmetrics-text; version=1.0.0",
            "multipart/form-data",
            "multipart/form-data; boundary=x",
            "multipart/form-data; boundary=\"",
            "application/x-www-form-urlencoded",
            "*/*",
            "*/json",
            "*",
            "/",
            "",
            ";q=0",
            "text/html;q=2",
            "nonsense",
            "a/b;\u00e9=\u00fc",
            "application/json, ".repeat(200));
    private static final List<String> HEADERS = words("X-HTTP-Method-Override X-Forwarded-For X-Forwarded-Host Origin"
            + " Cookie Range If-None-Match Accept-Encoding Accept-Language Connection Bad\u00a0Header"
            + " Access-Control-Request-Method Upgrade X-\u00e9");
    private static final List<String> BODIES = List.of(
            "",
            "{",
            "{\"liked\":true}",
            "[".repeat(5_000),
            "\"\\ud800\"",
            "null",
            "a=%zz&_method=DELETE&access_token=" + FAKE,
            "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../../a\"\r\n\r\nabc\r\n--x--\r\n",
            "--x\r\nContent-Disposition: form-data; name=\"f",
            "\u0000\u0001\u001b\u00ff",
            "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
            "x".repeat(20_000));
    private static final List<String> IDS = List.of(
            "good-id.1",
            "",
            "two words",
            "\u001b[31mred\u001b[0m",
            "a\rX-Injected: b",
            "a\nX-Injected: b",
            "a\r\n X-Injected: b",
            "a\r\n\r\nGET /injected HTTP/1.1",
            "%0d%0aX-Injected: b",
            "\u00eb\u008b\u00a8",
            "\u0085\u009b",
            "${jndi:ldap://x}",
            "x".repeat(65),
            "x".repeat(7_000));

    private final long seed;
    private final List<String> names;
    private final String token = Service.token(ACCOUNT);
    private final String operator = Service.token("operator");
    private final List<Function<Random, String>> authorizations = List.of(
            random -> "bearer  " + token + " ",
            random -> "Bearer " + operator,
            random -> "Bearer " + token.substring(0, 5 + random.nextInt(token.length() - 5)),
            random -> "Bearer " + Service.tokenSignedWith("another-secret-of-at-least-32-bytes-!", ACCOUNT),
            random -> "Bearer " + withHeader("{\"alg\":\"none\"}") + (random.nextBoolean() ? "" : signature()),
            random -> "Bearer " + withHeader("{\"alg\":\"RS256\",\"kid\":\"../../" + FAKE + "\"}") + signature(),
            random ->
                    "Bearer " + withHeader("{\"alg\":\"HS256\",\"crit\":[\"x\"],\"jku\":\"http://x/\"}") + signature(),
            random -> "Bearer " + withHeader("{\"alg\":\"dir\",\"enc\":\"A128GCM\"}") + ".." + FAKE,
            random -> "Bearer " + withHeader("{\"alg\":1}") + signature(),
            random -> "Bearer " + flipped(random),
            random -> "Bearer " + token + "\r\nAuthorization: Bearer " + operator,
            random -> "Bearer " + FAKE + "x".repeat(random.nextInt(40_000)),
            random -> "Bearer " + FAKE + "\u00e9\u00ff\u0080",
            random -> "Bearer " + FAKE + "\u001b[31m",
            random -> "Bearer " + FAKE + "\nX-Injected: b",
            random -> "Bearer ..." + FAKE,
            random -> "Basic " + FAKE,
            random -> "Digest username=\"" + FAKE + "\"",
            random -> "Bearer",
            random -> "");

    RandomRequests(long seed, List<String> names) {
        this.seed = seed;
        this.names = List.copyOf(names);
    }

    /** @param head whether its answer has no body */
    record Request(byte[] bytes, boolean head) {
        @Override
        public String toString() {
            String text = new String(bytes, ISO_8859_1);
            return text.length() > 2_000 ? text.substring(0, 2_000) + "…" : text;
        }
    }

    /** What must be found in no log: parts of every token that is sent. */
    List<String> secrets() {
        return List.of(FAKE, "eyJ", payload(), signature().substring(1), Service.SECRET);
    }

    Request number(int number) {
        Random random = new Random(seed + number * 0x9E3779B97F4A7C15L); // far apart, as neighbours begin alike
        String method = any(random, oneIn(random, 50) ? ODD_METHODS : METHODS);
        String target = target(random);
        String headers = headers(random);
        Body body = oneIn(random, 3) ? body(random) : new Body("", "");
        String version = oneIn(random, 40)
                ? any(random, List.of("HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "http/1.1", "", "HTTP/1.1 HTTP/1.1"))
                : "HTTP/1.1";
        String text = method + " " + target + " " + version + "\r\n" + headers + body.headers() + "\r\n" + body.text();
        return new Request(text.getBytes(ISO_8859_1), method.equals("HEAD"));
    }

    private String headers(Random random) {
        StringBuilder headers = new StringBuilder(oneIn(random, 50) ? "" : header("Host", "likes.example"));
        headers.append(
                switch (random.nextInt(6)) {
                    case 0 ->
                        header("Authorization", any(random, authorizations).apply(random));
                    case 1 -> header("Authorization", "Bearer " + operator);
                    case 2, 3, 4 -> header("Authorization", "Bearer " + token);
                    default -> "";
                });
        headers.append(oneIn(random, 3) ? header("Accept", any(random, TYPES)) : "");
        headers.append(oneIn(random, 3) ? header("Content-Type", any(random, TYPES)) : "");
        headers.append(oneIn(random, 10) ? header("X-Request-Id", any(random, IDS)) : "");
        String value = random.nextBoolean() ? text(random) : "a=\u00c2\u009b; " + FAKE + "=\"{\u00ff";
        headers.append(oneIn(random, 8) ? header(any(random, HEADERS), value) : "");
        return headers.toString();
    }

    private record Body(String headers, String text) {}

    private static Body body(Random random) {
        String body = oneIn(random, 4) ? text(random) : any(random, BODIES);
        String exact = length(body.length());
        String chunked = header("Transfer-Encoding", "chunked");
        return switch (random.nextInt(12)) {
            case 0 -> new Body(length(body.length() + 1 + random.nextInt(10)), body);
            case 1 -> new Body(length(body.length() / 2), body);
            case 2 -> new Body(header("Content-Length", any(random, words("-1 x 1,2 +5 999999999999999999999"))), body);
            case 3 -> new Body(exact + header("Transfer-Encoding", any(random, words("chunked gzip nonsense"))), body);
            case 4 -> new Body(chunked, body);
            case 5 -> new Body(chunked, Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n");
            case 6 -> new Body(exact + header("Expect", any(random, words("100-continue nonsense"))), body);
            default -> new Body(exact, body);
        };
    }

    private static String length(int length) {
        return header("Content-Length", Integer.toString(length));
    }

    private String target(Random random) {
        StringBuilder target = new StringBuilder(
                oneIn(random, 4) ? any(random, OTHER_PATHS) : Service.path(any(random, names), any(random, ENDS)));
        for (int mutations = Math.max(0, random.nextInt(9) - 5); mutations > 0; mutations--) {
            int at = random.nextInt(target.length() + 1);
            switch (random.nextInt(8)) {
                case 0 -> target.setLength(at);
                case 1 -> target.insert(at, target.substring(random.nextInt(at + 1), at));
                case 2 -> target.replace(0, target.length(), target.toString().toUpperCase(Locale.ROOT));
                case 3 ->
                    target.insert(at, any(random, PIECES).repeat(oneIn(random, 20) ? 1 + random.nextInt(3_000) : 3));
                default -> target.insert(at, any(random, PIECES));
            }
        }
        return target.toString();
    }

    /** Any bytes that are no line ends. */
    private static String text(Random random) {
        return random.ints(random.nextInt(60), 0, 256)
                .filter(c -> c != '\r' && c != '\n')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private String flipped(Random random) {
        char[] flipped = token.toCharArray();
        flipped[5 + random.nextInt(flipped.length - 5)] ^= 1;
        return new String(flipped);
    }

    private String withHeader(String header) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(UTF_8)) + "." + payload();
    }

    private String payload() {
        return token.substring(token.indexOf('.') + 1, token.lastIndexOf('.'));
    }

    private String signature() {
        return token.substring(token.lastIndexOf('.'));
    }

    private static String header(String name, String value) {
        return name + ": " + value + "\r\n";
    }

    private static boolean oneIn(Random random, int many) {
        return random.nextInt(many) == 0;
    }

    private static <T> T any(Random random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static List<String> words(String text) {
        return List.of(text.split("[ \n]+"));
    }
}
