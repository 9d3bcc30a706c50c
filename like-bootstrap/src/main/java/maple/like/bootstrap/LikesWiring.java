package maple.like.bootstrap;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.InstantSource;
import java.util.function.Predicate;
import maple.like.adapter.redis.CacheSettings;
import maple.like.adapter.redis.CachedCharacterResolver;
import maple.like.adapter.redis.CaffeineLikeCounts;
import maple.like.application.likes.LikeTopology;
import maple.like.application.likes.LikeTopology.Surroundings;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ToggleLike;
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
        return new Surroundings(partitions, ledger, counts, cache, events);
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
                LikeUseCases.toggleLike(characters, topology.likes(), events, clock),
                properties.buffer().strategy(),
                operations,
                meters);
    }

    @Bean
    ReadLikes readLikes(
            CharacterResolver characters, LikeTopology topology, Operations operations, MeterRegistry meters) {
        return new ObservedReadLikes(LikeUseCases.readLikes(characters, topology.likes()), operations, meters);
    }
}
