package maple.like.bench.machine;

import java.time.Duration;

/** The service, or what it is compared with, as a process. */
public final class LikeServer {
    private static final Duration LONGEST_DRAIN = Duration.ofMinutes(3);

    private final String name;
    private final Program program;
    private final int port;
    private final Redis redis;
    private final boolean storesLater;

    /**
     * Names what was started.
     *
     * @param storesLater whether it brings changes from Redis to the database
     */
    public LikeServer(String name, Program program, int port, Redis redis, boolean storesLater) {
        this.name = name;
        this.program = program;
        this.port = port;
        this.redis = redis;
        this.storesLater = storesLater;
    }

    /** What the report calls it. */
    public String name() {
        return name;
    }

    /** The process. */
    public Program program() {
        return program;
    }

    /** The Redis that it has for itself. */
    public Redis redis() {
        return redis;
    }

    /** Where it listens, on the loopback interface. */
    public int port() {
        return port;
    }

    /** Where it listens. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** How many changes it has yet to bring to the database. */
    public long waiting() {
        return storesLater ? redis.waiting() : 0;
    }

    /** Waits until it has brought all changes to the database, so that it does not disturb whoever is next. */
    public void awaitStored() {
        long end = System.nanoTime() + LONGEST_DRAIN.toNanos();
        while (waiting() > 0) {
            if (System.nanoTime() > end) {
                throw program.failed("still had changes for the database after " + LONGEST_DRAIN.toSeconds() + " s");
            }
            Workspace.pause(Duration.ofMillis(20));
        }
    }
}
