package maple.like.application.port.out;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Carries text on channels, at most once. Everything else about events is the same for every transport and done above it.
 *
 * <ul>
 *   <li>A message reaches every receiver whose subscription exists, the sender's own included.
 *   <li>Messages of one sender on one channel arrive in order; any of them may be lost.
 *   <li>Neither method waits.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface EventTransport {
    /**
     * Publishes a message.
     *
     * @return completes when the message was accepted, or exceptionally
     */
    CompletionStage<?> publish(String channel, String message);

    /** Subscribes to channels, for as long as the transport lives; reconnects whenever the subscription breaks. */
    void listen(List<String> channels, Receiver receiver);

    /** Takes messages from the transport's thread, which must not be kept waiting. */
    interface Receiver {
        /** A message arrived. */
        void onMessage(String channel, String message);

        /** A channel was subscribed to, at first or again: messages before this may be lost. */
        void onSubscribed(String channel);

        /** The subscription to a channel broke: messages are lost until the next. */
        void onUnsubscribed(String channel);
    }
}
