package maple.like.bench.yardstick;

/** What the source documents tell other instances. */
record SourceEvent(String userIgn, long newDelta, String eventType, String sourceInstanceId, long timestamp) {}
