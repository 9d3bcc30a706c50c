package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.random.RandomGenerator;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.service.LikeUseCases;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The way of changes from Redis to the database. */
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
    SyncSchedule syncSchedule(SyncMonitor sync, LikePartitions partitions, LikeProperties properties) {
        return new SyncSchedule(sync, partitions, properties.sync().interval(), RandomGenerator.getDefault());
    }
}
