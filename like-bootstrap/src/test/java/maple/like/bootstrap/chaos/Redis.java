package maple.like.bootstrap.chaos;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import maple.like.adapter.redis.ChildProcess;
import maple.like.adapter.redis.TestRedis;
import redis.embedded.RedisExecProvider;

/** A Redis that keeps what it acknowledged even if it is killed. */
final class Redis {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final int port = ChildProcess.freePort();
    private final Path data;
    private final Path log;
    private ChildProcess process;

    Redis(Path directory) {
        this.data = directory.resolve("redis");
        this.log = directory.resolve("redis.log");
        start();
    }

    RedisURI uri() {
        return RedisURI.create("127.0.0.1", port);
    }

    ChildProcess process() {
        return process;
    }

    void start() {
        try {
            Files.createDirectories(data);
            process = ChildProcess.start(
                    List.of(
                            RedisExecProvider.defaultProvider().get().getAbsolutePath(),
                            "--bind",
                            "127.0.0.1",
                            "--port",
                            Integer.toString(port),
                            "--dir",
                            data.toString(),
                            "--save",
                            "",
                            "--appendonly",
                            "yes",
                            "--appendfsync",
                            "always"),
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(this::answers);
    }

    private boolean answers() {
        try {
            return tell("PING").startsWith("+PONG");
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    /** While it does not run. */
    void loseData() {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void flush() {
        tell("FLUSHALL");
    }

    /** Closes the connections of one client, who can connect again at once. */
    void drop(String clientName) {
        tell("CLIENT LIST")
                .lines()
                .filter(line -> line.contains(" name=" + clientName + " "))
                .forEach(line -> tell("CLIENT KILL ID " + line.substring("id=".length(), line.indexOf(' '))));
    }

    /** Sends a command, and gives the answer as it comes. */
    private String tell(String command) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    <T> T ask(Function<TestRedis, T> question) {
        try (TestRedis redis = TestRedis.at(uri())) {
            return question.apply(redis);
        }
    }
}
