package maple.like.application.event;

/**
 * Counts and logs what happens on an event bus. Called by any thread; must not wait. What it throws is ignored. The
 * defaults do nothing.
 */
public interface EventBusMonitor {
    /** Events were accepted by the transport. */
    default void published(int events) {}

    /** Events were not accepted, or dropped because too many were waiting. */
    default void publishFailed(int events) {}

    /** Events arrived, this instance's own included. */
    default void received(int events) {}

    /** A sequence number of an instance's events is missing: events were lost. */
    default void gap(String sourceInstanceId) {}

    /** A message is not a like event; it is treated as a lost one. */
    default void malformed(String channel, IllegalArgumentException reason) {}

    /** Another instance has the id of this one. */
    default void duplicateInstanceId(String instanceId) {}

    /** A listener threw; the others are called nevertheless. */
    default void listenerFailed(Throwable failure) {}
}
