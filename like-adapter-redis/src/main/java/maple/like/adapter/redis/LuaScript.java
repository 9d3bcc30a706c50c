package maple.like.adapter.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.Base16;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
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
        return commands.dispatch(CommandType.EVALSHA, reply(), arguments(sha, keys, arguments))
                .exceptionallyCompose(failure -> failure instanceof RedisNoScriptException
                        ? commands.dispatch(CommandType.EVAL, reply(), arguments(body, keys, arguments))
                        : CompletableFuture.failedFuture(failure))
                .thenApply(ScriptReply::new);
    }

    private static CommandOutput<String, String, List<Object>> reply() {
        return new NestedMultiOutput<>(StringCodec.UTF8);
    }

    /** As bytes, which Lettuce copies as they are; it would give each text a buffer of its own. */
    private static CommandArgs<String, String> arguments(String script, String[] keys, String[] arguments) {
        CommandArgs<String, String> all = new CommandArgs<>(StringCodec.UTF8);
        all.add(script.getBytes(StandardCharsets.UTF_8)).add(keys.length);
        for (String key : keys) {
            all.add(key.getBytes(StandardCharsets.UTF_8));
        }
        for (String argument : arguments) {
            all.add(argument.getBytes(StandardCharsets.UTF_8));
        }
        return all;
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
