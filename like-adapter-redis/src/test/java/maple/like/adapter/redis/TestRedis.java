package maple.like.adapter.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import redis.embedded.RedisServer;
import redis.embedded.RedisServerBuilder;

/** A real Redis for a test, and a connection beside those of the code under test. */
public final class TestRedis implements AutoCloseable {
    private final RedisURI uri;
    private final Path directory;
    private final RedisClient client;
    private RedisServer server;
    private StatefulRedisConnection<String, String> connection;

    private TestRedis(RedisURI uri, Path directory) {
        this.uri = uri;
        this.directory = directory;
        this.client = RedisClient.create(uri);
    }

    /** A server of the test's own, whose binary comes from a Maven artifact: loopback, free port, no persistence. */
    public static TestRedis started() {
        return started(null);
    }

    /** As {@link #started()}, but what is acknowledged survives a stop, in this folder. */
    public static TestRedis started(Path directory) {
        TestRedis redis = new TestRedis(RedisURI.create("redis://127.0.0.1:" + ChildProcess.freePort()), directory);
        redis.start();
        return redis;
    }

    /** A server that somebody else starts and stops. */
    public static TestRedis at(RedisURI uri) {
        return new TestRedis(uri, null);
    }

    public RedisURI uri() {
        return uri;
    }

    public RedisCommands<String, String> commands() {
        return connection().sync();
    }

    public RedisAsyncCommands<String, String> asyncCommands() {
        return connection().async();
    }

    private StatefulRedisConnection<String, String> connection() {
        if (connection == null) {
            connection = client.connect();
        }
        return connection;
    }

    /** Starts the server on the same port as before, empty where it has no folder. */
    public void start() {
        RedisServerBuilder builder = RedisServer.builder()
                .port(uri.getPort())
                .bind("127.0.0.1")
                .setting("save \"\"")
                .setting("repl-diskless-sync-delay 0")
                .setting("appendonly " + (directory == null ? "no" : "yes"));
        if (directory != null) {
            builder.setting("appendfsync always").setting("dir " + directory);
        }
        server = builder.build();
        server.start();
    }

    public void stop() {
        if (server != null) {
            server.stop();
            server = null;
        }
    }

    /** Lets the process stand still until the result is closed, connections and all. */
    public AutoCloseable pause() {
        String pid = commands()
                .info("server")
                .lines()
                .filter(line -> line.startsWith("process_id:"))
                .map(line -> line.substring("process_id:".length()).strip())
                .findFirst()
                .orElseThrow();
        signal("-STOP", pid);
        return () -> signal("-CONT", pid);
    }

    private static void signal(String signal, String pid) {
        try {
            int exit =
                    new ProcessBuilder("kill", signal, pid).inheritIO().start().waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill " + signal + " " + pid + " ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        stop();
    }
}
