package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import maple.like.adapter.jpa.JpaLikes;
import maple.like.application.likes.LikeTopology;
import maple.like.application.likes.WriteBehindLikeToggle;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.LikePartitions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How accounts are erased. */
@Configuration(proxyBeanMethods = false)
class ErasureWiring {
    /** Less than proxies usually wait. */
    private static final Duration LONGEST_REQUEST = Duration.ofSeconds(20);

    @Bean
    Erasures eraseAccount(
            JpaLikes stored,
            LikeTopology topology,
            LikeLedger ledger,
            LikeEventBus events,
            SyncMonitor sync,
            LikePartitions partitions,
            Clock clock,
            Operations operations,
            MeterRegistry meters) {
        return new Erasures(
                workers -> LikeUseCases.eraseAccount(
                        stored.erasure(),
                        stored.lists(),
                        stored.retirement(),
                        topology.likes(),
                        topology.pending(),
                        ledger,
                        events,
                        storing(topology, sync),
                        partitions,
                        clock,
                        workers),
                LONGEST_REQUEST,
                operations,
                meters);
    }

    /** From wherever changes are acknowledged to the database. */
    private static SyncLikes storing(LikeTopology topology, SyncLikes sync) {
        WriteBehindLikeToggle writeBehind = topology.writeBehind();
        return writeBehind == null
                ? sync
                : partition -> {
                    SyncWiring.forward(writeBehind, partition);
                    return sync.sync(partition);
                };
    }
}
