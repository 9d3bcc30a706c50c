package maple.like.application.port.out;

import maple.like.domain.LikeEvent;

/**
 * Sends events to the other instances.
 *
 * <ul>
 *   <li>Publishing returns at once and never throws: an event that cannot be sent is counted, and lost.
 *   <li>An event reaches the listeners of every other instance that is connected, and none of the instance that
 *       published it.
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

    /** Receives what other instances published. Called by one thread at a time. */
    interface Listener {
        /** Likes of a character changed on another instance. */
        void onLikeEvent(LikeEvent event);

        /** Any number of events may have been lost, of any character. */
        void onEventsLost();
    }
}
