package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maple.like.adapter.redis.ChildProcess;

/** A command that runs the packaged jar, as a process of its own. */
final class PackagedJar implements AutoCloseable {
    static final String FILE = System.getProperty("packaged.jar");

    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

    private final ChildProcess process;
    private final Path log;

    private PackagedJar(ChildProcess process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Runs the jar with properties, any free port unless they name one, in a folder. */
    static PackagedJar run(Path directory, Map<String, String> properties) {
        List<String> command = TestJvm.command("-jar", FILE, "--server.port=0");
        command.addAll(List.of(Service.arguments(properties)));
        return run(directory, Map.of(), command);
    }

    static PackagedJar run(Path directory, Map<String, String> environment, List<String> command) {
        try {
            Path log = Files.createTempFile(directory, "run", ".log");
            ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
            builder.environment().putAll(environment);
            return new PackagedJar(ChildProcess.start(builder, log), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the service accepts connections. */
    int awaitPort() {
        return await().atMost(Duration.ofMinutes(3))
                .until(
                        () -> {
                            assertThat(process.alive()).as(this::log).isTrue();
                            Matcher port = PORT.matcher(log());
                            return port.find() ? Integer.parseInt(port.group(1)) : 0;
                        },
                        port -> port > 0);
    }

    HttpResponse<String> send(String method, String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + awaitPort() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        return Service.send(token == null ? request : request.header("Authorization", "Bearer " + token));
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code kill -9}. */
    void kill() {
        process.kill();
    }

    /** SIGTERM. */
    void stop() {
        process.terminate();
    }

    /** Waits for the end, and returns the exit code. */
    int awaitExit() {
        return process.awaitEnd();
    }

    @Override
    public void close() {
        stop();
        awaitExit();
    }
}
