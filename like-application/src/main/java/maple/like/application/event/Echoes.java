package maple.like.application.event;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The messages that this instance has sent on a channel and not yet received. They come back as they were sent, so they need
 * not be parsed in order to be skipped. Safe for use by any number of threads.
 */
final class Echoes {
    /** One is sent at a time, so few are on their way. Those that were lost go first. */
    private static final int LIMIT = 16;

    private final Map<String, Integer> sent = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > LIMIT;
        }
    };

    /** Notes a message that is about to be sent. */
    synchronized void sent(String message, int events) {
        sent.put(message, events);
    }

    /** The number of events in a message that was sent from here; null for one that is not known to be. */
    synchronized @Nullable Integer take(String message) {
        return sent.remove(message);
    }
}
