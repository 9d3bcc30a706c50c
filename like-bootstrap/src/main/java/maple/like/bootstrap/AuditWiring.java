package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import maple.like.adapter.jpa.JpaLikes;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.application.likes.LikeTopology;
import maple.like.application.port.in.AuditLikes;
import maple.like.application.port.in.EraseAccount;
import maple.like.application.port.in.RetireCharacter;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.service.LikeUseCases;
import maple.like.bootstrap.local.LocalModeConfiguration;
import maple.like.domain.LikePartitions;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** The part of the service that commands need. All beans are lazy, so no others are created. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableConfigurationProperties(LikeProperties.class)
@Import({ObservationWiring.class, RedisWiring.class, DatabaseWiring.class, LikesWiring.class})
class AuditWiring {
    /** Relations or characters under one lock: some milliseconds. */
    private static final int PAGE_SIZE = 1_000;

    /** Pending changes that one script reads and one statement compares. */
    private static final int LARGEST_BACKLOG = 5_000;

    /** Likes of an account that are taken back side by side. */
    private static final int LIKES_AT_A_TIME = 16;

    @Bean
    static ConfigurationCheck configurationCheck(Environment environment) {
        return new ConfigurationCheck(environment);
    }

    @Bean
    static BeanFactoryPostProcessor deploymentCheck(Environment environment) {
        return beans -> {
            if (environment.getProperty(LocalModeConfiguration.ACTIVE, Boolean.class, false)) {
                throw new ConfigurationException(
                        "Nothing is configured, and local mode is not audited.",
                        "Set what the service is given: like.redis.uri, spring.datasource.url and a key for tokens.");
            }
        };
    }

    @Bean
    @Conditional(BufferCondition.RedisIsThere.class)
    AuditLikes auditLikes(
            LikeLedger ledger,
            RedisAdapter redis,
            CharacterDirectory storedCharacters,
            Operations operations,
            MeterRegistry meters) {
        return new ObservedAuditLikes(
                LikeUseCases.auditLikes(
                        ledger, redis.pendingLikes(), redis.inspection(), storedCharacters, PAGE_SIZE, LARGEST_BACKLOG),
                operations,
                meters);
    }

    /** Pending changes are in the memory of another process, so rows are compared with counts alone. */
    @Bean
    @Conditional(BufferCondition.NoRedis.class)
    AuditLikes auditLikesWithoutRedis(
            LikeLedger ledger, CharacterDirectory storedCharacters, Operations operations, MeterRegistry meters) {
        return new ObservedAuditLikes(
                LikeUseCases.auditCounts(ledger, storedCharacters, PAGE_SIZE), operations, meters);
    }

    /** Waits as long as an instance remembers a character. */
    @Bean
    @Conditional(BufferCondition.RedisDecides.class)
    RetireCharacter retireCharacter(
            JpaLikes database,
            LikeTopology topology,
            LikeEventBus events,
            SyncLikes sync,
            LikePartitions partitions,
            Clock clock,
            LikeProperties properties) {
        Duration ttl = properties.cache().l1Ttl();
        return LikeUseCases.retireCharacter(
                database.retirement(),
                topology.likes(),
                database.counts(),
                events,
                sync,
                partitions,
                clock,
                () -> LockSupport.parkNanos(ttl.toNanos()));
    }

    @Bean
    @Conditional(BufferCondition.RedisDecides.class)
    EraseAccount eraseAccount(
            JpaLikes database,
            LikeTopology topology,
            LikeEventBus events,
            SyncLikes sync,
            LikePartitions partitions,
            Clock clock) {
        CustomizableThreadFactory threads = new CustomizableThreadFactory("like-erase-likes-");
        threads.setDaemon(true);
        return LikeUseCases.eraseAccount(
                database.erasure(),
                database.lists(),
                database.retirement(),
                topology.likes(),
                topology.pending(),
                database.ledger(),
                events,
                sync,
                partitions,
                clock,
                Executors.newFixedThreadPool(LIKES_AT_A_TIME, threads));
    }

    @Bean
    @Conditional(BufferCondition.RedisDecides.class)
    SyncLikes syncLikes(JpaLikes database, LikeTopology topology, LikeProperties properties) {
        return LikeUseCases.syncLikes(
                database.ledger(),
                topology.pending(),
                database.directory(),
                properties.sync().batchSize(),
                PAGE_SIZE);
    }
}
