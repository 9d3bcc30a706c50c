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
import maple.like.application.BufferUnavailableException;

/** Sends commands and waits for their answers, no longer than the command timeout. */
final class RedisCalls {
    private final RedisClusterAsyncCommands<String, String> commands;
    private final Duration timeout;

    RedisCalls(RedisClusterAsyncCommands<String, String> commands, Duration timeout) {
        this.commands = commands;
        this.timeout = timeout;
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
            RedisFuture<T> answer = command.apply(commands);
            try {
                return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | InterruptedException e) {
                answer.cancel(true); // not sent at all, if it still waits for the connection
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
            throw new BufferUnavailableException("Redis did not answer " + what + " within " + timeout, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BufferUnavailableException("Interrupted while waiting for " + what, e);
        } catch (RedisException e) {
            throw new BufferUnavailableException("Redis could not be asked for " + what, e);
        }
    }
}
