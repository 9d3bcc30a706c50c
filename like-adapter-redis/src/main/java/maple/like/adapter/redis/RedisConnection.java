package maple.like.adapter.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import maple.like.application.PrimaryUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * The connection to the Redis of one or more partitions. Commands whose connection breaks fail at once and are never sent
 * again by themselves. A connection whose node is silent, or not the primary, is left for the next one. Safe for use by
 * any number of threads.
 */
final class RedisConnection {
    private static final LuaScript HEARTBEAT = LuaScript.named("heartbeat");

    /** Several attempts within a reply timeout: a caller that finds no connection all the time has found no Redis. */
    private static final int CONNECTS_PER_TIMEOUT = 5;

    /** Waiting in slices tells a pause of this process, whose replies may be there unread, from a silence of Redis. */
    private static final int SLICES = 5;

    private static final int HEARTBEATS_PER_SILENCE = 4;

    private final Endpoint endpoint;
    private final Reconnector<StatefulRedisConnection<String, String>> reconnector;
    private final FailureDetector detector;
    private final LongSupplier nanoTime;
    private final Duration timeout;
    private final Duration heartbeatPeriod;
    private final Duration silenceBeforeTrial;
    private final ScriptKeys keys;
    private final OutageLog outages;
    private long lastHeartbeat;

    private final List<Runnable> onServedAgain = new CopyOnWriteArrayList<>();

    /** Why Redis cannot be used now; null where all is well. */
    private volatile @Nullable Throwable failure;

    private volatile boolean heartbeats;

    /** Whether a node has refused to serve since one served last. */
    private volatile boolean refusedByNode;

    /**
     * Does not connect yet.
     *
     * @param keys of one of the partitions
     * @param outages is told of each failure, and of the first reply after one; must not wait
     * @param onSuspicion is called when the connection is lost, and before a reply that comes after a long silence reaches
     *     its caller; must not wait
     */
    RedisConnection(
            Endpoint endpoint,
            Function<RedisURI, ? extends CompletionStage<StatefulRedisConnection<String, String>>> connect,
            RedisSettings settings,
            ScheduledExecutorService timers,
            LongSupplier nanoTime,
            ScriptKeys keys,
            OutageLog outages,
            Runnable onSuspicion) {
        this.endpoint = endpoint;
        this.timeout = settings.replyTimeout();
        this.nanoTime = nanoTime;
        this.keys = keys;
        this.outages = outages;
        this.detector = new FailureDetector(nanoTime, settings.longestSilence(), onSuspicion);
        this.reconnector = new Reconnector<>(
                endpoint,
                connect,
                timers,
                timeout.dividedBy(CONNECTS_PER_TIMEOUT),
                nanoTime,
                made -> {},
                this::fails,
                onSuspicion);
        this.silenceBeforeTrial = settings.silenceBeforeTrial();
        this.heartbeatPeriod = settings.longestSilence().dividedBy(HEARTBEATS_PER_SILENCE);
        this.lastHeartbeat = nanoTime.getAsLong();
    }

    /**
     * Attempts to connect once, and waits.
     *
     * @throws RedisException if that fails
     */
    void connect() {
        reconnector.connect();
    }

    /** Connects in the background. */
    void start() {
        reconnector.start();
    }

    void startHeartbeat(ScheduledExecutorService timers) {
        heartbeats = true;
        Periodic.schedule(timers, heartbeatPeriod, this::heartbeat);
    }

    /** Notes why Redis cannot be used now, until a heartbeat succeeds. */
    void fails(Throwable reason) {
        failure = reason;
        outages.fails(this, reason);
    }

    /**
     * Does not wait.
     *
     * @throws PrimaryUnavailableException if Redis could not be used at the last heartbeat
     */
    void requireAvailable() {
        Throwable reason = failure;
        if (heartbeats && reason != null) {
            throw refused("Redis is unavailable", reason);
        }
    }

