package maple.like.bootstrap;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * A possible ending of an operation.
 *
 * @param timer records the operation; null where it is not timed
 * @param tags of the operation's span
 */
record Ending(@Nullable Timer timer, KeyValues tags) {
    /** Recorded by a timer, whose tags the span has as well. */
    static Ending of(Timer timer) {
        return new Ending(timer, KeyValues.of(timer.getId().getTags(), Tag::getKey, Tag::getValue));
    }

    /** Recorded by no timer. */
    static Ending untimed(String key, String value) {
        return new Ending(null, KeyValues.of(KeyValue.of(key, value)));
    }
}
