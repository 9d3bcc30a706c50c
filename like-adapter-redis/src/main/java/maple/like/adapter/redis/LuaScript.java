package maple.like.adapter.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.Base16;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A script beside this class, after the prelude: called by its SHA-1, and sent whole where Redis does not have it. */
final class LuaScript {
    static final String[] NO_ARGUMENTS = {};

    private final String name;
    private final String body;
    private final String sha;

    private LuaScript(String name, String body) {
        this.name = name;
        this.body = body;
        this.sha = Base16.digest(body.getBytes(StandardCharsets.UTF_8));
    }

    static LuaScript named(String name) {
        return new LuaScript(name, text("prelude") + text(name));
    }

    private static String text(String name) {
        try (InputStream in = LuaScript.class.getResourceAsStream(name + ".lua")) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the script without waiting for its reply. */
    CompletionStage<ScriptReply> run(
            RedisClusterAsyncCommands<String, String> commands, String[] keys, String[] arguments) {
        return commands.<List<Object>>evalsha(sha, ScriptOutputType.MULTI, keys, arguments)
                .exceptionallyCompose(failure -> failure instanceof RedisNoScriptException
                        ? commands.<List<Object>>eval(body, ScriptOutputType.MULTI, keys, arguments)
                        : CompletableFuture.failedFuture(failure))
                .thenApply(ScriptReply::new);
    }

    /** Runs a script that does no harm if it runs twice, and waits for its reply. */
    ScriptReply repeat(RedisConnection redis, String[] keys, String... arguments) {
        return redis.repeat(name, commands -> run(commands, keys, arguments));
    }

    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }
}
