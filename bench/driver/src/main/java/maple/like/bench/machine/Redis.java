package maple.like.bench.machine;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Redis server of its own, which persists nothing. */
public final class Redis {
    private static final String LIKES = "{likes}:";
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

    /** Starts it. */
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
                    throw program.failed("does not answer");
                }
                Workspace.pause(Duration.ofMillis(20));
            }
        }
    }

    /** Where servers find it. */
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

    /** Hears all events and ignores them, as another instance would get them. */
    public void subscribe() {
        RespConnection subscriber = connect();
        subscriber.call("SUBSCRIBE", LIKES + "events");
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

    /** Whether the service has copied everything from the database. */
    public boolean isComplete() {
        return number("EXISTS", LIKES + "complete") == 1;
    }

    /** How many changes the service has not yet brought to the database, a batch under way counting as one. */
    public long waiting() {
        return number("SCARD", LIKES + "relations:pending")
                + number("SCARD", LIKES + "relations:unliked")
                + number("EXISTS", LIKES + "batch");
    }

    /** How many relations are liked. */
    public long relations() {
        return number("SCARD", LIKES + "relations");
    }

    /** The memory that it uses for data, in bytes. */
    public long usedMemory() {
        Matcher matcher = Pattern.compile("used_memory:(\\d+)").matcher(info("memory"));
        if (!matcher.find()) {
            throw program.failed("does not tell its memory");
        }
        return Long.parseLong(matcher.group(1));
    }

    /** The time that it has spent in some commands, in microseconds. */
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

    /** How often clients have called a command. */
    public long calls(String command) {
        Matcher matcher =
                Pattern.compile("cmdstat_" + command + ":calls=(\\d+)").matcher(info("commandstats"));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /** Which commands its clients send while something goes on; those that scripts call are not among them. */
    public Set<String> commandsDuring(Runnable something) {
        Set<String> commands = new HashSet<>();
        try (RespConnection monitor = connect()) {
            monitor.call("MONITOR");
            something.run();
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
        throw program.failed("does not answer " + command[0] + " with a number");
    }
}
