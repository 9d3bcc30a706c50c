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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import maple.like.bootstrap.Service;
import maple.like.bootstrap.chaos.Operation.Kind;
import maple.like.bootstrap.chaos.Operation.Outcome;
import maple.like.bootstrap.chaos.Operation.Relation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Many people who like and stop liking, mostly not two of them about the same thing at once, but sometimes. */
final class Clients implements AutoCloseable {
    private static final int COUNT = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MOST_CALLS = 3;
    private static final int LONGEST_REST_MILLIS = 6000;
    private static final int LONGEST_PAUSE_MILLIS = 150;

    private final List<Relation> relations;
    private final List<Instance> instances;
    private final LongSupplier clock;
    private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicReferenceArray<Relation> current = new AtomicReferenceArray<>(COUNT);
    private final Map<Relation, Long> busyUntil = new ConcurrentHashMap<>();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final AtomicBoolean over = new AtomicBoolean();
    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(COUNT);

    Clients(List<Relation> relations, List<Instance> instances, LongSupplier clock) {
        this.relations = relations;
        this.instances = instances;
        this.clock = clock;
    }

    void begin(long seed) {
        for (int client = 0; client < COUNT; client++) {
            int number = client;
            Random random = new Random(seed * COUNT + client);
            threads.execute(() -> go(number, random));
        }
    }

    /** Lets everybody finish what they are about. */
    List<Operation> end() throws InterruptedException {
        over.set(true);
        threads.shutdown();
        if (!failures.isEmpty()) {
            throw new AssertionError("A client failed", failures.peek());
        }
        if (!threads.awaitTermination(3 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("Some clients still wait for an answer");
        }
        return new ArrayList<>(operations);
    }

    private void go(int client, Random random) {
        try {
            int pause = act(client, random);
            if (!over.get()) {
                threads.schedule(() -> go(client, random), pause, TimeUnit.MILLISECONDS);
            }
        } catch (RuntimeException | Error e) {
            failures.add(e);
        }
    }

    /**
     * A few calls about one thing, one after another, which is left alone for a while then.
     *
     * @return milliseconds until the next
     */
    private int act(int client, Random random) {
        Relation relation = relations.get(random.nextInt(relations.size()));
        int calls = 1 + random.nextInt(MOST_CALLS);
        long rest = random.nextInt(LONGEST_REST_MILLIS);
        boolean alongside = random.nextInt(10) == 0;
        int other = random.nextInt(COUNT);
        int pause = 1 + random.nextInt(LONGEST_PAUSE_MILLIS);

        Relation others = current.get(other);
        if (alongside && others != null) {
            operations.add(call(kind(random), others, instance(random)));
        } else if (takeUp(relation)) {
            current.set(client, relation);
            for (int call = 0; call < calls && !over.get(); call++) {
                operations.add(call(kind(random), relation, instance(random)));
            }
            current.set(client, null);
            busyUntil.put(relation, clock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(rest));
        } else {
            pause = 1;
        }
        return pause;
    }

    private boolean takeUp(Relation relation) {
        long now = clock.getAsLong();
        long before = busyUntil.getOrDefault(relation, 0L);
        return before <= now
                && (before == 0
                        ? busyUntil.putIfAbsent(relation, Long.MAX_VALUE) == null
                        : busyUntil.replace(relation, before, Long.MAX_VALUE));
    }

    private Instance instance(Random random) {
        return instances.get(random.nextInt(instances.size()));
    }

    private static Kind kind(Random random) {
        int percent = random.nextInt(100);
        if (percent < 40) {
            return Kind.TOGGLE;
        }
        if (percent < 58) {
            return Kind.LIKE;
        }
        if (percent < 74) {
            return Kind.UNLIKE;
        }
        return percent < 94 ? Kind.STATUS : Kind.COUNT;
    }

    private Operation call(Kind kind, Relation relation, Instance instance) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + instance.port + Service.path(relation.character(), kind.path)))
                .timeout(PATIENCE)
                .method(kind.method, HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer " + token(relation.account()))
                .build();
        long invoked = clock.getAsLong();
        Outcome outcome;
        String answer;
        boolean liked = false;
        long likeCount = 0;
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            answer = response.statusCode() + " " + response.body();
            JsonNode data = dataOf(response);
            if (data != null) {
                outcome = Outcome.ACKNOWLEDGED;
                liked = kind != Kind.COUNT && data.get("liked").asBoolean();
                likeCount = data.get("likeCount").asLong();
                answer = (kind == Kind.COUNT ? "" : "liked=" + liked + " ") + "likeCount=" + likeCount;
            } else {
                outcome = response.statusCode() == 503 ? Outcome.UNANSWERED : Outcome.WRONG;
            }
        } catch (ConnectException | HttpConnectTimeoutException e) {
            outcome = Outcome.NOT_SENT;
            answer = e.toString();
        } catch (IOException e) {
            outcome = Outcome.UNANSWERED;
            answer = e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            outcome = Outcome.UNANSWERED;
            answer = e.toString();
        }
        return new Operation(
                relation, kind, instance.number, invoked, clock.getAsLong(), outcome, liked, likeCount, answer);
    }

    /** Null for any other answer than one that has what was asked for. */
    private static JsonNode dataOf(HttpResponse<String> response) {
        if (response.statusCode() != 200 || !response.body().startsWith("{\"success\":true,\"data\":{")) {
            return null;
        }
        return JsonMapper.shared().readTree(response.body()).get("data");
    }

    private String token(String account) {
        return tokens.computeIfAbsent(account, Service::token);
    }

    long count(String character, Instance instance) {
        return call(Kind.COUNT, new Relation("somebody", character), instance).likeCount();
    }

    Operation put(Relation relation, Instance instance) {
        return call(Kind.LIKE, relation, instance);
    }

    Operation status(Relation relation, Instance instance) {
        return call(Kind.STATUS, relation, instance);
    }

    boolean ready(Instance instance) {
        return get(instance, "/actuator/health/readiness").startsWith("200 ");
    }

    /** What an operator reads: the status and the body. */
    String get(Instance instance, String path) {
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + instance.port + path))
                            .timeout(PATIENCE)
                            .header("Authorization", "Bearer " + token("operator"))
                            .build(),
                    BodyHandlers.ofString());
            return response.statusCode() + " " + response.body();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e.toString();
        }
    }

    @Override
    public void close() {
        over.set(true);
        threads.shutdownNow();
    }
}
