package maple.like.bootstrap.chaos;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import maple.like.bootstrap.Service;
import maple.like.bootstrap.chaos.Operation.Kind;
import maple.like.bootstrap.chaos.Operation.Outcome;
import maple.like.bootstrap.chaos.Operation.Relation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls an instance, and says what came of it. */
final class Caller {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int TRIES = 5;
    private static final Duration BETWEEN_REPETITIONS = Duration.ofMillis(100);

    /** Longer than any fault lasts. */
    private static final Duration LONGEST_REPETITION = Duration.ofSeconds(60);

    private final LongSupplier clock;
    private final AtomicLong repetitions = new AtomicLong();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();

    Caller(LongSupplier clock) {
        this.clock = clock;
    }

    Operation call(int client, Kind kind, Relation relation, Instance instance) {
        return call(client, kind, relation, instance, null);
    }

    /** Toggles once: repeats the call with its key, at any instances, until it is answered. */
    Operation toggleOnce(int client, Relation relation, Supplier<Instance> instances) {
        String key = UUID.randomUUID().toString();
        Operation first = call(client, Kind.TOGGLE_ONCE, relation, instances.get(), key);
        Operation last = first;
        boolean sent = first.outcome() != Outcome.NOT_SENT;
        while (last.isOpen() && clock.getAsLong() - first.invoked() < LONGEST_REPETITION.toNanos()) {
            LockSupport.parkNanos(BETWEEN_REPETITIONS.toNanos());
            last = call(client, Kind.TOGGLE_ONCE, relation, instances.get(), key);
            sent |= last.outcome() != Outcome.NOT_SENT;
        }
        if (last != first) {
            repetitions.incrementAndGet();
        }
        return last.begunWith(first, sent);
    }

    /** How many toggles were repeated. */
    long repetitions() {
        return repetitions.get();
    }

    private Operation call(int client, Kind kind, Relation relation, Instance instance, @Nullable String key) {
        long invoked = clock.getAsLong();
        Outcome outcome;
        String answer;
        boolean liked = false;
        long likeCount = 0;
        try {
            HttpResponse<String> response =
                    send(kind.method, Service.path(relation.character(), kind.path), relation.account(), instance, key);
            answer = response.statusCode() + " " + response.body();
            outcome = response.statusCode() == 503 ? Outcome.UNANSWERED : Outcome.WRONG;
            if (response.statusCode() == 200 && response.body().startsWith("{\"success\":true,\"data\":{")) {
                JsonNode data = JsonMapper.shared().readTree(response.body()).get("data");
                outcome = Outcome.ACKNOWLEDGED;
                liked = kind != Kind.COUNT && data.get("liked").asBoolean();
                likeCount = data.get("likeCount").asLong();
                answer = (kind == Kind.COUNT ? "" : "liked=" + liked + " ") + "likeCount=" + likeCount;
            }
        } catch (ConnectException | HttpConnectTimeoutException e) {
            outcome = Outcome.NOT_SENT;
            answer = e.toString();
        } catch (IOException e) {
            outcome = Outcome.UNANSWERED;
            answer = e.toString();
        }
        return new Operation(
                relation, kind, client, instance.number, invoked, clock.getAsLong(), outcome, liked, likeCount, answer);
    }

    /** Repeats a call until it is answered, a few times. */
    Operation insist(Kind kind, Relation relation, Instance instance) {
        Operation operation = call(0, kind, relation, instance);
        for (int tries = 1; tries < TRIES && !operation.acknowledged(); tries++) {
            operation = call(0, kind, relation, instance);
        }
        return operation;
    }

    boolean ready(Instance instance) {
        return get("/actuator/health/readiness", instance).startsWith("200 ");
    }

    /** Status and body, for an operator. */
    String get(String path, Instance instance) {
        try {
            HttpResponse<String> response = send("GET", path, "operator", instance, null);
            return response.statusCode() + " " + response.body();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private HttpResponse<String> send(
            String method, String path, String account, Instance instance, @Nullable String key) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + instance.port + path))
                .timeout(TIMEOUT)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer " + tokens.computeIfAbsent(account, Service::token));
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
