package maple.like.bootstrap;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.redis.TestRedis;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One instance of the service, started as a user would start it, and spoken to over HTTP. */
public final class Service implements AutoCloseable {
    static final String SECRET = "a-secret-for-tests-of-at-least-32-bytes";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ConfigurableApplicationContext context;
    private final String address;

    private Service(ConfigurableApplicationContext context) {
        this.context = context;
        this.address = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
    }

    /** What a deployment says, and what makes tests quick. */
    public static Map<String, String> configured(TestRedis redis, TestDatabase database) {
        return configured(redis.uri().toString(), database);
    }

    /** The same, with whatever kind of Redis. */
    public static Map<String, String> configured(String redis, TestDatabase database) {
        Map<String, String> properties = new HashMap<>();
        properties.put("like.redis.uri", redis);
        properties.put("spring.datasource.url", database.url());
        properties.put("spring.datasource.username", database.user());
        properties.put("spring.datasource.password", database.password());
        properties.put("like.auth.jwt-secret", SECRET);
        properties.put("like.sync.interval", "100ms");
        return properties;
    }

    static Service start(Map<String, String> properties, Class<?>... additions) {
        List<String> arguments = new ArrayList<>();
        if (!properties.containsKey("server.port")) {
            arguments.add("--server.port=0");
        }
        properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return new Service(new SpringApplicationBuilder(LikeApplication.class)
                .sources(additions)
                .run(arguments.toArray(String[]::new)));
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    <T> T bean(String name, Class<T> type) {
        return context.getBean(name, type);
    }

    List<String> beansNamedLike(String part) {
        return Arrays.stream(context.getBeanDefinitionNames())
                .filter(name -> name.contains(part))
                .toList();
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

    HttpResponse<String> send(String method, String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return send(request);
    }

    HttpResponse<String> sendTo(String url) {
        return send(HttpRequest.newBuilder(URI.create(url)));
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

    /** Sends characters as they are, one byte each. */
    RawHttp.Answer sendRaw(String request) {
        try (RawHttp http = new RawHttp(URI.create(address).getPort())) {
            return http.send(request.getBytes(StandardCharsets.ISO_8859_1), false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends, expects success, and gives the data. */
    JsonNode data(String method, String path, String token) {
        HttpResponse<String> response = send(method, path, token);
        if (response.statusCode() != 200) {
            throw new AssertionError(method + " " + path + ": " + response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body()).get("data");
    }

    Answer toggle(String name, String account) {
        return answer("POST", name, "/like", account);
    }

    Answer status(String name, String account) {
        return answer("GET", name, "/like/status", account);
    }

    Answer answer(String method, String name, String rest, String account) {
        JsonNode data = data(method, path(name, rest), token(account));
        return new Answer(data.get("liked").asBoolean(), data.get("likeCount").asLong());
    }

    long count(String name) {
        return data("GET", path(name, "/like/count"), null).get("likeCount").asLong();
    }

    double metric(String name, String... tags) {
        return bean(io.micrometer.core.instrument.MeterRegistry.class)
                .get(name)
                .tags(tags)
                .counter()
                .count();
    }

    /** How often a timer was used. */
    long timed(String name, String... tags) {
        return bean(io.micrometer.core.instrument.MeterRegistry.class).find(name).tags(tags).timers().stream()
                .mapToLong(io.micrometer.core.instrument.Timer::count)
                .sum();
    }

    double gauge(String name) {
        return bean(io.micrometer.core.instrument.MeterRegistry.class)
                .get(name)
                .gauge()
                .value();
    }

    record Answer(boolean liked, long likeCount) {}

    @Override
    public void close() {
        context.close();
    }
}
