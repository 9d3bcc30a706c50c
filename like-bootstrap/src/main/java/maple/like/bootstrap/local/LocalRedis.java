package maple.like.bootstrap.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
 * Process ids of an earlier start are not trusted, because the system gives them to other processes.
 */
final class LocalRedis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalRedis.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Of each answer of a server that is to stop. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private static final int CONNECT_TIMEOUT_MILLIS = 100;
    private static final int ANSWER_TIMEOUT_MILLIS = 1_000;
    private static final int LAST_PORT = 65_535;
    private static final Duration RETRY_PAUSE = Duration.ofMillis(10);
    private static final String STRATEGY = "like.buffer.strategy";

    private final Path directory;
    private final Path portFile;
    private final Path idFile;
    private final Path log;
    private final int port;

    private LocalRedis(Path directory, int port) {
        this.directory = directory;
        this.portFile = directory.resolve("redis.port");
        this.idFile = directory.resolve("redis.pid");
        this.log = directory.resolve("redis.log");
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
            String reason = e.getClass() == IOException.class ? e.getMessage() : e.toString();
            throw unusable("The embedded Redis cannot be started in " + directory + ": " + reason);
        }
    }

    private static File executable() throws IOException {
        try {
            return RedisExecProvider.defaultProvider().get().getAbsoluteFile();
        } catch (RuntimeException unknownPlatform) {
            throw unusable("No Redis is embedded for this platform (" + System.getProperty("os.name") + ", "
                    + System.getProperty("os.arch") + ")");
        }
    }

    private static RuntimeException unusable(String reason) {
        return new InvalidConfigurationPropertyValueException(
                STRATEGY,
                "redis",
                reason + ". Set " + STRATEGY + " to in-memory to try the service without Redis, or set like.redis.uri,"
                        + " spring.datasource.url and a key for tokens.");
    }

    RedisURI uri() {
        return RedisURI.create("127.0.0.1", port);
    }

    private void launch(File executable) throws IOException {
        long logged = Files.exists(log) ? Files.size(log) : 0;
        Files.deleteIfExists(idFile);
        recordPort();
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
                "--pidfile",
                idFile.toString(),
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
                throw new IOException("it did not become a daemon within " + TIMEOUT.toSeconds() + " s; see " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it starts", e);
        }
        if (launcher.exitValue() != 0 || !isReady()) {
            throw new IOException("it does not answer on port " + port + ", and its last words in " + log + " are \""
                    + lastWords(logged) + "\"");
        }
    }

    /** For another instance to find, whole or not at all. */
    private void recordPort() throws IOException {
        Path written = Files.writeString(directory.resolve("redis.port.new"), Integer.toString(port));
        Files.move(written, portFile, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Waits for it; returns false once it has ended, or has not answered in time, reading its append-only file aside. */
    private boolean isReady() throws IOException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        for (String reply = ping(); !reply.equals("+PONG"); reply = ping()) {
            if (reply.startsWith("-LOADING")) {
                deadline = System.nanoTime() + TIMEOUT.toNanos();
            }
            if (System.nanoTime() > deadline || hasEnded()) {
                return false;
            }
            LockSupport.parkNanos(RETRY_PAUSE.toNanos());
        }
        return true;
    }

    /** Whether the process of this start is gone. */
    private boolean hasEnded() throws IOException {
        String id = Files.exists(idFile) ? Files.readString(idFile).strip() : "";
        return !id.isEmpty()
                && ProcessHandle.of(Long.parseLong(id))
                        .filter(ProcessHandle::isAlive)
                        .isEmpty();
    }

    /** The answer to a PING; empty if there is none. */
    private String ping() {
        try (Socket socket = connect(port)) {
            socket.setSoTimeout(ANSWER_TIMEOUT_MILLIS);
            socket.getOutputStream().write("PING\r\n".getBytes(US_ASCII));
            String reply = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
            return reply == null ? "" : reply;
        } catch (IOException notYet) {
            return "";
        }
    }

    /** The last line of the log after this position, without the id, the time and the level at its beginning. */
    private String lastWords(long position) throws IOException {
        byte[] text = Files.exists(log) ? Files.readAllBytes(log) : new byte[0];
        int from = (int) Math.min(position, text.length);
        return new String(text, from, text.length - from, UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .reduce("", (earlier, last) -> last)
                .replaceFirst("^\\d+:\\w .*? [-.*#] ", "");
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
        try (Socket socket = connect(port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_TIMEOUT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
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
        int recorded = recordedPort();
        if (recorded > 0 && isListening(recorded)) {
            stop(recorded);
        }
        Files.deleteIfExists(portFile);
    }

    /** 0 if none is recorded, or what is recorded is no port. */
    private int recordedPort() throws IOException {
        if (!Files.exists(portFile)) {
            return 0;
        }
        String text = Files.readString(portFile, ISO_8859_1).strip();
        int recorded = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        return recorded <= LAST_PORT ? recorded : 0;
    }

    private void stop(int running) throws IOException {
        RedisClient client = RedisClient.create(RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(running)
                .withTimeout(STOP_TIMEOUT)
                .build());
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
            client.shutdown(Duration.ZERO, STOP_TIMEOUT);
        }
    }
}
