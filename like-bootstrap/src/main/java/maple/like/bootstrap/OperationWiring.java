package maple.like.bootstrap;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.application.LikesUnavailableException;
import maple.like.application.Outage;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Health indicators. */
@Configuration(proxyBeanMethods = false)
class OperationWiring {
    private static final int VALIDATION_SECONDS = 2;

    @Bean
    @Conditional(BufferCondition.RedisIsThere.class)
    HealthIndicator redisHealthIndicator(RedisAdapter redis) {
        return () -> {
            try {
                return Health.up()
                        .withDetail("ping", redis.ping().toNanos() / 1000 + " µs")
                        .build();
            } catch (LikesUnavailableException e) {
                return Health.down().withDetail("reason", e.reason()).build();
            }
        };
    }

    /** In place of Spring Boot's, which does not say what the database said. */
    @Bean
    HealthIndicator dbHealthIndicator(DataSource database) {
        return () -> {
            try (Connection connection = database.getConnection()) {
                if (connection.isValid(VALIDATION_SECONDS)) {
                    return Health.up()
                            .withDetail("database", connection.getMetaData().getDatabaseProductName())
                            .build();
                }
                return Health.down()
                        .withDetail("reason", "no reply within " + VALIDATION_SECONDS + " s")
                        .build();
            } catch (SQLException e) {
                return Health.down().withDetail("reason", Outage.reason(e)).build();
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
