package maple.like.adapter.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import maple.like.application.BufferUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands and waits for their answers. A command that finds no connection waits for the next. Safe for use by any
 * number of threads.
 */
final class RedisCalls {
    /** So that a pause of this whole process is not taken for silence of Redis, whose answer may be there unread. */
    static final int SLICES = 5;

    private final Commands commands;
    private final Duration patience;
    private final Pulse pulse;

    /** @param patience how long an answer is waited for */
    RedisCalls(RedisLink link, Duration patience, Pulse pulse) {
        this(
                new Commands() {
                    @Override
                    public RedisClusterAsyncCommands<String, String> get()
                            throws TimeoutException, InterruptedException {
                        return link.await(patience).async();
                    }

                    @Override
                    public RedisClusterAsyncCommands<String, String> now() {
                        return link.now().async();
                    }

                    @Override
                    public void broken(RedisClusterAsyncCommands<String, String> by) {
                        link.broken(by);
                    }

                    @Override
                    public boolean isMisrouted(@Nullable Throwable failure) {
                        return link.moves() && Misrouted.is(failure);
                    }
                },
                patience,
                pulse);
    }

    RedisCalls(Commands commands, Duration patience, Pulse pulse) {
        this.commands = commands;
        this.patience = patience;
        this.pulse = pulse;
    }

    /** Where commands are sent, as soon as there is a connection. */
    interface Commands {
        RedisClusterAsyncCommands<String, String> get() throws TimeoutException, InterruptedException;

        /**
         * As {@link #get}, without waiting.
         *
         * @throws RedisException if there is no connection
         */
        RedisClusterAsyncCommands<String, String> now();

        /** What was got has turned out to have no connection. */
        default void broken(RedisClusterAsyncCommands<String, String> by) {}

        /** Whether what was got leads to a node that is not in charge, and the next may lead to another. */
        default boolean isMisrouted(@Nullable Throwable failure) {
            return false;
        }
    }

    /** How long an answer is waited for. */
    Duration patience() {
        return patience;
    }

    /** How often to look whether patience is over, in nanoseconds. */
    long slice() {
        return patience.toNanos() / SLICES;
    }

    /** The time that patience is measured by, in nanoseconds. */
    long time() {
        return pulse.now();
    }

    /**
     * The connection that is there.
     *
     * @throws RedisException if there is none
     */
    RedisClusterAsyncCommands<String, String> connected() {
        return commands.now();
    }

    /**
     * Waits for one answer. Where the connection breaks meanwhile, the command may have run.
     *
     * @param what the command, for the message of the exception
     * @throws RedisNoScriptException as it is, because the caller can do something about it
     * @throws BufferUnavailableException for everything else that is not an answer
     */
    <T> T call(String what, Function<RedisClusterAsyncCommands<String, String>, ? extends Future<T>> command) {
        return call(what, command, false, this::await);
    }

    /**
     * As {@link #call}, but leaves it to whoever made the future to end it when patience is over, which spares every call a
     * timer.
     */
    <T> T callEndedInTime(
            String what, Function<RedisClusterAsyncCommands<String, String>, ? extends Future<T>> command) {
        return call(what, command, false, (answer, begun) -> answer.get());
    }

    /**
     * As {@link #call}, but sends the command again where the connection breaks, or led to a node that is not in charge: no
     * answer means that Redis was silent.
     *
     * @param command does no harm if it runs twice
     */
    <T> T repeat(String what, Function<RedisClusterAsyncCommands<String, String>, ? extends Future<T>> command) {
        return call(what, command, true, this::await);
    }

    private <T> T call(
            String what,
            Function<RedisClusterAsyncCommands<String, String>, ? extends Future<T>> command,
            boolean repeatable,
            Wait<T> wait) {
        long begun = pulse.now();
        while (true) {
            try {
                return callOnce(command, begun, wait);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RedisNoScriptException unknown) {
                    throw unknown;
                }
                if (e.getCause() instanceof BufferUnavailableException known) {
                    throw known;
                }
                boolean over = !repeatable || pulse.now() - begun > patience.toNanos();
                if (e.getCause() instanceof RedisCommandExecutionException
                        && (over || !commands.isMisrouted(e.getCause()))) {
                    throw BufferUnavailableException.unasked("Redis refused " + what, e.getCause());
                }
                if (over) {
                    throw new BufferUnavailableException("Redis could not be asked for " + what, e.getCause());
                }
            } catch (TimeoutException e) {
                throw new BufferUnavailableException("Redis did not answer " + what + " within " + patience, e);
            } catch (RedisException e) {
                throw new BufferUnavailableException("Redis could not be asked for " + what, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BufferUnavailableException("Interrupted while waiting for " + what, e);
            }
        }
    }

    private <T> T callOnce(
            Function<RedisClusterAsyncCommands<String, String>, ? extends Future<T>> command, long begun, Wait<T> wait)
            throws ExecutionException, InterruptedException, TimeoutException {
        RedisClusterAsyncCommands<String, String> connected;
        try {
            connected = commands.get();
        } catch (TimeoutException e) {
            throw BufferUnavailableException.unasked("Redis could not be reached within " + patience, null);
        }
        long sent = pulse.now();
        Future<T> future = command.apply(connected);
        try {
            T answer = wait.await(future, begun);
            pulse.answered(sent);
            return answer;
        } catch (TimeoutException | InterruptedException e) {
            future.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            boolean answered = e.getCause() instanceof RedisCommandExecutionException
                    || e.getCause() instanceof BufferUnavailableException;
            if (!answered || commands.isMisrouted(e.getCause())) {
                commands.broken(connected);
            }
            throw e;
        }
    }

    private interface Wait<T> {
        /** @param begun when waiting began, which was for the connection at first */
        T await(Future<T> answer, long begun) throws ExecutionException, InterruptedException, TimeoutException;
    }

    private <T> T await(Future<T> answer, long begun)
            throws ExecutionException, InterruptedException, TimeoutException {
        long slice = slice();
        long silent = Math.min((pulse.now() - begun) / slice, SLICES - 1);
        while (true) {
            long sliceBegun = pulse.now();
            try {
                return answer.get(slice, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                silent++;
                if (pulse.now() - sliceBegun > 3 * slice) {
                    silent = 0; // this process was paused
                } else if (silent >= SLICES) {
                    throw e;
                }
            }
        }
    }
}
