package maple.like.adapter.redis;

/** How events travel. Every instance uses the same: they do not receive each other's events otherwise. */
public enum PubSubMode {
    /** {@link #SHARDED} on a cluster, else {@link #PUBSUB}. */
    AUTO,

    /** {@code PUBLISH}: in a cluster, every node passes every event on to all others. */
    PUBSUB,

    /** {@code SPUBLISH}: an event stays with the nodes of its partition. Needs Redis 7. */
    SHARDED;

    boolean isSharded(boolean cluster) {
        return this == SHARDED || (this == AUTO && cluster);
    }
}
