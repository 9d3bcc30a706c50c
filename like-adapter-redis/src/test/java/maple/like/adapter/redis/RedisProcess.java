package maple.like.adapter.redis;

import static org.awaitility.Awaitility.await;

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
import java.util.stream.Stream;
import redis.embedded.RedisExecProvider;

/** A server from the embedded binary as a process of its own, which can be killed, and ends with this one. */
final class RedisProcess implements AutoCloseable {
    final int port = ChildProcess.freePort();
    private final List<String> command;
    private final Path directory;
    private ChildProcess process;

    /** Starts a server with these options, of which {@code --port}, {@code --bind} and {@code --dir} are given here. */
    RedisProcess(String... options) {
        try {
            directory = Files.createTempDirectory("redis");
            command = new ArrayList<>(List.of(
                    RedisExecProvider.defaultProvider().get().getAbsolutePath(),
                    "--port",
                    Integer.toString(port),
                    "--bind",
                    "127.0.0.1",
                    "--dir",
                    directory.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        command.addAll(List.of(options));
        start();
    }

    /** As a Sentinel, which keeps what it learns in a file. */
    static RedisProcess sentinel(String... lines) {
        try {
            Path file = Files.createTempFile("sentinel", ".conf");
            Files.write(file, List.of(lines));
            return new RedisProcess(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RedisProcess(Path sentinelFile) throws IOException {
        directory = Files.createTempDirectory("redis");
        command = List.of(
                RedisExecProvider.defaultProvider().get().getAbsolutePath(),
                sentinelFile.toString(),
                "--sentinel",
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                directory.toString());
        start();
    }

    void start() {
        process = ChildProcess.start(command, directory.resolve("log"));
        await("a server on port " + port + "; see " + directory)
                .atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(this::listens);
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    boolean isRunning() {
        return process.alive();
    }

    /** {@code kill -9}. */
    void kill() {
        process.kill();
    }

    /** Lets it stand still, or go on. */
    void pause(boolean paused) {
        if (paused) {
            process.pause();
        } else {
            process.resume();
        }
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
