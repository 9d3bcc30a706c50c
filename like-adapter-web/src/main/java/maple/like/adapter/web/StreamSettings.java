package maple.like.adapter.web;

import java.time.Duration;

/**
 * The bounds of the streams of an instance.
 *
 * @param maxRate counts of one character in a second, 1 or more
 * @param maxStreams streams that are open at the same time
 * @param recheck how often all counts are read again, in case the loss of an event went unnoticed
 */
public record StreamSettings(int maxRate, int maxStreams, Duration recheck) {
    /** The pause between two counts of one character. */
    Duration pause() {
        return Duration.ofSeconds(1).dividedBy(maxRate);
    }
}
