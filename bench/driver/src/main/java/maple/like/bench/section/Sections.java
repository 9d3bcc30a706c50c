package maple.like.bench.section;

/** What can be measured, in the order in which it is. */
public enum Sections {
    /** How long a start takes; first, while no other server runs. */
    STARTUP,
    /** Toggles per second, and what they cost Redis. */
    TOGGLES,
    /** Counts and statuses per second. */
    READS,
    /** Everybody toggles the same character. */
    HOT,
    /** Toggles while Redis holds millions of relations. */
    RELATIONS,
    /** How long toggles take at half load. */
    LATENCY,
    /** How fast what waits in Redis becomes rows. */
    FLUSH,
    /** How many SQL statements a toggle takes. */
    SQL,
    /** The memory of servers that were under load. */
    HEAP;

    Section section() {
        return switch (this) {
            case TOGGLES -> new Toggles();
            case READS -> new Reads();
            case HOT -> new Hot();
            case RELATIONS -> new Relations();
            case LATENCY -> new Latency();
            case FLUSH -> new Flush();
            case SQL -> new Statements();
            case HEAP -> new Heap();
            case STARTUP -> new Startup();
        };
    }
}
