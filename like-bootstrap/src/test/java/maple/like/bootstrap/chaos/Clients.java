package maple.like.bootstrap.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import maple.like.bootstrap.chaos.Operation.Kind;
import maple.like.bootstrap.chaos.Operation.Relation;

/** Clients that call random instances about random relations: mostly one client about a relation, sometimes several. */
final class Clients implements AutoCloseable {
    private static final int COUNT = 16;
    private static final int MOST_CALLS = 4;
    private static final int LONGEST_REST_MILLIS = 6000;
    private static final int LONGEST_PAUSE_MILLIS = 150;
    private static final int LONGEST_CALL_SECONDS = 6;

    private static final List<Kind> KINDS = Stream.of(Kind.values())
            .flatMap(kind -> Collections.nCopies(kind.weight, kind).stream())
            .toList();

    private final List<Relation> relations;
    private final List<Instance> instances;
    private final Caller caller;
    private final LongSupplier clock;
    private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicReferenceArray<Relation> current = new AtomicReferenceArray<>(COUNT);
    private final Map<Relation, AtomicLong> restsUntil = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(COUNT);
    private volatile boolean ended;

    Clients(List<Relation> relations, List<Instance> instances, Caller caller, LongSupplier clock) {
        this.relations = relations;
        this.instances = instances;
        this.caller = caller;
        this.clock = clock;
    }

    void begin(long seed) {
        for (int client = 0; client < COUNT; client++) {
            int number = client;
            Random random = new Random(seed * COUNT + client);
            threads.execute(() -> run(number, random));
        }
    }

    /** Waits for the calls in progress, and returns all. */
    List<Operation> end() throws InterruptedException {
        ended = true;
        threads.shutdown();
        if (!threads.awaitTermination(LONGEST_CALL_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("Some clients still wait for an answer");
        }
        if (!failures.isEmpty()) {
            throw new AssertionError("A client failed", failures.peek());
        }
        return new ArrayList<>(operations);
    }

    private void run(int client, Random random) {
        try {
            int pause = act(client, random);
            if (!ended) {
                threads.schedule(() -> run(client, random), pause, TimeUnit.MILLISECONDS);
            }
        } catch (RuntimeException | Error e) {
            failures.add(e);
        }
    }

    /** @return milliseconds until the next */
    private int act(int client, Random random) {
        Relation relation = relations.get(random.nextInt(relations.size()));
        int calls = 1 + random.nextInt(MOST_CALLS);
        long rest = random.nextInt(LONGEST_REST_MILLIS);
        boolean alongside = random.nextInt(10) == 0;
        Relation another = current.get(random.nextInt(COUNT));
        int pause = 1 + random.nextInt(LONGEST_PAUSE_MILLIS);

        if (alongside && another != null) {
            call(client, random, false, another);
        } else if (acquire(relation)) {
            current.set(client, relation);
            boolean written = false;
            for (int call = 0; call < calls && !ended; call++) {
                Operation operation = call(client, random, written, relation);
                written = operation.acknowledged() && operation.kind().sets();
            }
            current.set(client, null);
            restsUntil.get(relation).set(clock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(rest));
        } else {
            pause = 1;
        }
        return pause;
    }

    private boolean acquire(Relation relation) {
        AtomicLong until = restsUntil.computeIfAbsent(relation, first -> new AtomicLong());
        long before = until.get();
        return before <= clock.getAsLong() && until.compareAndSet(before, Long.MAX_VALUE);
    }

    /** @param written whether the client has just set the relation: then it often reads it next */
    private Operation call(int client, Random random, boolean written, Relation relation) {
        boolean checks = written && random.nextBoolean();
        Kind kind = checks ? Kind.STATUS : KINDS.get(random.nextInt(KINDS.size()));
        Supplier<Instance> any = () -> instances.get(random.nextInt(instances.size()));
        Operation operation = kind == Kind.TOGGLE_ONCE
                ? caller.toggleOnce(client, relation, any)
                : caller.call(client, kind, relation, any.get());
        operations.add(operation);
        return operation;
    }

    @Override
    public void close() {
        ended = true;
        threads.shutdownNow();
    }
}
