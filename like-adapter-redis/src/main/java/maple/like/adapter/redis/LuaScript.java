package maple.like.adapter.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** A script beside this class: called by its SHA-1, and sent whole where Redis does not have it. */
final class LuaScript {
    private final String name;
    private final String body;
    private final String sha;

    private LuaScript(String name, String body) {
        this.name = name;
        this.body = body;
        this.sha = sha1(body);
    }

    static LuaScript named(String name) {
        try (InputStream in = LuaScript.class.getResourceAsStream(name + ".lua")) {
            return new LuaScript(
                    name, new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs the script without waiting for its answer (a list, in all of ours).
     *
     * @param whole rather than by its SHA-1, after Redis said that it does not know that
     */
    RedisFuture<List<Object>> start(
            RedisClusterAsyncCommands<String, String> commands, boolean whole, String[] keys, String[] arguments) {
        return whole ? whole(commands, keys, arguments) : byHash(commands, keys, arguments);
    }

    /** Runs a script that does no harm if it runs twice, and waits for its answer. */
    List<Object> repeat(RedisCalls redis, String[] keys, String... arguments) {
        try {
            return redis.repeat(name, commands -> byHash(commands, keys, arguments));
        } catch (RedisNoScriptException unknown) {
            return redis.repeat(name, commands -> whole(commands, keys, arguments));
        }
    }

    @Override
    public String toString() {
        return name;
    }

    private RedisFuture<List<Object>> byHash(
            RedisClusterAsyncCommands<String, String> commands, String[] keys, String[] arguments) {
        return commands.evalsha(sha, ScriptOutputType.MULTI, keys, arguments);
    }

    private RedisFuture<List<Object>> whole(
            RedisClusterAsyncCommands<String, String> commands, String[] keys, String[] arguments) {
        return commands.eval(body, ScriptOutputType.MULTI, keys, arguments);
    }

    private static String sha1(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-1", e);
        }
    }
}
