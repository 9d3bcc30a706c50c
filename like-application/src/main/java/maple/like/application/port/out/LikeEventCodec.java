package maple.like.application.port.out;

import java.util.List;
import maple.like.domain.PublishedLikeEvent;

/** The JSON of messages: one event, or an array of them. Safe for use by any number of threads. */
public interface LikeEventCodec {
    /** Writes one event as an object, several as an array. */
    String write(List<PublishedLikeEvent> events);

    /**
     * Reads a message.
     *
     * @throws IllegalArgumentException if it is not JSON of that form
     */
    List<PublishedLikeEvent> read(String message);
}
