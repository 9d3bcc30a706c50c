package maple.like.bootstrap;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.random.RandomGenerator;
import maple.like.adapter.jpa.JpaLikes;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.likes.LikeTopology;
import maple.like.application.likes.WriteBehindLikeToggle;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.service.LikeUseCases;
import maple.like.bootstrap.FlushSchedule.Flush;
import maple.like.bootstrap.FlushSchedule.Progress;
import maple.like.bootstrap.FlushSchedule.Route;
import maple.like.domain.LikePartitions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** How changes reach the database. */
@Configuration(proxyBeanMethods = false)
class SyncWiring {
    private static final Logger LOG = LoggerFactory.getLogger(SyncWiring.class);

    /** Relations copied in one round of a warm-up. */
    private static final int PAGE_SIZE = 10_000;

    /** Another instance flushes what a dead instance left after this many intervals at most. */
    private static final int IDLE_INTERVALS = 3;

    @Bean
    SyncMonitor syncMonitor(
            LikeLedger ledger,
            LikeTopology topology,
            CharacterDirectory storedCharacters,
            LikePartitions partitions,
            LikeEventBus events,
            LikeProperties properties,
            Operations operations,
            MeterRegistry meters) {
        return new SyncMonitor(
                LikeUseCases.syncLikes(
                        ledger,
                        new ObservedPendingLikes(topology.pending(), operations, meters),
                        storedCharacters,
                        properties.sync().batchSize(),
                        PAGE_SIZE),
                topology.pending(),
                ledger,
                partitions,
                events::reportLoss,
                operations,
                meters);
    }

    @Bean
    @Conditional(BufferCondition.RedisIsThere.class)
    FlushSchedule redisFlushSchedule(
            SyncMonitor sync,
            LikePartitions partitions,
            LikeEventBus events,
            LikeProperties properties,
            MeterRegistry meters) {
        int idleIntervals = properties.buffer().strategy() == BufferStrategy.REDIS ? IDLE_INTERVALS : 1;
        FlushSchedule schedule = schedule(
                sync, partitions, properties.sync().interval(), idleIntervals, meters, Route.REDIS_TO_DATABASE);
        events.subscribe(schedule);
        return schedule;
    }

    @Bean
    @Conditional(BufferCondition.NoRedis.class)
    FlushSchedule memoryFlushSchedule(
            SyncMonitor sync, LikePartitions partitions, LikeProperties properties, MeterRegistry meters) {
        return schedule(sync, partitions, properties.buffer().flushInterval(), 1, meters, Route.MEMORY_TO_DATABASE);
    }

    @Bean
    @Conditional(BufferCondition.MemoryBeforeRedis.class)
    FlushSchedule forwardSchedule(
            LikeTopology topology, LikePartitions partitions, LikeProperties properties, MeterRegistry meters) {
        WriteBehindLikeToggle writeBehind = requireNonNull(topology.writeBehind());
        return schedule(
                partition -> forward(writeBehind, partition),
                partitions,
                properties.buffer().flushInterval(),
                1,
                meters,
                Route.MEMORY_TO_REDIS);
    }

    @Bean
    ExpiredAnswers expiredAnswers(JpaLikes likes) {
        return new ExpiredAnswers(likes);
    }

    static Progress forward(WriteBehindLikeToggle writeBehind, int partition) {
        try {
            long dropped = writeBehind.forward(partition);
            if (dropped > 0) {
                LOG.warn("Partition {}: dropped {} changes, because their character was deleted", partition, dropped);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw PrimaryUnavailableException.notSent("Forwarding changes to Redis was interrupted", e);
        }
        return new Progress(writeBehind.backlog(partition), false, false);
    }

    private static FlushSchedule schedule(
            Flush flush,
            LikePartitions partitions,
            Duration interval,
            int idleIntervals,
            MeterRegistry meters,
            Route route) {
        return new FlushSchedule(
                flush,
                partitions,
                interval,
                idleIntervals,
                RandomGenerator.getDefault(),
                meters.config().clock()::monotonicTime,
                route);
    }
}
