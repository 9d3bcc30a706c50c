package maple.like.adapter.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import redis.embedded.RedisServer;

/** A real Redis for a test, and a connection beside those of the code under test. */
public final class TestRedis implements AutoCloseable {
    private final RedisURI uri;
    private final RedisClient client;
    private RedisServer server;
    private StatefulRedisConnection<String, String> connection;

    private TestRedis(RedisURI uri) {
        this.uri = uri;
        this.client = RedisClient.create(uri);
    }

    /** A server of the test's own, whose binary comes from a Maven artifact: loopback, free port, no persistence. */
    public static TestRedis started() {
        TestRedis redis = new TestRedis(RedisURI.create("redis://127.0.0.1:" + freePort()));
        redis.start();
        return redis;
    }

    /** A server that somebody else starts and stops. */
    public static TestRedis at(RedisURI uri) {
        return new TestRedis(uri);
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    /** Starts the server, empty, on the same port as before. */
    public void start() {
        server = RedisServer.builder()
                .port(uri.getPort())
                .bind("127.0.0.1")
                .setting("save \"\"")
                .setting("appendonly no")
                .build();
        server.start();
    }

    public void stop() {
        if (server != null) {
            server.stop();
            server = null;
        }
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        stop();
    }
}
