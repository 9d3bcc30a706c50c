package maple.like.bootstrap.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import maple.like.adapter.redis.ChildProcess;
import maple.like.adapter.redis.TestRedis;
import maple.like.bootstrap.chaos.Fault.Kind;
import maple.like.bootstrap.chaos.Fault.Target;
import maple.like.bootstrap.chaos.Oracle.Loss;
import maple.like.bootstrap.chaos.Proxy.Lost;

/**
 * Injects faults, one after another, and mends each after a while. Those of different targets overlap; one instance at
 * least is always spared.
 */
final class Faults implements AutoCloseable {
    private static final int SHORTEST_GAP_MILLIS = 500;
    private static final int LONGEST_GAP_MILLIS = 6000;
    private static final int SUPERVISION_MILLIS = 250;
    private static final int LONGEST_WAIT_SECONDS = 300;
    private static final long LONG_RUN_NANOS = TimeUnit.MINUTES.toNanos(3);

    private final Deployment deployment;
    private final TestRedis redis;
    private final Path redisData;
    private final List<Proxy> redisProxies;
    private final int closedPort = ChildProcess.freePort();

    private final List<Fault> faults = Collections.synchronizedList(new ArrayList<>());
    private final List<Loss> losses = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    private final Map<Target, Semaphore> free = new EnumMap<>(Target.class);
    private final List<Semaphore> freeInstances;
    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(8);

