package maple.like.application;

/** The stores that decide about a relation. */
public enum Decider {
    /** Redis, or memory in its place. */
    PRIMARY,
    /** The database, during a failover. */
    DATABASE
}
