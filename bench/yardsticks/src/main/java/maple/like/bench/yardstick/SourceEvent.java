package maple.like.bench.yardstick;

/** The event of the source documents. */
record SourceEvent(String userIgn, long newDelta, String eventType, String sourceInstanceId, long timestamp) {}
