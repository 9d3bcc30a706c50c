package maple.like.bootstrap;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** The store that decides. */
enum BufferStrategy {
    /** Redis, for any number of instances. */
    REDIS,
    /** The memory of the only instance. */
    IN_MEMORY;

    static final String PROPERTY = "like.buffer.strategy";

    static BufferStrategy of(Environment environment) {
        return Binder.get(environment).bind(PROPERTY, BufferStrategy.class).orElse(REDIS);
    }
}
