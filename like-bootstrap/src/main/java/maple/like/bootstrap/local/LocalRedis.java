package maple.like.bootstrap.local;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.File;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import redis.embedded.RedisExecProvider;

/**
 * The embedded Redis server of local mode: loopback, a free port, an append-only file in the data folder.
 *
 * <p>It runs as a daemon, so that Ctrl-C reaches the application alone, which stops it last. One that a killed application
 * left running is stopped before the next starts: a server that listens on the recorded port and works in this folder.
 * Process ids are not trusted, because the system gives them to other processes.
 */
final class LocalRedis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalRedis.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(10);
    private static final String STRATEGY = "like.buffer.strategy";

    private final Path directory;
    private final Path portFile;
    private final int port;

    private LocalRedis(Path directory, int port) {
        this.directory = directory;
        this.portFile = directory.resolve("redis.port");
        this.port = port;
    }

    static LocalRedis start(Path directory) {
        try {
            Files.createDirectories(directory);
            LocalRedis redis = new LocalRedis(directory.toRealPath(), freePort());
            redis.stopRunning();
            redis.launch(executable());
            return redis;
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded Redis cannot be started in " + directory, e);
        }
    }

    private static File executable() throws IOException {
        try {
            return RedisExecProvider.defaultProvider().get().getAbsoluteFile();
        } catch (RuntimeException unknownPlatform) {
            throw new InvalidConfigurationPropertyValueException(
                    STRATEGY,
                    "redis",
                    "No Redis is embedded for this platform (" + System.getProperty("os.name") + ", "
                            + System.getProperty("os.arch") + "). Set " + STRATEGY
                            + " to in-memory to try the service without Redis, or set like.redis.uri,"
                            + " spring.datasource.url and a key for tokens.");
        }
    }

    RedisURI uri() {
        return uri(port);
    }

    private static RedisURI uri(int port) {
        return RedisURI.create("127.0.0.1", port);
    }

    private void launch(File executable) throws IOException {
        Path log = directory.resolve("redis.log");
        Files.writeString(portFile, Integer.toString(port));
        List<String> command = List.of(
                executable.getPath(),
                "--bind",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--daemonize",
                "yes",
                "--dir",
                directory.toString(),
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
        try {
            if (!launcher.waitFor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("it did not become a daemon within " + TIMEOUT + "; see " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it starts", e);
        }
        await(() -> isListening(port), "no reply on port " + port + "; see " + log);
    }

    private static void await(BooleanSupplier condition, String otherwise) throws IOException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IOException(otherwise + ", after " + TIMEOUT);
            }
            LockSupport.parkNanos(RETRY_PAUSE.toNanos());
        }
    }

    private static boolean isListening(int port) {
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
        if (!Files.exists(portFile)) {
            return;
        }
        int recorded = Integer.parseInt(Files.readString(portFile).strip());
        if (isListening(recorded)) {
            stop(recorded);
        }
        Files.deleteIfExists(portFile);
    }

    private void stop(int running) throws IOException {
        RedisClient client = RedisClient.create(uri(running));
        client.setOptions(ClientOptions.builder().autoReconnect(false).build());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            String works = connection.sync().configGet("dir").get("dir");
            if (!directory.toString().equals(works)) {
                LOG.info("Port {} now belongs to another Redis, which works in {}; leaving it alone", running, works);
                return;
            }
            connection.async().shutdown(false); // Redis syncs its append-only file first
            await(() -> !isListening(running), "the embedded Redis on port " + running + " does not stop");
        } catch (RedisException e) {
            LOG.info("Port {} now belongs to another server; leaving it alone ({})", running, e.toString());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }
}