    private void works() {
        if (failure != null) {
            failure = null;
            outages.works(this);
        }
        if (refusedByNode) {
            refusedByNode = false;
            onServedAgain.forEach(Runnable::run);
        }
    }

    /** Adds what to do once a node serves after one refused: it may be another one. Must not wait. */
    void onServedAgain(Runnable action) {
        onServedAgain.add(action);
    }

    Endpoint endpoint() {
        return endpoint;
    }

    boolean isConnected() {
        return reconnector.current() != null;
    }

    void close() {
        reconnector.close();
    }

    /**
     * Waits for a connection, for a reply timeout at most.
     *
     * @throws PrimaryUnavailableException if there is none in time
     */
    void awaitConnected() {
        if (!isConnected()) {
            await("a command", timeout.toNanos());
        }
    }

    private StatefulRedisConnection<String, String> await(String what, long nanos) {
        try {
            return reconnector.connection().get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw refused("Redis could not be reached within " + timeout.toMillis() + " ms for " + what, failure);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Connecting goes on until it succeeds", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw PrimaryUnavailableException.notSent("Interrupted while waiting for a connection", e);
        }
    }

    /**
     * Sends a command through the connection that there is. Does not wait.
     *
     * @throws PrimaryUnavailableException if there is no connection
     */
    <T> CompletionStage<T> send(
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        StatefulRedisConnection<String, String> current = reconnector.current();
        if (current == null) {
            throw PrimaryUnavailableException.notSent("There is no connection to Redis", failure);
        }
        return send(current, command);
    }

    private <T> CompletionStage<T> send(
            StatefulRedisConnection<String, String> connection,
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        long sent = nanoTime.getAsLong();
        return begin(connection, command).whenComplete((reply, failed) -> {
            if (failed == null) {
                detector.replied(sent);
            } else if (meansLostConnection(unwrapped(failed))) {
                leave(connection, unwrapped(failed));
            }
        });
    }

    private void leave(StatefulRedisConnection<String, String> connection, Throwable reason) {
        if (reason instanceof RedisCommandExecutionException) {
            refusedByNode = true;
            fails(reason); // a connection that broke is no outage yet: the next may work at once
        }
        reconnector.lost(connection);
    }

