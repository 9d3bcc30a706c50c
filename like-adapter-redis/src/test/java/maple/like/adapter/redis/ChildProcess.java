package maple.like.adapter.redis;

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

/** A process of a test's own, which ends with this one, however it was treated. */
public final class ChildProcess {
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private final Process process;

    private ChildProcess(Process process) {
        this.process = process;
        try {
            // A stopped process takes no notice of anything but this.
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        } catch (IllegalStateException ending) {
            process.destroyForcibly();
            throw ending;
        }
    }

    /** Starts it, and appends to a log what it says. */
    public static ChildProcess start(List<String> command, Path log) {
        return start(new ProcessBuilder(command), log);
    }

    /** The same, with a folder and an environment. */
    public static ChildProcess start(ProcessBuilder builder, Path log) {
        try {
            return new ChildProcess(builder.redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** {@code kill -9}. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** {@code SIGTERM}. */
    public void terminate() {
        process.destroy();
    }

    /** Returns the exit code. */
    public int awaitEnd() {
        await().atMost(Duration.ofMinutes(3)).until(() -> process.waitFor(100, TimeUnit.MILLISECONDS));
        return process.exitValue();
    }

    /** {@code SIGSTOP}. */
    public void pause() {
        signal("STOP");
    }

    /** {@code SIGCONT}. */
    public void resume() {
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

    /** A port that stays free while its process is down: not one of those that the system gives to any caller. */
    public static int freePort() {
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
}
