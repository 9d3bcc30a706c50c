package maple.like.bootstrap.chaos;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A process that ends with this one, however it was treated. */
final class Child {
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        // A stopped process takes no notice of anything but this.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            ending = true;
            endAll();
        }));
    }

    private static volatile boolean ending;

    private final Process process;

    private Child(Process process) {
        this.process = process;
        RUNNING.add(process);
        process.onExit().thenAccept(RUNNING::remove);
        if (ending) {
            process.destroyForcibly();
        }
    }

    static Child start(List<String> command, Path log) {
        if (ending) {
            throw new IllegalStateException("Nothing is started any more");
        }
        try {
            return new Child(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void endAll() {
        RUNNING.forEach(Process::destroyForcibly);
    }

    boolean alive() {
        return process.isAlive();
    }

    /** {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** {@code SIGTERM}. */
    void terminate() {
        process.destroy();
    }

    void awaitEnd() {
        await().atMost(Duration.ofSeconds(60)).until(() -> process.waitFor(100, TimeUnit.MILLISECONDS));
    }

    /** {@code SIGSTOP}. */
    void pause() {
        signal("STOP");
    }

    /** {@code SIGCONT}. */
    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * A port for somebody who may be away for a while: not of those that the system gives to whoever asks for any, so
     * that nobody takes it meanwhile.
     */
    static int freePort() {
        Random random = new Random();
        while (true) {
            int port = 20_000 + random.nextInt(12_000);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException taken) {
                // the next
            }
        }
    }
}
