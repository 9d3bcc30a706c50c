package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.redis.TestRedis;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An instance of the service in this JVM, called over HTTP. */
public final class Service implements AutoCloseable {
    static final String SECRET = "a-secret-for-tests-of-at-least-32-bytes";
    static final String OPERATOR = token("operator");

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ConfigurableApplicationContext context;
    private final String address;

    private Service(ConfigurableApplicationContext context) {
        this.context = context;
        this.address = "http://127.0.0.1:" + property("local.server.port");
    }

    record Answer(boolean liked, long likeCount) {}

    public static Map<String, String> configured(TestRedis redis, TestDatabase database) {
        return configured(redis.uri().toString(), database);
    }

    /** What a deployment must configure, a short flush interval, and any number of changes of an account. */
    public static Map<String, String> configured(String redisUri, TestDatabase database) {
        return new HashMap<>(Map.of(
                "like.redis.uri",
                redisUri,
                "spring.datasource.url",
                database.url(),
                "spring.datasource.username",
                database.user(),
                "spring.datasource.password",
                database.password(),
                "like.auth.jwt-secret",
                SECRET,
                "like.limits.changes-per-minute",
                "0",
                "like.sync.interval",
                "100ms"));
    }

    static String[] arguments(Map<String, String> properties) {
        return properties.entrySet().stream()
                .map(property -> "--" + property.getKey() + "=" + property.getValue())
                .toArray(String[]::new);
    }

    static Service start(Map<String, String> properties, Class<?>... additions) {
        // Spring Boot keeps these for the next application in the same JVM.
        System.clearProperty("CONSOLE_LOG_STRUCTURED_FORMAT");
        System.clearProperty("CONSOLE_LOG_THRESHOLD");
        Map<String, String> withPort = new HashMap<>(properties);
        withPort.putIfAbsent("server.port", "0");
        return new Service(new SpringApplicationBuilder(LikeApplication.class)
                .sources(additions)
                .run(arguments(withPort)));
    }

    /** Fails to start, and returns what the log reports about it. */
    static String failsStartup(Map<String, String> properties, CapturedOutput output) {
        int before = output.getAll().length();
        assertThatException().as("startup").isThrownBy(() -> start(properties).close());
        String logged = output.getAll().substring(before);
        assertThat(logged).contains("APPLICATION FAILED TO START");
        String report = logged.substring(logged.indexOf("APPLICATION FAILED TO START"));
        assertThat(report).doesNotContain("\tat ");
        return report;
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    <T> T bean(String name, Class<T> type) {
        return context.getBean(name, type);
    }

    List<String> beanNames() {
        return List.of(context.getBeanDefinitionNames());
    }

    String property(String name) {
        return context.getEnvironment().getProperty(name);
    }

    String address() {
        return address;
    }

    public static String token(String account, String... ocids) {
        return tokenSignedWith(SECRET, account, ocids);
    }

    static String tokenSignedWith(String secret, String account, String... ocids) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader(JWSAlgorithm.HS256),
                    new JWTClaimsSet.Builder()
                            .subject(account)
                            .claim("ocids", List.of(ocids))
                            .claim("scope", account.equals("operator") ? "operator" : "")
                            .expirationTime(Date.from(Instant.now().plusSeconds(3600)))
                            .build());
            jwt.sign(new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String path(String name, String rest) {
        return "/api/v2/characters/"
                + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20") + rest;
    }

    HttpRequest.Builder request(String method, String path) {
        return HttpRequest.newBuilder(URI.create(address + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.noBody());
    }

    HttpResponse<String> send(String method, String path, String token) {
        HttpRequest.Builder request = request(method, path);
        return send(token == null ? request : request.header("Authorization", "Bearer " + token));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<String> get(String path) {
        return send("GET", path, null);
    }

    HttpResponse<String> change(String method, String name, String account) {
        return send(method, path(name, "/like"), token(account));
    }

    Answer toggle(String name, String account) {
        return answerIn(change("POST", name, account));
    }

    Answer like(String name, String account) {
        return answerIn(change("PUT", name, account));
    }

    Answer unlike(String name, String account) {
        return answerIn(change("DELETE", name, account));
    }

    Answer status(String name, String account) {
        return answerIn(send("GET", path(name, "/like/status"), token(account)));
    }

    long count(String name) {
        return dataIn(get(path(name, "/like/count"))).get("likeCount").asLong();
    }

    /**
     * Reads many characters at once.
     *
     * @param account null for a caller without a token, who is told that it likes none of them
     * @return in the order of the names, and the unknown ones not at all
     */
    Map<String, Answer> batch(String account, List<String> names) {
        String query = names.stream()
                .map(name -> "userIgn=" + URLEncoder.encode(name, StandardCharsets.UTF_8))
                .collect(Collectors.joining("&", "?", ""));
        JsonNode data =
                dataIn(send("GET", "/api/v2/characters/likes" + query, account == null ? null : token(account)));
        Map<String, Answer> answers = new LinkedHashMap<>();
        data.get("characters")
                .forEach(each -> answers.put(
                        each.get("userIgn").asString(),
                        new Answer(
                                each.path("liked").asBoolean(false),
                                each.get("likeCount").asLong())));
        return answers;
    }

    static Answer answerIn(HttpResponse<String> response) {
        JsonNode data = dataIn(response);
        return new Answer(data.get("liked").asBoolean(), data.get("likeCount").asLong());
    }

    private static JsonNode dataIn(HttpResponse<String> response) {
        assertThat(response.statusCode())
                .as(() -> response.request() + ": " + response.body())
                .isEqualTo(200);
        return JSON.readTree(response.body()).get("data");
    }

    /** A component of health, as an operator sees it. */
    JsonNode health(String component) {
        return JSON.readTree(send("GET", "/actuator/health", OPERATOR).body()).at("/components/" + component);
    }

    /** The status of a probe. */
    int probe(String name) {
        return get("/actuator/health/" + name).statusCode();
    }

    /** What a counter counted, a gauge shows, or how often a timer was used, over all meters with these tags. */
    double metric(String name, String... tags) {
        return bean(MeterRegistry.class).get(name).tags(tags).meters().stream()
                .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                .sum();
    }

    @Override
    public void close() {
        context.close();
    }
}
