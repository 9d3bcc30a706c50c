package maple.like.bootstrap;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import maple.like.adapter.jpa.InstanceLock;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.application.likes.FencedLedger;
import maple.like.application.likes.LikeTopology;
import maple.like.application.likes.LikeTopology.Memory;
import maple.like.application.likes.LikeTopology.Redis;
import maple.like.application.likes.LikeTopology.Surroundings;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeLedger;
import maple.like.domain.LikePartitions;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** The lease of the only instance, and the two topologies in which its memory decides. */
@Configuration(proxyBeanMethods = false)
@Conditional(BufferCondition.MemoryDecides.class)
class MemoryWiring {
    /** Half a kilobyte each, at most. */
    private static final int MAX_PENDING = 500_000;

    /** As many as go well together in one call of Redis. */
    private static final int FORWARDERS = 32;

    @Bean
    @DependsOnDatabaseInitialization
    InstanceLease instanceLease(DataSource database, ApplicationEventPublisher events) {
        DataSource sessions = unpooled(database);
        InstanceLease.requireSessions(InstanceLock.isSessionShared(sessions));
        return InstanceLease.acquire(new InstanceLock(sessions), () -> {
            AvailabilityChangeEvent.publish(events, database, ReadinessState.REFUSING_TRAFFIC);
            AvailabilityChangeEvent.publish(events, database, LivenessState.BROKEN);
        });
    }

    /** The lock belongs to a session, which no pool may take back. */
    private static DataSource unpooled(DataSource database) {
        try {
            if (!database.isWrapperFor(HikariDataSource.class)) {
                return database;
            }
            HikariDataSource pool = database.unwrap(HikariDataSource.class);
            DriverManagerDataSource sessions =
                    new DriverManagerDataSource(pool.getJdbcUrl(), pool.getUsername(), pool.getPassword());
            sessions.setConnectionProperties(pool.getDataSourceProperties());
            return sessions;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Bean
    Memory memory(InstanceLease lease, LikeProperties properties) {
        return new Memory(lease::require, Math.toIntExact(properties.cache().l1MaxSize()), MAX_PENDING);
    }

    /** Changes go straight to the database. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(BufferCondition.NoRedis.class)
    static class InPlaceOfRedis {
        @Bean
        @Primary
        FencedLedger fencedLedger(
                InstanceLease lease, @Qualifier("likeLedger") LikeLedger ledger, LikePartitions partitions) {
            return lease.takeOver(ledger, partitions);
        }

        @Bean
        LikeTopology likeTopology(Surroundings surroundings, Memory memory) {
            return LikeTopology.inMemory(surroundings, memory);
        }

        @Bean
        LikeEventBus likeEventBus() {
            return new SilentLikeEventBus(true);
        }
    }

    /** Changes go to Redis, and from there to the database. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(BufferCondition.MemoryBeforeRedis.class)
    static class BeforeRedis {
        /** Not an executor as a bean, which would take the place of Spring Boot's own. */
        record Forwarders(ExecutorService threads) implements AutoCloseable {
            @Override
            public void close() {
                threads.shutdownNow();
            }
        }

        @Bean
        Forwarders forwarders() {
            return new Forwarders(
                    Executors.newFixedThreadPool(FORWARDERS, new CustomizableThreadFactory("like-forward-")));
        }

        @Bean
        LikeTopology likeTopology(
                Surroundings surroundings, Redis redis, RedisAdapter adapter, Memory memory, Forwarders forwarders) {
            return RedisWiring.revoking(
                    adapter, LikeTopology.memoryBeforeRedis(surroundings, redis, memory, forwarders.threads()));
        }
    }
}
