package maple.like.bootstrap.crash;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import maple.like.adapter.redis.TestRedis;
import maple.like.bootstrap.crash.Host.Collecting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** To Redis, which survives, and from there to the database. */
class CollectedCrashPointsTest extends MemoryCrashPoints {
    private final TestRedis redis = TestRedis.started();
    private final ExecutorService onTheSpot = new OnTheSpot();
    private Host host;

    @BeforeAll
    void open() {
        host = new Host(PARTITIONS, 4, redis.asyncCommands(), database.dataSource());
        host.ensurePartitions();
    }

    @AfterAll
    void shut() {
        host.close();
        redis.close();
    }

    @Override
    Running start(Fuse fuse) {
        Collecting process = host.startCollecting(fuse, onTheSpot);
        return new Running(
                process.instance(),
                () -> PARTITIONS.all().forEach(partition -> {
                    move(process, partition);
                    process.instance().sync().sync(partition);
                }));
    }

    private static void move(Collecting process, int partition) {
        try {
            process.collected().move(partition);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    void storeAll(Running running) {
        drain(running.instance());
    }

    @Override
    void settleDecisions(Running running) {
        drain(running.instance());
    }

    @Override
    void empty() {
        redis.commands().flushall();
        redis.commands().scriptFlush();
    }

    /** One thing after another, so that each point is the same every time. */
    private static final class OnTheSpot extends AbstractExecutorService {
        /** Death ends the process, and not a task alone. */
        @Override
        public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks) {
            List<Future<T>> results = new ArrayList<>();
            for (Callable<T> task : tasks) {
                try {
                    results.add(CompletableFuture.completedFuture(task.call()));
                } catch (Exception e) {
                    results.add(CompletableFuture.failedFuture(e));
                }
            }
            return results;
        }

        @Override
        public void execute(Runnable command) {
            command.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
