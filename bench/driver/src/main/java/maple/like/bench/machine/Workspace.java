package maple.like.bench.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** The directory and the processes of one run. Closing it, at the latest on exit, removes both. */
public final class Workspace implements AutoCloseable {
    private final Path directory;
    private final Deque<Program> programs = new ArrayDeque<>();
    private boolean closed;

    /** Creates the directory. Other users may enter it, because PostgreSQL does not run as root. */
    public Workspace() {
        try {
            this.directory = Files.createTempDirectory("like-bench");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** The directory. */
    public Path directory() {
        return directory;
    }

    /** Starts a process that ends with this workspace at the latest. */
    public Program start(String name, List<String> command) {
        return start(name, command, Duration.ZERO);
    }

    /** Starts a process with a grace period before it is killed. */
    public synchronized Program start(String name, List<String> command, Duration grace) {
        if (closed) {
            throw new BenchException("The benchmark is being stopped");
        }
        Program program = Program.start(name, directory, command, grace);
        programs.push(program);
        return program;
    }

    /** Runs a process until it exits. */
    public String run(String name, List<String> command, Duration longest) {
        Program program = start(name, command);
        String output = program.await(longest);
        remove(program);
        return output;
    }

    /** Kills a process. */
    public void stop(Program program) {
        program.kill();
        remove(program);
    }

    private synchronized void remove(Program program) {
        programs.remove(program);
    }

    /** A free port. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sleeps. */
    public static void pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            throw Program.interrupted(e);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        programs.forEach(Program::kill);
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(Workspace::delete);
        } catch (IOException | UncheckedIOException e) {
            System.err.println("Not everything could be removed from " + directory + ": " + e.getMessage());
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
