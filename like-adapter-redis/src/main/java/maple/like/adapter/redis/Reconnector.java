package maple.like.adapter.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one connection, and replaces it whenever it is lost, by one to where its endpoint is by then. Lettuce's own
 * reconnecting would return to the address that it knows, and callers could not wait for the next connection. Safe for use
 * by any number of threads.
 */
final class Reconnector<C extends StatefulConnection<String, String>> {
    /** Longer than any attempt takes; each of its parts has a shorter timeout of its own. */
    private static final Duration LONGEST_ATTEMPT = Duration.ofMinutes(1);

    private final Endpoint endpoint;
    private final Function<RedisURI, ? extends CompletionStage<C>> connect;
    private final ScheduledExecutorService timers;
    private final Duration pause;
    private final LongSupplier nanoTime;
    private final Consumer<C> onConnected;
    private final Consumer<Throwable> onFailed;
    private final Runnable onLost;
    private final AtomicBoolean trying = new AtomicBoolean();
    private volatile CompletableFuture<C> connection = new CompletableFuture<>();
    private volatile long connectedSince;
    private volatile boolean closed;

    /**
     * Does not connect yet.
     *
     * @param connect connects without reconnecting by itself
     * @param pause between two attempts
     * @param onConnected is given each connection; must not wait
     * @param onFailed is given the reason of each attempt that failed; must not wait
     * @param onLost is called before anything is sent through the next connection; must not wait
     */
    Reconnector(
            Endpoint endpoint,
            Function<RedisURI, ? extends CompletionStage<C>> connect,
            ScheduledExecutorService timers,
            Duration pause,
            LongSupplier nanoTime,
            Consumer<C> onConnected,
            Consumer<Throwable> onFailed,
            Runnable onLost) {
        this.endpoint = endpoint;
        this.connect = connect;
        this.timers = timers;
        this.pause = pause;
        this.nanoTime = nanoTime;
        this.onConnected = onConnected;
        this.onFailed = onFailed;
        this.onLost = onLost;
    }

    /**
     * Attempts to connect once, and waits.
     *
     * @throws RedisException if that fails
     */
    void connect() {
        try {
            connected(attempt().join());
        } catch (CompletionException e) {
            throw e.getCause() instanceof RedisException known ? known : new RedisException(e.getCause());
        }
    }

    /** Connects in the background, however many attempts that takes. */
    void start() {
        var unused = attempt().whenComplete((made, failure) -> {
            if (failure == null) {
                connected(made);
            } else {
                try {
                    failed(failure);
                } finally {
                    startLater();
                }
            }
        });
    }

    private void failed(Throwable failure) {
        if (!closed) {
            onFailed.accept(
                    failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure);
        }
    }

    private CompletableFuture<C> attempt() {
        CompletableFuture<C> made = CompletableFuture.completedFuture(true)
                .thenCompose(now -> endpoint.find())
                .thenCompose(connect);
        CompletableFuture<C> inTime = made.copy().orTimeout(LONGEST_ATTEMPT.toNanos(), TimeUnit.NANOSECONDS);
        var unused = made.thenAccept(late -> {
            if (inTime.isCompletedExceptionally()) {
                var unusedClose = late.closeAsync();
            }
        });
        return inTime;
    }

    /**
     * Connects anew beside a connection that is silent, and replaces it where the new one replies first. Does nothing while
     * an earlier such trial is under way.
     *
     * @param silent the present connection
     * @param probe completes when the new connection has replied
     * @param stillSilent whether the present one has not replied meanwhile
     * @param longest how long the trial may take
     */
    <R> void tryAnother(
            C silent, Function<C, ? extends CompletionStage<R>> probe, BooleanSupplier stillSilent, Duration longest) {
        if (closed || !trying.compareAndSet(false, true)) {
            return;
        }
        var unused = attempt().whenComplete((made, failure) -> {
            if (made == null) {
                trying.set(false);
                return;
            }
            CompletableFuture<R> replied = CompletableFuture.completedFuture(made)
                    .thenCompose(probe)
                    .orTimeout(longest.toNanos(), TimeUnit.NANOSECONDS);
            var unusedEnd = replied.whenComplete((reply, refusal) -> {
                trying.set(false);
                if (refusal != null || !stillSilent.getAsBoolean() || !replace(silent, made)) {
                    var unusedClose = made.closeAsync();
                }
            });
        });
    }

    private synchronized boolean replace(C silent, C by) {
        if (closed || current() != silent) {
            return false;
        }
        leave(silent);
        connected(by);
        return true;
    }

    private void startLater() {
        if (!closed) {
            var unused = timers.schedule(this::start, pause.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void connected(C made) {
        connectedSince = nanoTime.getAsLong();
        made.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> disconnected) {
                lost(made);
            }
        });
        connection.complete(made);
        boolean usable = made.isOpen();
        try {
            onConnected.accept(made);
        } catch (Throwable e) { // nothing else replaces this connection
            failed(e);
            usable = false;
        }
        if (!usable) {
            lost(made);
        } else if (closed) {
            var unused = made.closeAsync();
        }
    }

    /** Leaves a connection that is broken, silent, or leads to the wrong node. Does nothing if it was left before. */
    synchronized void lost(Object broken) {
        C current = current();
        if (current == null || current != broken) {
            return;
        }
        try {
            leave(current);
        } finally {
            if (nanoTime.getAsLong() - connectedSince < pause.toNanos()) {
                startLater(); // so that a node that refuses everything is not asked without a pause
            } else if (!closed) {
                start();
            }
        }
    }

    private void leave(C left) {
        try {
            onLost.run();
        } finally {
            connection = new CompletableFuture<>();
            if (!closed) { // else the client closes it
                var unused = left.closeAsync();
            }
        }
    }

    /** The connection, or null where there is none. */
    @Nullable
    C current() {
        return connection.getNow(null);
    }

    /** The connection that there is, or the next. */
    CompletableFuture<C> connection() {
        return connection;
    }

    /** Since when there is this connection. */
    long connectedSince() {
        return connectedSince;
    }

    /** Connects no more. The connection itself is the client's to close. */
    void close() {
        closed = true;
    }
}
