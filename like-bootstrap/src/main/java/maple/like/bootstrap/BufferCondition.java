package maple.like.bootstrap;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Selects the topology by {@code like.buffer.strategy} and by whether there is a Redis. */
abstract sealed class BufferCondition implements Condition {
    static final String REDIS_URI = "like.redis.uri";

    @Override
    public final boolean matches(ConditionContext context, AnnotatedTypeMetadata annotated) {
        Environment environment = context.getEnvironment();
        return matches(
                BufferStrategy.of(environment),
                !environment.getProperty(REDIS_URI, "").isBlank());
    }

    abstract boolean matches(BufferStrategy strategy, boolean redisConfigured);

    /** There is a Redis, whichever store decides. */
    static final class RedisIsThere extends BufferCondition {
        @Override
        boolean matches(BufferStrategy strategy, boolean redisConfigured) {
            return strategy == BufferStrategy.REDIS || redisConfigured;
        }
    }

    /** Redis decides. */
    static final class RedisDecides extends BufferCondition {
        @Override
        boolean matches(BufferStrategy strategy, boolean redisConfigured) {
            return strategy == BufferStrategy.REDIS;
        }
    }

    /** Memory decides. */
    static final class MemoryDecides extends BufferCondition {
        @Override
        boolean matches(BufferStrategy strategy, boolean redisConfigured) {
            return strategy == BufferStrategy.IN_MEMORY;
        }
    }

    /** Memory decides, and Redis follows. */
    static final class MemoryBeforeRedis extends BufferCondition {
        @Override
        boolean matches(BufferStrategy strategy, boolean redisConfigured) {
            return strategy == BufferStrategy.IN_MEMORY && redisConfigured;
        }
    }

    /** Memory decides, and the database follows. */
    static final class NoRedis extends BufferCondition {
        @Override
        boolean matches(BufferStrategy strategy, boolean redisConfigured) {
            return strategy == BufferStrategy.IN_MEMORY && !redisConfigured;
        }
    }
}
