package maple.like.bootstrap;

import maple.like.adapter.redis.RedisAdapter;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Health indicators. The database has an indicator of Spring Boot's own. */
@Configuration(proxyBeanMethods = false)
class OperationWiring {
    @Bean
    @Conditional(BufferCondition.RedisIsThere.class)
    HealthIndicator redisHealthIndicator(RedisAdapter redis) {
        return () -> {
            try {
                return Health.up()
                        .withDetail("ping", redis.ping().toNanos() / 1000 + " µs")
                        .build();
            } catch (RuntimeException e) {
                return Health.down(e).build();
            }
        };
    }

    /** Always up: a restart would not help, and would lose changes pending in memory. */
    @Bean
    HealthIndicator likeSyncHealthIndicator(SyncMonitor sync) {
        return () -> Health.up()
                .withDetail("partitions", sync.states())
                .withDetail("pending", sync.pending())
                .withDetail("lagSeconds", sync.lag().toMillis() / 1000.0)
                .build();
    }
}
