package maple.like.application.port.out;

import maple.like.domain.LikeEvent;

/**
 * Sends events to the other instances.
 *
 * <ul>
 *   <li>Publishing returns at once and never throws: an event that cannot be sent is counted, and lost.
 *   <li>An event reaches the listeners of every other instance that is connected as {@link Listener#onLikeEvent}, and those
 *       of the instance that published it as {@link Listener#onOwnEvent}, before publishing returns.
 *   <li>Events of one instance about one character arrive in the order in which they were published. Of those that come
 *       close together the last may arrive alone.
 *   <li>Listeners are notified of lost events as soon as a later one arrives, and after each reconnect.
 *   <li>A listener that throws does not keep an event from the others.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface LikeEventBus {
    /** Publishes an event. */
    void publish(LikeEvent event);

    /** Adds a listener, for as long as the bus lives. It is notified at once that events may have been lost. */
    void subscribe(Listener listener);

    /** Whether events of other instances, if there are any, reach this one now. */
    default boolean isConnected() {
        return true;
    }

    /** Notifies the listeners of this instance that likes may have changed without an event. */
    void reportLoss();

    /** Receives events. Called by one thread at a time, but for own events. */
    interface Listener {
        /** Likes of a character changed on another instance. */
        void onLikeEvent(LikeEvent event);

        /** Likes of a character changed on this instance. Called by any thread, which must not be kept waiting. */
        default void onOwnEvent(LikeEvent event) {}

        /** Any number of events may have been lost, or changes made without one, of any character. */
        void onEventsLost();
    }
}
