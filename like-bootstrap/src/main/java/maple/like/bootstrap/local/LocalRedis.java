package maple.like.bootstrap.local;

import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.embedded.RedisExecProvider;

/**
 * A Redis server of local mode's own: loopback, a free port, an append-only file in the data folder.
 *
 * <p>It detaches itself, so that Ctrl-C reaches the application alone, which stops it when it no longer needs it. One
 * that was left running by a killed application is stopped before the next starts.
 */
final class LocalRedis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalRedis.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(10);

    private final Path pidFile;
    private final int port;

    private LocalRedis(Path pidFile, int port) {
        this.pidFile = pidFile;
        this.port = port;
    }

    static LocalRedis start(Path directory) {
        try {
            Files.createDirectories(directory);
            Path pidFile = directory.resolve("redis.pid");
            LocalRedis redis = new LocalRedis(pidFile, freePort());
            redis.stopRunning();
            redis.launch(directory);
            return redis;
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded Redis cannot be started in " + directory, e);
        }
    }

    RedisURI uri() {
        return RedisURI.create("127.0.0.1", port);
    }

    private void launch(Path directory) throws IOException {
        Path log = directory.resolve("redis.log");
        List<String> command = List.of(
                RedisExecProvider.defaultProvider().get().getAbsolutePath(),
                "--bind",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--daemonize",
                "yes",
                "--dir",
                directory.toString(),
                "--pidfile",
                pidFile.toString(),
                "--logfile",
                log.toString(),
                "--save",
                "",
                "--appendonly",
                "yes");
        Process launcher = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        awaitExit(launcher.toHandle());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!answers()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("it did not answer on port " + port + " within " + PATIENCE + "; see " + log);
            }
            LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        try {
            stopRunning();
        } catch (IOException e) {
            LOG.warn("The embedded Redis may still be running; the next start stops it", e);
        }
    }

    private void stopRunning() throws IOException {
        Optional<ProcessHandle> running = running();
        if (running.isPresent()) {
            running.get().destroy(); // Redis brings its file up to date, then exits
            awaitExit(running.get());
        }
    }

    private Optional<ProcessHandle> running() throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        String pid = Files.readString(pidFile).strip();
        return pid.isEmpty()
                ? Optional.empty()
                : ProcessHandle.of(Long.parseLong(pid))
                        .filter(process -> process.info().command().orElse("").contains("redis-server"));
    }

    private static void awaitExit(ProcessHandle process) throws IOException {
        try {
            process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException("process " + process.pid() + " did not end within " + PATIENCE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for process " + process.pid(), e);
        }
    }
}
