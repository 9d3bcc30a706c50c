package maple.like.bootstrap;

import io.lettuce.core.RedisURI;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.adapter.redis.RedisSettings;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.PendingLikes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Redis and what it serves. */
@Configuration(proxyBeanMethods = false)
class RedisWiring {
    private static final Logger LOG = LoggerFactory.getLogger(RedisWiring.class);

    @Bean
    LikePartitions likePartitions(LikeProperties properties) {
        return new LikePartitions(properties.redis().partitions());
    }

    @Bean
    @ConditionalOnMissingBean
    RedisURI redisUri(LikeProperties properties) {
        String uri = properties.redis().uri();
        if (uri == null || uri.isBlank()) {
            throw new IncompleteConfigurationException(
                    "There is no Redis to connect to.", "Set like.redis.uri, for example to redis://localhost:6379.");
        }
        try {
            return RedisURI.create(uri);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigurationPropertyValueException(
                    "like.redis.uri",
                    "(not shown: it may hold a password)",
                    "A Redis URI is needed. " + e.getMessage());
        }
    }

    @Bean
    RedisAdapter redisAdapter(
            RedisURI uri, LikeProperties properties, LikePartitions partitions, MeterRegistry meters) {
        RedisAdapter redis = RedisAdapter.connect(
                new RedisSettings(
                        uri,
                        properties.redis().commandTimeout(),
                        properties.cache().l2Ttl()),
                partitions,
                meters);
        String policy = redis.evictionPolicy();
        if (policy.startsWith("allkeys-")) {
            LOG.error(
                    "Redis may evict likes that the database does not hold yet: its maxmemory-policy is {}. "
                            + "Set it to noeviction or volatile-lru",
                    policy);
        }
        return redis;
    }

    @Bean
    PendingLikes pendingLikes(RedisAdapter redis) {
        return redis.pendingLikes();
    }

    @Bean(destroyMethod = "") // lives as long as the adapter
    LikeEventBus likeEventBus(
            RedisAdapter redis,
            LikeProperties properties,
            @Value("${app.instance-id}") String instanceId,
            InstantSource clock) {
        return properties.realtime().enabled() ? redis.eventBus(instanceId, clock) : LikeEventBus.none();
    }
}