    private static <T> CompletionStage<T> begin(
            StatefulRedisConnection<String, String> connection,
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        try {
            return command.apply(connection.async());
        } catch (RedisException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static boolean meansLostConnection(Throwable failure) {
        return failure instanceof RedisCommandExecutionException
                ? Refusal.isOfTheNode(failure)
                : failure instanceof RedisException || failure instanceof IOException;
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /**
     * Sends a command and waits for its reply. Sends it again where the connection breaks, or leads to a node that is not
     * the primary, so that a failure means that Redis did not reply for a whole reply timeout.
     *
     * @param what the command, for the message of the exception
     * @param command does no harm if it runs twice
     * @throws PrimaryUnavailableException if there is no reply in time, or Redis refuses the command
     */
    <T> T repeat(
            String what, Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        long begun = nanoTime.getAsLong();
        while (true) {
            long left = timeout.toNanos() - (nanoTime.getAsLong() - begun);
            Optional<T> reply = reply(await(what, left), what, command, begun);
            if (reply.isPresent()) {
                return reply.get();
            }
        }
    }

    /** The connection that there is, for {@link #sendThrough}; null where there is none. */
    @Nullable
    Object current() {
        return reconnector.current();
    }

    /**
     * Sends a command through this connection and through no other, and waits for its reply: a Redis that lost writes since
     * the connection was made is not reached by it.
     *
     * @param connection what {@link #current} returned
     * @return empty where the connection has been left, or breaks
     * @throws PrimaryUnavailableException as {@link #repeat}
     */
    <T> Optional<T> sendThrough(
            @Nullable Object connection,
            String what,
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        StatefulRedisConnection<String, String> current = reconnector.current();
        return current == null || current != connection
                ? Optional.empty()
                : reply(current, what, command, nanoTime.getAsLong());
    }

    /** Empty where the connection breaks. */
    private <T> Optional<T> reply(
            StatefulRedisConnection<String, String> connection,
            String what,
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command,
            long begun) {
        try {
            return Optional.of(awaitInSlices(send(connection, command).toCompletableFuture(), begun));
        } catch (ExecutionException e) {
            Throwable cause = unwrapped(e.getCause() == null ? e : e.getCause());
            if (!meansLostConnection(cause) || nanoTime.getAsLong() - begun > timeout.toNanos()) {
                throw failure(what, true, cause);
            }
            return Optional.empty();
        } catch (TimeoutException e) {
            throw failure(what, true, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(what, true, e);
        }
    }

    /** What a failed command is reported as. */
    static PrimaryUnavailableException failure(String what, boolean sent, Throwable cause) {
        if (cause instanceof PrimaryUnavailableException known) {
            return known;
        }
        if (cause instanceof RedisCommandExecutionException) {
            return refused("Redis refused " + what, cause);
        }
        String message = cause instanceof TimeoutException
                ? "Redis did not reply to " + what + " in time"
                : "Redis could not be asked for " + what;
        return sent
                ? new PrimaryUnavailableException(message, cause)
                : PrimaryUnavailableException.notSent(message, cause);
    }

    private static PrimaryUnavailableException refused(String message, @Nullable Throwable cause) {
        return Refusal.isOfAPrimary(cause)
                ? PrimaryUnavailableException.readOnly(message, cause)
                : PrimaryUnavailableException.notSent(message, cause);
    }

    private <T> T awaitInSlices(CompletableFuture<T> reply, long begun)
            throws ExecutionException, InterruptedException, TimeoutException {
        long slice = timeout.toNanos() / SLICES;
        long silent = Math.min((nanoTime.getAsLong() - begun) / slice, SLICES - 1);
        while (true) {
            long sliceBegun = nanoTime.getAsLong();
            try {
                return reply.get(slice, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                silent++;
                if (nanoTime.getAsLong() - sliceBegun > 3 * slice) {
                    silent = 0; // this process was paused
                } else if (silent >= SLICES) {
                    throw e;
                }
            }
        }
    }

    /**
     * Keeps the failure detector informed where no other command is sent. A former primary still replies to a ping, so it
     * is sent a script that it would refuse. A connection whose heartbeat is refused, for whatever reason, is of no use. One
     * that is silent may be dead while Redis is not, so another is tried before Redis counts as unavailable.
     */
    private void heartbeat() {
        long now = nanoTime.getAsLong();
        boolean paused = now - lastHeartbeat > 3 * heartbeatPeriod.toNanos();
        lastHeartbeat = now;
        StatefulRedisConnection<String, String> current = reconnector.current();
        if (current == null) {
            return;
        }
        long silence = now - Math.max(detector.lastReply(), reconnector.connectedSince());
        if (silence > timeout.toNanos() && !paused) {
            fails(new TimeoutException("no reply within " + timeout.toMillis() + " ms"));
            reconnector.lost(current); // another node may be the primary by now
            return;
        }
        if (silence > silenceBeforeTrial.toNanos() && !paused) {
            long lastReply = detector.lastReply();
            reconnector.tryAnother(
                    current,
                    another -> beat(another.async()),
                    () -> detector.lastReply() == lastReply,
                    timeout.dividedBy(2));
        }
        var unused = send(current, this::beat).whenComplete((reply, refused) -> {
            if (refused == null) {
                works();
            } else if (unwrapped(refused) instanceof RedisCommandExecutionException reason) {
                leave(current, reason);
            }
        });
    }

    private CompletionStage<ScriptReply> beat(RedisClusterAsyncCommands<String, String> commands) {
        return HEARTBEAT.run(commands, keys.all(), LuaScript.NO_ARGUMENTS);
    }

    /**
     * Has Redis carry out a write without effect, and waits.
     *
     * @throws PrimaryUnavailableException if there is no reply in time, or Redis refuses writes
     */
    void check() {
        repeat("a heartbeat", this::beat);
    }
}
