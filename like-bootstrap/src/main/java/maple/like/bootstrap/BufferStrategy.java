package maple.like.bootstrap;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Where changes are decided. */
enum BufferStrategy {
    /** In Redis, by any number of instances. */
    REDIS,
    /** In the memory of the only instance. */
    IN_MEMORY;

    static final String PROPERTY = "like.buffer.strategy";

    static BufferStrategy of(Environment environment) {
        return Binder.get(environment).bind(PROPERTY, BufferStrategy.class).orElse(REDIS);
    }
}
