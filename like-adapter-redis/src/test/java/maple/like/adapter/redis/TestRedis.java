package maple.like.adapter.redis;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maple.like.domain.LikePartitions;
import redis.embedded.RedisExecProvider;

/** A real Redis on loopback, from the binary of a Maven artifact, and a connection beside those of the code under test. */
public final class TestRedis implements AutoCloseable {
    private final RedisURI uri;
    private final Path home;
    private final List<String> command;
    private final RedisClient client = RedisClient.create();
    private ChildProcess process;
    private StatefulRedisConnection<String, String> connection;

    private TestRedis(RedisURI uri, Path home, List<String> command) {
        this.uri = uri;
        this.home = home;
        this.command = command;
    }

    /** A server that starts empty, and empty again after a stop. */
    public static TestRedis started() {
        return started(Map.of("appendonly", "no"));
    }

    /** A server whose acknowledged writes survive a stop, in this folder. */
    public static TestRedis started(Path directory) {
        return started(Map.of("appendonly", "yes", "appendfsync", "always", "dir", directory.toString()));
    }

    static TestRedis started(Map<String, String> options) {
        List<String> arguments = new ArrayList<>(List.of("--save", "", "--repl-diskless-sync-delay", "0"));
        options.forEach((name, value) -> arguments.addAll(List.of("--" + name, value)));
        return started(newHome(), List.of(), arguments);
    }

    /** A Sentinel, which keeps what it learns in a file. */
    static TestRedis sentinel(String... lines) {
        try {
            Path home = newHome();
            Path file = Files.write(home.resolve("sentinel.conf"), List.of(lines));
            return started(home, List.of(file.toString(), "--sentinel"), List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestRedis started(Path home, List<String> first, List<String> last) {
        int port = ChildProcess.freePort();
        List<String> command = new ArrayList<>();
        try {
            command.add(RedisExecProvider.defaultProvider().get().getAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        command.addAll(first);
        command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir", home.toString()));
        command.addAll(last);
        TestRedis redis = new TestRedis(RedisURI.create("127.0.0.1", port), home, command);
        redis.start();
        return redis;
    }

    private static Path newHome() {
        try {
            return Files.createTempDirectory("redis");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server that the caller starts and stops. */
    public static TestRedis at(RedisURI uri) {
        return new TestRedis(uri, null, List.of());
    }

    /** An adapter as an instance of the service has. */
    static RedisAdapter adapter(String uri, LikePartitions partitions, Duration commandTimeout) {
        return RedisAdapter.connect(
                new RedisSettings(RedisNodes.parse(uri), commandTimeout, Duration.ofMinutes(30), 0),
                partitions,
                new SimpleMeterRegistry());
    }

    public RedisURI uri() {
        return uri;
    }

    int port() {
        return uri.getPort();
    }

    public RedisCommands<String, String> commands() {
        return connection().sync();
    }

    /** The test's own connection. */
    public StatefulRedisConnection<String, String> connection() {
        if (connection == null) {
            connection = client.connect(uri);
        }
        return connection;
    }

    /** How often a command was called, inside scripts too. */
    long calls(String name) {
        return commands()
                .info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_" + name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+).*", "$1")))
                .sum();
    }

    /** Starts the server on the same port as before. */
    public void start() {
        process = ChildProcess.start(command, home.resolve("log"));
        await("a server on port " + port() + "; see " + home)
                .atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(this::listens);
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    boolean isRunning() {
        return process != null && process.alive();
    }

    /** {@code kill -9}. */
    public void stop() {
        if (isRunning()) {
            process.kill();
        }
    }

    /** Stops the process, connections and all, until the result is closed: {@code kill -STOP}, {@code kill -CONT}. */
    public Paused pause() {
        process.pause();
        return process::resume;
    }

    /** A process that is stopped. */
    @FunctionalInterface
    public interface Paused extends AutoCloseable {
        @Override
        void close();
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        stop();
        if (home == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
