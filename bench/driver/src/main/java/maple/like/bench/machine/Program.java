package maple.like.bench.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of the benchmark. Its output goes to a file. */
public final class Program {
    private static final int TAIL = 30;

    private final String name;
    private final Process process;
    private final Path log;
    private final Duration grace;

    private Program(String name, Process process, Path log, Duration grace) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.grace = grace;
    }

    static Program start(String name, Path directory, List<String> command, Duration grace) {
        Path log = directory.resolve(name + ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new Program(name, process, log, grace);
        } catch (IOException e) {
            throw new BenchException(command.get(0) + " cannot be started: " + e.getMessage(), e);
        }
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its output so far. */
    public String output() {
        try {
            return Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a successful exit. */
    public String await(Duration longest) {
        try {
            if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
                throw failed("did not exit within " + longest.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        if (process.exitValue() != 0) {
            throw failed("exited with " + process.exitValue());
        }
        return output();
    }

    /** The CPU time that it has used so far. */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow(() -> failed("has exited"));
    }

    /** Its resident memory, in bytes. */
    public long residentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it, after the grace period that it was started with. */
    public void kill() {
        try {
            if (!grace.isZero()) {
                process.destroy();
                if (process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
            process.destroyForcibly();
            var unused = process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** An exception that quotes the end of the output. */
    public BenchException failed(String what) {
        List<String> lines = output().lines().toList();
        String tail = String.join("\n  ", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
        return new BenchException(name + " " + what + ". Its log ends with:\n  " + tail);
    }

    static BenchException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new BenchException("Interrupted", e);
    }
}
