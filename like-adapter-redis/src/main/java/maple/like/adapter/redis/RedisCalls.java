package maple.like.adapter.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import maple.like.application.BufferUnavailableException;

/**
 * Sends commands and waits for their answers. A command that finds no connection waits for the next. Safe for use by any
 * number of threads.
 */
final class RedisCalls {
    /** So that a pause of this whole process is not taken for silence of Redis, whose answer may be there unread. */
    private static final int SLICES = 5;

    private final Supplier<RedisClusterAsyncCommands<String, String>> commands;
    private final Duration patience;
    private final Pulse pulse;

    /** @param patience how long an answer is waited for */
    RedisCalls(Supplier<RedisClusterAsyncCommands<String, String>> commands, Duration patience, Pulse pulse) {
        this.commands = commands;
        this.patience = patience;
        this.pulse = pulse;
    }

    /**
     * Waits for one answer.
     *
     * @param what the command, for the message of the exception
     * @throws RedisNoScriptException as it is, because the caller can do something about it
     * @throws BufferUnavailableException for everything else that is not an answer
     */
    <T> T call(String what, Function<RedisClusterAsyncCommands<String, String>, RedisFuture<T>> command) {
        try {
            long sent = pulse.now();
            RedisFuture<T> future = command.apply(commands.get());
            try {
                T answer = await(future);
                pulse.answered(sent);
                return answer;
            } catch (TimeoutException | InterruptedException e) {
                future.cancel(true); // not sent at all, if it still waits for the connection
                throw e;
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisNoScriptException unknown) {
                throw unknown;
            }
            String outcome =
                    e.getCause() instanceof RedisCommandExecutionException ? "refused" : "could not be asked for";
            throw new BufferUnavailableException("Redis " + outcome + " " + what, e.getCause());
        } catch (TimeoutException e) {
            throw new BufferUnavailableException("Redis did not answer " + what + " within " + patience, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BufferUnavailableException("Interrupted while waiting for " + what, e);
        } catch (RedisException e) {
            throw new BufferUnavailableException("Redis could not be asked for " + what, e);
        }
    }

    private <T> T await(RedisFuture<T> answer) throws ExecutionException, InterruptedException, TimeoutException {
        long slice = patience.toNanos() / SLICES;
        int silent = 0;
        while (true) {
            long begun = pulse.now();
            try {
                return answer.get(slice, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                silent++;
                if (pulse.now() - begun > 3 * slice) {
                    silent = 0;
                } else if (silent == SLICES) {
                    throw e;
                }
            }
        }
    }
}
