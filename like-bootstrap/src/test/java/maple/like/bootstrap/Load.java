package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import maple.like.application.contract.Workers;

/**
 * Clients that change likes on instances chosen at random, each for accounts of its own. They repeat a call that is refused
 * with 503, a toggle with its idempotency key, until it is answered.
 */
final class Load implements AutoCloseable {
    private static final int CLIENTS = 6;

    /** Between two looks into the database, and before a call is repeated: both would take a processor each otherwise. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    final ExpectedLikes expected;
    private final Service[] instances;
    private final List<String> names;
    private final List<String> methods;
    private final Workers workers = new Workers();
    private final List<Future<Void>> running = new ArrayList<>();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private volatile boolean over;

    private Load(List<String> names, List<String> methods, Service... instances) {
        this.expected = new ExpectedLikes(names);
        this.instances = instances;
        this.names = names;
        this.methods = methods;
        for (int client = 0; client < CLIENTS; client++) {
            int number = client;
            running.add(workers.begin(() -> change(number)));
        }
    }

    static Load ofToggles(List<String> names, Service... instances) {
        return new Load(names, List.of("POST"), instances);
    }

    static Load ofRetries(List<String> names, Service... instances) {
        return new Load(names, List.of("PUT", "DELETE"), instances);
    }

    /** From now on every committed state of the database is to have counts equal to rows. */
    Load comparing(Servers servers) {
        running.add(workers.begin(() -> {
            while (!over) {
                assertThat(servers.miscounted()).isEmpty();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            return null;
        }));
        return this;
    }

    private Void change(int client) {
        Random random = new Random(client);
        while (!over) {
            String name = names.get(random.nextInt(names.size()));
            String account = "account-" + client + "-" + random.nextInt(3);
            String method = methods.get(random.nextInt(methods.size()));
            Service instance = instances[random.nextInt(instances.length)];
            HttpRequest.Builder request = instance.request(method, Service.path(name, "/like"))
                    .header("Authorization", "Bearer " + Service.token(account));
            if (method.equals("POST")) {
                request.header("Idempotency-Key", client + "-" + random.nextLong());
            }
            HttpResponse<String> response = Service.send(request);
            while (response.statusCode() == 503) {
                LockSupport.parkNanos(PAUSE_NANOS);
                response = Service.send(request);
            }
            boolean liked = method.equals("POST") ? !expected.isLiked(name, account) : method.equals("PUT");
            assertThat(Service.answerIn(response).liked()).isEqualTo(liked);
            expected.set(name, account, liked);
            acknowledged.incrementAndGet();
        }
        return null;
    }

    /** Waits for that many more acknowledged changes. */
    void awaitMore(int changes) {
        int goal = acknowledged.get() + changes;
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            running.stream().filter(Future::isDone).forEach(Workers::resultOf);
            return acknowledged.get() >= goal;
        });
    }

    /** Ends the load; a failure of a client fails the test. */
    ExpectedLikes end() {
        over = true;
        running.forEach(Workers::resultOf);
        return expected;
    }

    @Override
    public void close() {
        over = true;
        workers.close();
    }
}
