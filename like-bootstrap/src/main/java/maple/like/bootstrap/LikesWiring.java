package maple.like.bootstrap;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import maple.like.adapter.jpa.JpaLikes;
import maple.like.adapter.redis.CacheSettings;
import maple.like.adapter.redis.CachedCharacterRanking;
import maple.like.adapter.redis.CachedCharacterResolver;
import maple.like.adapter.redis.CaffeineLikeCounts;
import maple.like.application.likes.LikeTopology;
import maple.like.application.likes.LikeTopology.Surroundings;
import maple.like.application.port.in.ListLikes;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ReadRanking;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.port.in.WatchLikes;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterResolver;
import maple.like.application.port.out.LikeCountCache;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.AccountId;
import maple.like.domain.LikePartitions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** The request path: use cases, the L1, and whatever {@link LikeTopology} the strategy asks for. */
@Configuration(proxyBeanMethods = false)
class LikesWiring {
    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    LikePartitions likePartitions(LikeProperties properties) {
        return new LikePartitions(properties.redis().partitions());
    }

    @Bean
    LikeCountCache likeCountCache(LikeProperties properties, MeterRegistry meters) {
        return new CaffeineLikeCounts(l1(properties), Ticker.systemTicker(), meters);
    }

    @Bean
    Surroundings surroundings(
            LikePartitions partitions,
            LikeLedger ledger,
            LikeCountStore counts,
            LikeCountCache cache,
            LikeEventBus events) {
        return new Surroundings(partitions, ledger, counts, cache, events, System::nanoTime);
    }

    @Bean
    CharacterResolver characterResolver(
            CharacterDirectory storedCharacters,
            ExternalCharacters external,
            Predicate<AccountId> lookupAllowance,
            LikeEventBus events,
            LikeProperties properties,
            MeterRegistry meters) {
        CacheSettings unknownNames = new CacheSettings(
                properties.cache().unknownTtl(), properties.cache().l1MaxSize());
        CachedCharacterResolver resolver = new CachedCharacterResolver(
                storedCharacters,
                external.lookup(),
                lookupAllowance,
                l1(properties),
                unknownNames,
                Ticker.systemTicker(),
                meters);
        events.subscribe(resolver);
        return resolver;
    }

    private static CacheSettings l1(LikeProperties properties) {
        return new CacheSettings(properties.cache().l1Ttl(), properties.cache().l1MaxSize());
    }

    @Bean
    ToggleLike toggleLike(
            CharacterResolver characters,
            LikeTopology topology,
            LikeEventBus events,
            InstantSource clock,
            LikeProperties properties,
            Operations operations,
            MeterRegistry meters) {
        return new ObservedToggleLike(
                LikeUseCases.toggleLike(
                        characters,
                        topology.likes(),
                        events,
                        clock,
                        properties.idempotency().ttl()),
                properties.buffer().strategy(),
                operations,
                meters);
    }

    @Bean
    ReadRanking readRanking(JpaLikes stored, LikeProperties properties, Operations operations, MeterRegistry meters) {
        return new ObservedReadRanking(
                LikeUseCases.readRanking(new CachedCharacterRanking(
                        stored.ranking(), properties.ranking().interval(), Ticker.systemTicker(), rankingReader())),
                operations,
                meters);
    }

    @Bean
    ListLikes listLikes(
            CharacterResolver characters,
            JpaLikes stored,
            LikeTopology topology,
            LikeProperties properties,
            Operations operations,
            MeterRegistry meters) {
        return new ObservedListLikes(
                LikeUseCases.listLikes(
                        characters,
                        stored.lists(),
                        topology.likes(),
                        properties.likers().visibleTo()),
                operations,
                meters);
    }

    /** The topology subscribes to events before. */
    @Bean
    WatchLikes watchLikes(
            CharacterResolver characters, LikeTopology topology, LikeCountCache cache, LikeEventBus events) {
        return LikeUseCases.watchLikes(characters, topology.likes(), cache, events);
    }

    /** One thread, while there is something to read. */
    private static Executor rankingReader() {
        CustomizableThreadFactory threads = new CustomizableThreadFactory("like-ranking-");
        threads.setDaemon(true);
        return new ThreadPoolExecutor(0, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    }

    @Bean
    ReadLikes readLikes(
            CharacterResolver characters, LikeTopology topology, Operations operations, MeterRegistry meters) {
        return new ObservedReadLikes(LikeUseCases.readLikes(characters, topology.likes()), operations, meters);
    }
}
