package maple.like.bootstrap.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import maple.like.bootstrap.chaos.Oracle.Loss;

/** Breaks things, one after another and sometimes two at once, and mends each after a while. */
final class Faults implements AutoCloseable {
    private static final int SHORTEST_GAP_MILLIS = 500;
    private static final int LONGEST_GAP_MILLIS = 6000;
    private static final int SUPERVISION_MILLIS = 250;
    private static final int PATIENCE_SECONDS = 300;
    private static final long LONG_RUN_NANOS = TimeUnit.MINUTES.toNanos(3);

    private final List<Fault.Kind> kinds;
    private final List<Instance> instances;
    private final Redis redis;
    private final Database database;
    private final Predicate<Instance> ready;
    private final LongSupplier clock;

    private final List<Fault> faults = Collections.synchronizedList(new ArrayList<>());
    private final List<Loss> losses = Collections.synchronizedList(new ArrayList<>());
    private final Semaphore redisIsWell = new Semaphore(1);
    private final Semaphore databaseIsWell = new Semaphore(1);
    private final List<Semaphore> instanceIsWell;
    private final boolean[] down;
    private final Semaphore moreThanOneIsWell;
    private final CountDownLatch over = new CountDownLatch(1);
    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(8);
    private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

    /** In milliseconds; most pauses are much shorter. */
    private long longestPause;

    Faults(
            Set<Fault.Kind> kinds,
            List<Instance> instances,
            Redis redis,
            Database database,
            Predicate<Instance> ready,
            LongSupplier clock) {
        this.kinds = List.copyOf(kinds);
        this.instances = instances;
        this.redis = redis;
        this.database = database;
        this.ready = ready;
        this.clock = clock;
        this.instanceIsWell =
                instances.stream().map(instance -> new Semaphore(1)).toList();
        this.down = new boolean[instances.size()];
        this.moreThanOneIsWell = new Semaphore(instances.size() - 1);
    }

    List<Fault> faults() {
        return List.copyOf(faults);
    }

    List<Loss> losses() {
        return List.copyOf(losses);
    }

