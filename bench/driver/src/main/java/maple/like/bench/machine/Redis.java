package maple.like.bench.machine;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maple.like.domain.LikeKeys;
import maple.like.domain.LikePartitions;

/** A Redis server without persistence. */
public final class Redis {
    /** The names that the service uses with a single partition. */
    public static final LikeKeys KEYS = new LikePartitions(1).keys(0);

    private static final Pattern MONITORED = Pattern.compile("\\S+ \\[\\d+ (\\S+)] \"(\\w+)\".*", Pattern.DOTALL);
    private static final Duration START = Duration.ofSeconds(10);

    private final Program program;
    private final int port;
    private final RespConnection connection;

    private Redis(Program program, int port) {
        this.program = program;
        this.port = port;
        this.connection = connect(program, port);
    }

    /** Starts a server. */
    public static Redis start(Workspace workspace, String name) {
        int port = Workspace.freePort();
        List<String> command = List.of(
                "redis-server",
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                workspace.directory().toString());
        return new Redis(workspace.start("redis-" + name, command), port);
    }

    private static RespConnection connect(Program program, int port) {
        long end = System.nanoTime() + START.toNanos();
        while (true) {
            try {
                return new RespConnection(port);
            } catch (UncheckedIOException e) {
                if (System.nanoTime() > end || !program.isAlive()) {
                    throw program.failed("does not reply");
                }
                Workspace.pause(Duration.ofMillis(20));
            }
        }
    }

    /** Its URI. */
    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** The process. */
    public Program program() {
        return program;
    }

    /** Another connection, to be closed by the caller. */
    public RespConnection connect() {
        return new RespConnection(port);
    }

    /** Adds a subscriber that receives all events, as another instance would, and ignores them. */
    public void subscribe() {
        RespConnection subscriber = connect();
        subscriber.call("SUBSCRIBE", KEYS.events());
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            subscriber.read();
                        }
                    } catch (UncheckedIOException stopped) {
                        subscriber.close();
                    }
                },
                "subscriber");
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether the warm-up is complete. */
    public boolean isComplete() {
        return number("EXISTS", KEYS.complete()) == 1;
    }

    /** The number of changes that are not flushed; a claimed batch counts as one. */
    public long backlog() {
        return number("SCARD", KEYS.pending()) + number("SCARD", KEYS.unliked()) + number("EXISTS", KEYS.batch());
    }

    /** The number of liked relations. */
    public long relations() {
        return number("SCARD", KEYS.relations());
    }

    /** The memory for data, in bytes. */
    public long usedMemory() {
        Matcher matcher = Pattern.compile("used_memory:(\\d+)").matcher(info("memory"));
        if (!matcher.find()) {
            throw program.failed("did not report its memory");
        }
        return Long.parseLong(matcher.group(1));
    }

    /** The time spent in some commands, in microseconds. */
    public long micros(Set<String> commands) {
        Matcher matcher =
                Pattern.compile("cmdstat_([^:]+):calls=\\d+,usec=(\\d+)").matcher(info("commandstats"));
        long sum = 0;
        while (matcher.find()) {
            if (commands.contains(matcher.group(1))) {
                sum += Long.parseLong(matcher.group(2));
            }
        }
        return sum;
    }

    /** The number of calls of a command. */
    public long calls(String command) {
        Matcher matcher =
                Pattern.compile("cmdstat_" + command + ":calls=(\\d+)").matcher(info("commandstats"));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /** The commands that clients send while a task runs, without those that scripts call. */
    public Set<String> commandsDuring(Runnable task) {
        Set<String> commands = new HashSet<>();
        try (RespConnection monitor = connect()) {
            monitor.call("MONITOR");
            task.run();
            String end = "end of " + System.nanoTime();
            number("EXISTS", end);
            while (true) {
                String line = String.valueOf(monitor.read());
                Matcher matcher = MONITORED.matcher(line);
                if (line.contains(end)) {
                    return commands;
                }
                if (matcher.matches() && !matcher.group(1).equals("lua")) {
                    commands.add(matcher.group(2).toLowerCase(Locale.ROOT));
                }
            }
        }
    }

    private synchronized String info(String part) {
        return String.valueOf(connection.call("INFO", part));
    }

    private synchronized long number(String... command) {
        if (connection.call(command) instanceof Long number) {
            return number;
        }
        throw program.failed("did not reply to " + command[0] + " with a number");
    }
}
