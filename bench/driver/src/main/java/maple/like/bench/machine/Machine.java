package maple.like.bench.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Facts about the machine, and priorities of its threads. */
public final class Machine {
    private static final String FIRST = "-15";
    private static final String NORMAL = "0";
    private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+)+");

    private Machine() {}

    /** CPU, memory and kernel. */
    public static String describe() {
        return Runtime.getRuntime().availableProcessors() + " cores of " + entry("/proc/cpuinfo", "model name") + ", "
                + memory() + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.version").replaceAll("-.*", "");
    }

    private static String memory() {
        String kilobytes = entry("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
        return kilobytes.isEmpty()
                ? "unknown memory"
                : String.format(Locale.ROOT, "%.0f GiB", Long.parseLong(kilobytes) / 1024.0 / 1024);
    }

    /** The load average of the last minute. */
    public static String loadAverage() {
        try {
            String load = Files.readString(Path.of("/proc/loadavg"));
            return load.substring(0, load.indexOf(' '));
        } catch (IOException e) {
            return "unknown";
        }
    }

    /**
     * Runs a task with priority over all other programs, like a load generator on its own machine.
     *
     * @return the task's result
     */
    public static <T> T first(Supplier<T> task) {
        setPriority(FIRST);
        try {
            return task.get();
        } finally {
            setPriority(NORMAL);
        }
    }

    /** Applies to every thread that exists now. Only root may raise priorities. */
    private static void setPriority(String nice) {
        List<String> command = new ArrayList<>(List.of("renice", "-n", nice, "-p"));
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            threads.map(thread -> thread.getFileName().toString()).forEach(command::add);
        } catch (IOException e) {
            throw new BenchException("The threads cannot be listed: " + e.getMessage(), e);
        }
        var unused = firstLine(command);
    }

    /** The version number of a program. */
    public static String version(String program) {
        String line = firstLine(List.of(program, "--version"));
        Matcher version = VERSION.matcher(line);
        return version.find() ? version.group() : line;
    }

    private static String firstLine(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return output.lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new BenchException(command.get(0) + " cannot be started: " + e.getMessage(), e);
        }
    }

    private static String entry(String file, String name) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown " + name);
        } catch (IOException e) {
            return "unknown " + name;
        }
    }
}
