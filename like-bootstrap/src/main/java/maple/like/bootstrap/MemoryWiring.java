package maple.like.bootstrap;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import maple.like.adapter.jpa.InstanceLock;
import maple.like.application.LikePartitions;
import maple.like.application.fallback.FallbackLikes;
import maple.like.application.fallback.FallbackLikes.Buffer;
import maple.like.application.memory.CollectedLikes;
import maple.like.application.memory.InMemoryLikes;
import maple.like.application.memory.OwnedLedger;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeLedger;
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

/** What there is where the memory of the only instance decides, in place of Redis or before it. */
@Configuration(proxyBeanMethods = false)
@Conditional(BufferCondition.MemoryDecides.class)
class MemoryWiring {
    /** Half a kilobyte each, at most. */
    private static final int MOST_WAITING = 500_000;

    /** As many as go well together in one call of Redis. */
    private static final int MOVERS = 32;

    @Bean
    @DependsOnDatabaseInitialization
    SoleInstance soleInstance(DataSource database, ApplicationEventPublisher events) {
        return SoleInstance.of(new InstanceLock(sessions(database)), () -> {
            AvailabilityChangeEvent.publish(events, database, ReadinessState.REFUSING_TRAFFIC);
            AvailabilityChangeEvent.publish(events, database, LivenessState.BROKEN);
        });
    }

    /** A session that no pool takes back. */
    private static DataSource sessions(DataSource database) {
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

    private static int each(long all, LikePartitions partitions) {
        return (int) Math.max(1, all / partitions.count());
    }

    /** Straight to the database. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(BufferCondition.NoRedis.class)
    static class Alone {
        @Bean
        InMemoryLikes inMemoryLikes(LikePartitions partitions, LikeCountStore store, LikeProperties properties) {
            return new InMemoryLikes(
                    partitions,
                    store,
                    each(properties.cache().l1MaxSize(), partitions),
                    each(MOST_WAITING, partitions));
        }

        /** Of whoever flushes, in place of the one that anybody may use. */
        @Bean
        @Primary
        OwnedLedger ownedLedger(
                SoleInstance sole, @Qualifier("likeLedger") LikeLedger ledger, LikePartitions partitions) {
            return sole.takeOver(ledger, partitions);
        }

        @Bean
        Buffer likes(InMemoryLikes likes, SoleInstance sole) {
            return SoleLikes.of(new Buffer(likes, likes), sole);
        }

        @Bean
        LikeEventBus likeEventBus() {
            return new SilentLikeEventBus();
        }
    }

    /** To Redis, and from there as ever. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(BufferCondition.MemoryBeforeRedis.class)
    static class BeforeRedis {
        /** Not an executor as a bean, which would take the place of Spring Boot's own. */
        record Movers(ExecutorService threads) implements AutoCloseable {
            @Override
            public void close() {
                threads.shutdownNow();
            }
        }

        @Bean
        Movers movers() {
            return new Movers(Executors.newFixedThreadPool(MOVERS, new CustomizableThreadFactory("like-move-")));
        }

        @Bean
        CollectedLikes collectedLikes(FallbackLikes behind, Movers movers, LikePartitions partitions) {
            return new CollectedLikes(partitions, behind, behind, movers.threads(), each(MOST_WAITING, partitions));
        }

        @Bean
        Buffer likes(CollectedLikes likes, SoleInstance sole) {
            return SoleLikes.of(new Buffer(likes, likes), sole);
        }
    }
}
