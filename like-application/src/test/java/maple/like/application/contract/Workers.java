package maple.like.application.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Threads whose failures fail the test. */
public final class Workers implements AutoCloseable {
    private static final int TIMEOUT_IN_SECONDS = 30;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Runs a task on so many threads, which start together, and waits for all of them. */
    public static void together(int count, Task task) {
        try (Workers workers = new Workers()) {
            CountDownLatch start = new CountDownLatch(count);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                running.add(workers.begin(() -> {
                    start.countDown();
                    await(start);
                    task.run(number);
                    return null;
                }));
            }
            running.forEach(Workers::resultOf);
        }
    }

    /** Starts a task on a thread of its own. */
    public <R> Future<R> begin(Callable<R> task) {
        return threads.submit(task);
    }

    /** Waits for a result; what the task threw is thrown here. */
    public static <R> R resultOf(Future<R> task) {
        try {
            return task.get(TIMEOUT_IN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                unchecked.addSuppressed(new AssertionError("in a worker"));
                throw unchecked;
            }
            throw new AssertionError("A worker failed: " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException | InterruptedException e) {
            throw new AssertionError("A worker did not end in " + TIMEOUT_IN_SECONDS + " s", e);
        }
    }

    /** Waits until a latch is open. */
    public static void await(CountDownLatch latch) {
        try {
            if (latch.await(TIMEOUT_IN_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new AssertionError("The latch was not opened in " + TIMEOUT_IN_SECONDS + " s");
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** What a thread does. */
    @FunctionalInterface
    public interface Task {
        void run(int number) throws Exception;
    }
}
