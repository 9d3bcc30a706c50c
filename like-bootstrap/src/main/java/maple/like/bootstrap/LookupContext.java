package maple.like.bootstrap;

import static java.util.Objects.requireNonNull;

import io.micrometer.observation.Observation;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A lookup under way, and the headers that carry its trace to Nexon. */
final class LookupContext extends SenderContext<Map<String, String>> {
    private final Map<String, String> headers = new HashMap<>();

    LookupContext() {
        super((carrier, name, value) -> requireNonNull(carrier).put(name, value), Kind.CLIENT);
        setCarrier(headers);
        setRemoteServiceName("nexon");
    }

    /** The headers of the lookup that is under way here; empty if there is none. */
    static Map<String, String> headers(@Nullable Observation current) {
        return current != null && current.getContextView() instanceof LookupContext lookup
                ? Map.copyOf(lookup.headers)
                : Map.of();
    }
}
