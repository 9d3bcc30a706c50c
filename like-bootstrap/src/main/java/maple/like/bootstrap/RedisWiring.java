package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import javax.sql.DataSource;
import maple.like.adapter.jpa.InstanceLock;
import maple.like.adapter.redis.JsonLikeEventCodec;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.adapter.redis.RedisNodes;
import maple.like.adapter.redis.RedisSettings;
import maple.like.application.event.NumberedLikeEventBus;
import maple.like.application.likes.LikeTopology;
import maple.like.application.likes.LikeTopology.Redis;
import maple.like.application.likes.LikeTopology.Surroundings;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.LikePartitions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;

/** Redis, its event bus, and the topology in which it decides. */
@Configuration(proxyBeanMethods = false)
@Conditional(BufferCondition.RedisIsThere.class)
class RedisWiring {
    private static final Logger LOG = LoggerFactory.getLogger(RedisWiring.class);
    private static final String EXAMPLE = "redis://localhost:6379";

    @Bean
    @ConditionalOnMissingBean
    RedisNodes redisNodes(LikeProperties properties) {
        String uri = properties.redis().uri();
        if (uri == null || uri.isBlank()) {
            throw new ConfigurationException(
                    "There is no Redis to connect to: like.redis.uri is not set.",
                    "Set like.redis.uri, for example to " + EXAMPLE + ".");
        }
        String sentinelUsername = properties.redis().sentinelUsername();
        String sentinelPassword = properties.redis().sentinelPassword();
        try {
            return sentinelPassword == null || sentinelPassword.isBlank()
                    ? RedisNodes.parse(uri)
                    : RedisNodes.parse(uri, sentinelUsername, sentinelPassword);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    "like.redis.uri is not the URI of a Redis.",
                    "Set like.redis.uri in the form " + EXAMPLE + ", rediss://user:password@host:port,"
                            + " redis-sentinel://host:port,host:port#master or redis-cluster://host:port,host:port."
                            + " like.redis.sentinel-password goes with redis-sentinel alone.");
        }
    }

    @Bean
    RedisAdapter redisAdapter(
            RedisNodes nodes, LikeProperties properties, LikePartitions partitions, MeterRegistry meters) {
        try {
            RedisAdapter redis = RedisAdapter.connect(
                    new RedisSettings(
                            nodes,
                            properties.redis().commandTimeout(),
                            properties.cache().l2Ttl(),
                            properties.redis().confirmedReplicas()),
                    partitions,
                    meters);
            warnOfEviction(redis.evictionPolicy());
            return redis;
        } catch (IllegalArgumentException e) {
            if (e.getCause() == null) {
                throw new ConfigurationException(
                        "like.redis.uri does not fit: " + nodes + " is " + e.getMessage() + ".",
                        "Set like.redis.uri in the form redis://host:port for one node, and"
                                + " redis-cluster://host:port,host:port for a cluster.");
            }
            throw new ConfigurationException(
                    "Redis at " + nodes + " refuses the connection: "
                            + NestedExceptionUtils.getMostSpecificCause(e).getMessage(),
                    "Set like.redis.uri to user and password that Redis accepts, and like.redis.sentinel-username and"
                            + " like.redis.sentinel-password where Sentinels have others.");
        }
    }

    private static void warnOfEviction(String policy) {
        if (policy.startsWith("allkeys-")) {
            LOG.error(
                    "Redis may evict likes that the database does not hold yet: its maxmemory-policy is {}. "
                            + "Set it to noeviction or volatile-lru",
                    policy);
        }
    }

    @Bean
    Redis redis(RedisAdapter redis, LikeCountStore counts) {
        return new Redis(redis.likeToggle(counts), redis.pendingLikes());
    }

    @Bean
    LikeEventBus likeEventBus(
            RedisAdapter redis,
            RedisNodes nodes,
            LikePartitions partitions,
            LikeProperties properties,
            @Value("${app.instance-id}") String instanceId,
            InstantSource clock,
            MeterRegistry meters) {
        if (instanceId.isBlank()) {
            throw new ConfigurationException(
                    "app.instance-id is empty.", "Set app.instance-id to a name that no other instance has.");
        }
        return properties.realtime().enabled()
                ? new NumberedLikeEventBus(
                        redis.eventTransport(properties.realtime().transport()),
                        new JsonLikeEventCodec(),
                        partitions,
                        instanceId,
                        nodes.database(),
                        clock,
                        new MeteredEventBusMonitor(meters))
                : new SilentLikeEventBus(false);
    }

    /** Does not start beside an instance whose memory decides. */
    @Bean
    @Conditional(BufferCondition.RedisDecides.class)
    LikeTopology likeTopology(Surroundings surroundings, Redis redis, RedisAdapter adapter, DataSource database) {
        InstanceLease.requireNone(InstanceLock.isHeld(database));
        return revoking(adapter, LikeTopology.redis(surroundings, redis));
    }

    /** Has the adapter report suspicions to the topology. */
    static LikeTopology revoking(RedisAdapter adapter, LikeTopology topology) {
        adapter.onSuspicion(topology.revoke());
        return topology;
    }
}
