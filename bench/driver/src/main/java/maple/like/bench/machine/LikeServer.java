package maple.like.bench.machine;

import java.time.Duration;

/** A process of the service or of a yardstick. */
public final class LikeServer {
    private static final Duration LONGEST_DRAIN = Duration.ofMinutes(3);

    private final String name;
    private final Program program;
    private final int port;
    private final Redis redis;
    private final boolean writesBehind;

    /**
     * Describes a started process.
     *
     * @param writesBehind whether it flushes changes from Redis to the database
     */
    public LikeServer(String name, Program program, int port, Redis redis, boolean writesBehind) {
        this.name = name;
        this.program = program;
        this.port = port;
        this.redis = redis;
        this.writesBehind = writesBehind;
    }

    /** Its name in the report. */
    public String name() {
        return name;
    }

    /** The process. */
    public Program program() {
        return program;
    }

    /** Its own Redis. */
    public Redis redis() {
        return redis;
    }

    /** Its port on the loopback interface. */
    public int port() {
        return port;
    }

    /** Its base URL. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** The number of changes that it has not flushed. */
    public long backlog() {
        return writesBehind ? redis.backlog() : 0;
    }

    /** Waits until it has flushed all changes, so that the flush does not disturb the next turn. */
    public void awaitFlushed() {
        long end = System.nanoTime() + LONGEST_DRAIN.toNanos();
        while (backlog() > 0) {
            if (System.nanoTime() > end) {
                throw program.failed("had not flushed all changes after " + LONGEST_DRAIN.toSeconds() + " s");
            }
            Workspace.pause(Duration.ofMillis(20));
        }
    }
}