    /** Starts every instance that has ended by itself, as whoever runs a service does. */
    void supervise() {
        threads.scheduleWithFixedDelay(
                () -> {
                    for (Instance instance : instances) {
                        synchronized (instance) {
                            if (!down[instance.number] && !instance.alive()) {
                                instance.start();
                            }
                        }
                    }
                },
                SUPERVISION_MILLIS,
                SUPERVISION_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** Goes on for so long, then mends everything. What is done comes from the seed, save for when things are well. */
    void run(long seed, long nanos) throws InterruptedException {
        Random random = new Random(seed);
        longestPause = nanos < LONG_RUN_NANOS ? 4_000 : 30_000;
        long deadline = clock.getAsLong() + nanos;
        while (true) {
            long gap = SHORTEST_GAP_MILLIS + random.nextInt(LONGEST_GAP_MILLIS - SHORTEST_GAP_MILLIS);
            Fault.Kind kind = kinds.get(random.nextInt(kinds.size()));
            Instance instance = instances.get(random.nextInt(instances.size()));
            double length = random.nextDouble();
            boolean coin = random.nextBoolean();
            boolean ended = over.await(gap, TimeUnit.MILLISECONDS);
            if (ended || clock.getAsLong() > deadline || !failures.isEmpty()) {
                break;
            }
            cause(kind, instance, length, coin);
        }
        boolean well = redisIsWell.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)
                && databaseIsWell.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)
                && moreThanOneIsWell.tryAcquire(instances.size() - 1, PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (!well) {
            failures.add(new AssertionError("Not everything is well again; these happened: " + faults));
        }
        if (!failures.isEmpty()) {
            throw new AssertionError("A fault could not be made or mended", failures.get(0));
        }
    }

    private void cause(Fault.Kind kind, Instance instance, double length, boolean coin) throws InterruptedException {
        switch (kind) {
            case INSTANCE_KILL ->
                instanceFault(
                        kind,
                        instance,
                        millis(0, 1000, length),
                        () -> {
                            takeDown(instance);
                            instance.process().kill();
                        },
                        () -> restart(instance));
            case INSTANCE_STOP ->
                instanceFault(
                        kind,
                        instance,
                        0,
                        () -> {
                            takeDown(instance);
                            instance.process().terminate();
                        },
                        () -> {
                            instance.process().awaitEnd();
                            restart(instance);
                        });
            case INSTANCE_PAUSE ->
                instanceFault(
                        kind,
                        instance,
                        millis(200, longestPause, length * length * length),
                        () -> instance.process().pause(),
                        () -> instance.process().resume());
            case REDIS_KILL ->
                fault(
                        redisIsWell,
                        kind,
                        -1,
                        "",
                        millis(0, 3000, length),
                        () -> redis.process().kill(),
                        redis::start);
            case REDIS_PAUSE ->
                fault(
                        redisIsWell,
                        kind,
                        -1,
                        millis(100, 3000, length) + " ms",
                        millis(100, 3000, length),
                        () -> redis.process().pause(),
                        () -> redis.process().resume());
            case REDIS_EMPTY -> {
                if (coin) {
                    fault(
                            redisIsWell,
                            kind,
                            -1,
                            "killed",
                            millis(0, 2000, length),
                            () -> lose(() -> redis.process().kill()),
                            () -> {
                                redis.loseData();
                                redis.start();
                            });
                } else {
                    fault(redisIsWell, kind, -1, "flushed", 0, () -> lose(redis::flush), () -> {});
                }
            }
            case REDIS_DROP ->
                fault(redisIsWell, kind, instance.number, "", 0, () -> redis.drop(instance.name()), () -> {});
            case DATABASE_AWAY ->
                fault(
                        databaseIsWell,
                        kind,
                        -1,
                        "",
                        millis(500, 5000, length),
                        database.proxy::cut,
                        database.proxy::restore);
            case DATABASE_STALL ->
                fault(
                        databaseIsWell,
                        kind,
                        -1,
                        "",
                        millis(300, 4000, length),
                        database.proxy::stall,
                        database.proxy::release);
        }
    }

    private void acquire(Semaphore well) throws InterruptedException {
        if (!well.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("Nothing more can be broken, because something is not well again: " + faults);
        }
    }

    private static long millis(long least, long most, double where) {
        return least + Math.round((most - least) * where);
    }

    private void lose(Runnable way) {
        long from = clock.getAsLong();
        way.run();
        long to = clock.getAsLong();
        losses.add(new Loss(Database.storedUpTo(database.samples(), from), from, to));
    }

    private void takeDown(Instance instance) {
        synchronized (instance) {
            down[instance.number] = true;
        }
    }

    private void restart(Instance instance) {
        synchronized (instance) {
            instance.start();
            down[instance.number] = false;
        }
    }

    private void instanceFault(Fault.Kind kind, Instance instance, long millis, Runnable begin, Runnable lift)
            throws InterruptedException {
        acquire(moreThanOneIsWell);
        fault(instanceIsWell.get(instance.number), kind, instance.number, millis + " ms", millis, begin, lift);
    }

    /** One that starts is not harmed again before it answers. */
    private void awaitReady(Fault fault, Instance instance) {
        if (ready.test(instance)) {
            fault.over = clock.getAsLong();
            instanceIsWell.get(instance.number).release();
            moreThanOneIsWell.release();
        } else {
            threads.schedule(() -> awaitReady(fault, instance), 100, TimeUnit.MILLISECONDS);
        }
    }

    private void fault(
            Semaphore well, Fault.Kind kind, int instance, String what, long millis, Runnable begin, Runnable lift)
            throws InterruptedException {
        acquire(well);
        Fault fault = new Fault(kind, instance, what, clock.getAsLong());
        faults.add(fault);
        begin.run();
        threads.schedule(
                () -> {
                    try {
                        lift.run();
                    } catch (RuntimeException | Error e) {
                        failures.add(e);
                    } finally {
                        fault.lifted = clock.getAsLong();
                        if (kind.endsWhenReady()) {
                            threads.execute(() -> awaitReady(fault, instances.get(instance)));
                        } else {
                            fault.over = fault.lifted;
                            well.release();
                        }
                    }
                },
                millis,
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        over.countDown();
        threads.shutdownNow();
    }
}
