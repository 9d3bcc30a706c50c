package maple.like.adapter.redis;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import redis.embedded.RedisExecProvider;

/** A server from the embedded binary as a process of its own, which can be killed, and ends with this one. */
final class RedisProcess implements AutoCloseable {
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    final int port = freePort();
    private final List<String> command;
    private final Path directory;
    private Process process;

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
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        RUNNING.add(process);
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
        return process.isAlive();
    }

    /** {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
        await().until(() -> !process.isAlive());
        RUNNING.remove(process);
    }

    /** {@code SIGSTOP}, or its end. */
    void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Not of those that the system gives to whoever asks for any, so that nobody takes it while a server is away. */
    static int freePort() {
        Random random = new Random();
        while (true) {
            int port = 20_000 + random.nextInt(12_000);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                if (GIVEN.add(port)) {
                    return free.getLocalPort();
                }
            } catch (IOException taken) {
                // the next
            }
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