    /**
     * Restarts every instance that ends by itself from now on, as an orchestrator does.
     *
     * @param redisProxies one for each instance
     */
    Faults(Deployment deployment, TestRedis redis, Path redisData, List<Proxy> redisProxies) {
        this.deployment = deployment;
        this.redis = redis;
        this.redisData = redisData;
        this.redisProxies = redisProxies;
        free.put(Target.INSTANCE, new Semaphore(deployment.instances.size() - 1));
        free.put(Target.REDIS, new Semaphore(1));
        free.put(Target.DATABASE, new Semaphore(1));
        freeInstances =
                deployment.instances.stream().map(each -> new Semaphore(1)).toList();
        threads.scheduleWithFixedDelay(
                () -> deployment.instances.forEach(Instance::restartIfEnded),
                SUPERVISION_MILLIS,
                SUPERVISION_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    List<Fault> faults() {
        return List.copyOf(faults);
    }

    List<Loss> losses() {
        return List.copyOf(losses);
    }

    /** Goes on for so long, then waits until all is mended. The seed determines all but when a target is free again. */
    void run(List<Kind> kinds, long seed, long nanos) throws InterruptedException {
        Random random = new Random(seed);
        long longestPause = nanos < LONG_RUN_NANOS ? 4_000 : 30_000;
        long deadline = deployment.now() + nanos;
        while (failures.isEmpty() && deployment.now() < deadline) {
            long gap = SHORTEST_GAP_MILLIS + random.nextInt(LONGEST_GAP_MILLIS - SHORTEST_GAP_MILLIS);
            deployment.continueFor(Duration.ofMillis(gap));
            inject(
                    kinds.get(random.nextInt(kinds.size())),
                    deployment.instances.get(random.nextInt(deployment.instances.size())),
                    random.nextDouble(),
                    longestPause);
        }
        acquire(free.get(Target.INSTANCE), deployment.instances.size() - 1);
        acquire(free.get(Target.REDIS), 1);
        acquire(free.get(Target.DATABASE), 1);
        if (!failures.isEmpty()) {
            throw new AssertionError("A fault could not be injected or mended", failures.get(0));
        }
    }

    private void acquire(Semaphore semaphore, int permits) throws InterruptedException {
        if (!semaphore.tryAcquire(permits, LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("Not everything was mended in time: " + faults);
        }
    }

    private void inject(Kind kind, Instance instance, double length, long longestPause) throws InterruptedException {
        acquire(free.get(kind.target), 1);
        if (kind == Kind.DATABASE_LOST_COMMITS) {
            acquire(free.get(Target.REDIS), 1);
        }
        if (kind.target == Target.INSTANCE) {
            acquire(freeInstances.get(instance.number), 1);
        }
        Plan plan = plan(kind, instance, length, longestPause);
        Fault fault = new Fault(kind, kind.ofOneInstance() ? instance.number : -1, deployment.now());
        faults.add(fault);
        plan.begin().run();
        threads.schedule(() -> mend(fault, plan, instance), plan.millis(), TimeUnit.MILLISECONDS);
    }

    private void mend(Fault fault, Plan plan, Instance instance) {
        try {
            plan.mend().run();
        } catch (RuntimeException | Error e) {
            failures.add(e);
        } finally {
            fault.mended = deployment.now();
            if (fault.kind.target == Target.INSTANCE) {
                releaseWhenReady(instance);
            } else {
                free.get(fault.kind.target).release();
                if (fault.kind == Kind.DATABASE_LOST_COMMITS) {
                    free.get(Target.REDIS).release();
                }
            }
        }
    }

    private void releaseWhenReady(Instance instance) {
        if (deployment.caller.ready(instance)) {
            freeInstances.get(instance.number).release();
            free.get(Target.INSTANCE).release();
        } else {
            threads.schedule(() -> releaseWhenReady(instance), 100, TimeUnit.MILLISECONDS);
        }
    }

    private record Plan(long millis, Runnable begin, Runnable mend) {}

    private Plan plan(Kind kind, Instance instance, double length, long longestPause) {
        Database database = deployment.database;
        Proxy proxy = redisProxies.get(instance.number);
        return switch (kind) {
            case INSTANCE_KILL -> new Plan(millis(0, 1000, length), instance::kill, instance::start);
            case INSTANCE_STOP ->
                new Plan(0, instance::terminate, () -> {
                    instance.process().awaitEnd();
                    instance.start();
                });
            case INSTANCE_PAUSE ->
                new Plan(
                        millis(200, longestPause, length * length * length),
                        instance.process()::pause,
                        instance.process()::resume);
            case REDIS_KILL -> new Plan(millis(0, 3000, length), redis::stop, redis::start);
            case REDIS_PAUSE -> pauseRedis(millis(100, 3000, length));
            case REDIS_STALL -> pauseRedis(millis(300, 1200, length));
            case REDIS_EMPTY ->
                new Plan(millis(0, 2000, length), () -> lose(redis::stop), () -> {
                    Deployment.emptied(redisData);
                    redis.start();
                });
            case REDIS_FLUSH -> new Plan(0, () -> tellRedis(it -> lose(it.commands()::flushall)), () -> {});
            case REDIS_DROP -> new Plan(0, proxy::drop, () -> {});
            case REDIS_DEAD -> lose(Lost.EVERYTHING, redisProxies, length);
            case REDIS_DEAD_REPLIES -> lose(Lost.REPLIES, redisProxies, length);
            case REDIS_DEAD_ONE -> new Plan(0, proxy::die, () -> {});
            case REDIS_READ_ONLY ->
                new Plan(
                        millis(100, 3000, length),
                        () -> tellRedis(it -> it.commands().replicaof("127.0.0.1", closedPort)),
                        () -> tellRedis(it -> it.commands().replicaofNoOne()));
            case REDIS_FULL ->
                new Plan(
                        millis(100, 4000, length),
                        () -> tellRedis(it -> it.commands().configSet("maxmemory", "1")),
                        () -> tellRedis(it -> it.commands().configSet("maxmemory", "0")));
            case DATABASE_DOWN -> new Plan(millis(500, 5000, length), database.proxy::cut, database.proxy::restore);
            case DATABASE_STALL -> new Plan(millis(300, 4000, length), database.proxy::stall, database.proxy::release);
            case DATABASE_LOST_COMMITS -> {
                Runnable[] loss = {null};
                yield new Plan(
                        millis(500, 5000, length),
                        () -> loss[0] = database.lossOfCommits(deployment::now),
                        () -> loss[0].run());
            }
            case DATABASE_READ_ONLY ->
                new Plan(
                        millis(300, 4000, length), () -> database.setReadOnly(true), () -> database.setReadOnly(false));
            case DATABASE_EDITED -> {
                String character = Deployment.CHARACTERS.get((int) (length * Deployment.CHARACTERS.size()));
                yield new Plan(
                        millis(100, 4000, length), () -> database.edit(character), () -> database.undoEdit(character));
            }
        };
    }

    private static long millis(long least, long most, double where) {
        return least + Math.round((most - least) * where);
    }

    private Plan pauseRedis(long millis) {
        TestRedis.Paused[] paused = {null};
        return new Plan(millis, () -> paused[0] = redis.pause(), () -> paused[0].close());
    }

    private static Plan lose(Lost what, List<Proxy> proxies, double length) {
        return new Plan(
                millis(0, 1500, length),
                () -> proxies.forEach(proxy -> proxy.lose(what)),
                () -> proxies.forEach(proxy -> proxy.lose(Lost.NOTHING)));
    }

    /** Through a connection of its own, because another may not have been made again yet. */
    private void tellRedis(Consumer<TestRedis> command) {
        try (TestRedis connected = TestRedis.at(redis.uri())) {
            connected.commands().ping();
            command.accept(connected);
        }
    }

    private void lose(Runnable how) {
        long from = deployment.now();
        how.run();
        losses.add(new Loss(deployment.storedUpTo(from), from, deployment.now()));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
