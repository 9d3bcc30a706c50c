package maple.like.application.port.out;

import maple.like.application.port.in.LikeEventListener;
import maple.like.domain.LikeEvent;

/**
 * Tells the other instances what changed.
 *
 * <ul>
 *   <li>Publishing returns at once and never throws: an event that cannot be sent is counted, and lost.
 *   <li>An event reaches the listeners of every other instance that is connected, and none of the instance that
 *       published it.
 *   <li>Events of one instance about one character arrive in the order in which they were published. Of those that come
 *       close together the last may arrive alone.
 *   <li>Listeners are told that events were missed when one of them was, as soon as a later one arrives, and each time
 *       the connection was made anew.
 *   <li>A listener that throws does not keep others from hearing.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface LikeEventBus {
    /** Sends an event on its way. */
    void publish(LikeEvent event);

    /** Adds a listener, for as long as the bus lives. It is told at once that events may have been missed. */
    void subscribe(LikeEventListener listener);
}
