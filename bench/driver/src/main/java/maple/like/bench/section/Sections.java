package maple.like.bench.section;

/** All sections, in the order in which they run. */
public enum Sections {
    /** Seconds to readiness; first, while no other server runs. */
    STARTUP,
    /** Toggles per second and their CPU time. */
    TOGGLES,
    /** Counts and statuses per second. */
    READS,
    /** Batches of names per second. */
    BATCH,
    /** How long the ranking and lists take with many likes. */
    LISTS,
    /** How soon streams show a change, and what they cost. */
    STREAMS,
    /** All accounts toggle one character. */
    HOT,
    /** Toggles while Redis holds millions of relations. */
    RELATIONS,
    /** How long toggles take at a quarter and at half load. */
    LATENCY,
    /** Toggles while Redis is down. */
    FAILOVER,
    /** How fast pending likes in Redis become rows. */
    FLUSH,
    /** How many SQL statements a toggle takes. */
    SQL,
    /** Memory after the load. */
    HEAP;

    Section section() {
        return switch (this) {
            case TOGGLES -> new Toggles();
            case READS -> new Reads();
            case BATCH -> new Batch();
            case LISTS -> new Lists();
            case STREAMS -> new Streams();
            case HOT -> new Hot();
            case RELATIONS -> new Relations();
            case LATENCY -> new Latency();
            case FAILOVER -> new Failover();
            case FLUSH -> new Flush();
            case SQL -> new Statements();
            case HEAP -> new Heap();
            case STARTUP -> new Startup();
        };
    }
}
