package maple.like.bootstrap;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** What there is depends on {@code like.buffer.strategy}, and in memory on whether changes go on to a Redis. */
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

    /** There is a Redis, wherever changes are decided. */
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

    /** Memory decides, and changes go on to Redis. */
    static final class MemoryBeforeRedis extends BufferCondition {
        @Override
        boolean matches(BufferStrategy strategy, boolean redisConfigured) {
            return strategy == BufferStrategy.IN_MEMORY && redisConfigured;
        }
    }

    /** Memory decides, and changes go on to the database. */
    static final class NoRedis extends BufferCondition {
        @Override
        boolean matches(BufferStrategy strategy, boolean redisConfigured) {
            return strategy == BufferStrategy.IN_MEMORY && !redisConfigured;
        }
    }
}
