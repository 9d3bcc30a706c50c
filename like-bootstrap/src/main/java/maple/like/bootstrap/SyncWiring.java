package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.random.RandomGenerator;
import maple.like.application.LikePartitions;
import maple.like.application.memory.CollectedLikes;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.service.LikeUseCases;
import maple.like.bootstrap.SyncSchedule.Route;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** The way of changes to the database. */
@Configuration(proxyBeanMethods = false)
class SyncWiring {
    /** Rows looked at in one round of copying relations back to an emptied Redis. */
    private static final int PAGE_SIZE = 2_000;

    @Bean
    SyncMonitor syncMonitor(
            LikeLedger ledger,
            PendingLikes pending,
            CharacterDirectory storedCharacters,
            LikePartitions partitions,
            LikeProperties properties,
            Operations operations,
            MeterRegistry meters) {
        PendingLikes observed = new ObservedPendingLikes(pending, operations, meters);
        return new SyncMonitor(
                LikeUseCases.syncLikes(
                        ledger, observed, storedCharacters, properties.sync().batchSize(), PAGE_SIZE),
                pending,
                partitions,
                operations,
                meters);
    }

    @Bean
    @Conditional(BufferCondition.RedisIsThere.class)
    SyncSchedule syncSchedule(SyncMonitor sync, LikePartitions partitions, LikeProperties properties) {
        return schedule(sync, partitions, properties.sync().interval(), Route.REDIS_TO_DATABASE);
    }

    @Bean
    @Conditional(BufferCondition.NoRedis.class)
    SyncSchedule memorySyncSchedule(SyncMonitor sync, LikePartitions partitions, LikeProperties properties) {
        return schedule(sync, partitions, properties.buffer().flushInterval(), Route.MEMORY_TO_DATABASE);
    }

    @Bean
    @Conditional(BufferCondition.MemoryBeforeRedis.class)
    SyncSchedule moveSchedule(CollectedLikes likes, LikePartitions partitions, LikeProperties properties) {
        return schedule(new MoveLikes(likes), partitions, properties.buffer().flushInterval(), Route.MEMORY_TO_REDIS);
    }

    private static SyncSchedule schedule(SyncLikes sync, LikePartitions partitions, Duration interval, Route route) {
        return new SyncSchedule(sync, partitions, interval, RandomGenerator.getDefault(), route);
    }
}
