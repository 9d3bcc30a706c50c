package maple.like.bootstrap;

import com.github.benmanes.caffeine.cache.Ticker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import javax.sql.DataSource;
import maple.like.adapter.jpa.InstanceLock;
import maple.like.adapter.redis.CacheSettings;
import maple.like.adapter.redis.CachedCharacterDirectory;
import maple.like.adapter.redis.CachedLikes;
import maple.like.adapter.redis.CachedLookupDirectory;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.fallback.FallbackLikes;
import maple.like.application.fallback.FallbackLikes.Buffer;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.AccountId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** The request path, from the use cases down: caches before Redis, Redis before the database. */
@Configuration(proxyBeanMethods = false)
class LikesWiring {
    private static final Logger LOG = LoggerFactory.getLogger(LikesWiring.class);

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    CacheSettings cacheSettings(LikeProperties properties) {
        return new CacheSettings(properties.cache().l1Ttl(), properties.cache().l1MaxSize());
    }

    /** Without memory before it, Redis decides. */
    @Bean
    @Conditional(BufferCondition.RedisDecides.class)
    Buffer likes(FallbackLikes likes, DataSource database) {
        SoleInstance.requireNone(InstanceLock.isHeld(database));
        return new Buffer(likes, likes);
    }

    /** Opens when half of the latest calls failed; lets a few through again after a second. */
    @Bean
    @Conditional(BufferCondition.RedisIsThere.class)
    CircuitBreakerRegistry redisCircuitBreakers(MeterRegistry meters) {
        CircuitBreakerConfig config = CircuitBreakerConfig.custom()
                .recordExceptions(BufferUnavailableException.class)
                .slidingWindowSize(20)
                .minimumNumberOfCalls(4)
                .waitDurationInOpenState(Duration.ofSeconds(1))
                .permittedNumberOfCallsInHalfOpenState(2)
                .build();
        CircuitBreakerRegistry registry = CircuitBreakerRegistry.of(config);
        registry.getEventPublisher()
                .onEntryAdded(added -> added.getAddedEntry()
                        .getEventPublisher()
                        .onStateTransition(event -> LOG.warn(
                                "Circuit breaker of {}: {}. While it is open, the database answers",
                                event.getCircuitBreakerName(),
                                event.getStateTransition())));
        TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(registry).bindTo(meters);
        return registry;
    }

    @Bean
    @Conditional(BufferCondition.RedisIsThere.class)
    FallbackLikes fallbackLikes(
            RedisAdapter redis,
            CircuitBreakerRegistry redisCircuitBreakers,
            PendingLikes pending,
            LikeLedger ledger,
            LikeCountStore store,
            LikePartitions partitions) {
        LikeToggle toggle = redis.likeToggle(store);
        LikeReader reader = redis.likeReader(store);
        List<CircuitBreaker> breakers = partitions
                .all()
                .mapToObj(partition -> redisCircuitBreakers.circuitBreaker(
                        redis.keepsPartitionsApart() ? "redis-" + partition : "redis"))
                .toList();
        GuardedLikes guarded = new GuardedLikes(toggle, reader, partitions, breakers);
        FallbackLikes likes = new FallbackLikes(
                new Buffer(guarded, guarded), new Buffer(toggle, reader), pending, ledger, store, partitions);
        redis.onDoubt(likes::doubtBuffer);
        return likes;
    }

    @Bean
    CachedLikes cachedLikes(
            Buffer likes,
            LikeEventBus events,
            CacheSettings settings,
            LikeProperties properties,
            Operations operations,
            MeterRegistry meters) {
        CachedLikes cached = new CachedLikes(
                new ObservedLikeToggle(likes.toggle(), properties.buffer().strategy(), operations, meters),
                likes.reader(),
                settings,
                Ticker.systemTicker(),
                meters);
        events.subscribe(cached);
        return cached;
    }

    @Bean
    CachedCharacterDirectory cachedCharacterDirectory(
            CharacterDirectory storedCharacters,
            LikeEventBus events,
            CacheSettings settings,
            LikeProperties properties,
            MeterRegistry meters) {
        CachedCharacterDirectory characters = new CachedCharacterDirectory(
                storedCharacters, settings, unknownNames(properties), Ticker.systemTicker(), meters);
        events.subscribe(characters);
        return characters;
    }

    @Bean
    CachedLookupDirectory cachedLookupDirectory(
            CachedCharacterDirectory characters,
            CharacterDirectory operatorDirectory,
            Predicate<AccountId> lookupAllowance,
            LikeEventBus events,
            LikeProperties properties,
            MeterRegistry meters) {
        CachedLookupDirectory lookups = new CachedLookupDirectory(
                characters,
                operatorDirectory,
                lookupAllowance,
                unknownNames(properties),
                Ticker.systemTicker(),
                meters);
        events.subscribe(lookups);
        return lookups;
    }

    private static CacheSettings unknownNames(LikeProperties properties) {
        return new CacheSettings(
                properties.cache().unknownTtl(), properties.cache().l1MaxSize());
    }

    @Bean
    ToggleLike toggleLike(
            CachedLookupDirectory characters, CachedLikes likes, LikeEventBus events, InstantSource clock) {
        return LikeUseCases.toggleLike(characters, likes, events, clock);
    }

    /** A count is for everybody, so it makes nobody ask Nexon. */
    @Bean
    ReadLikes readLikes(
            CachedLookupDirectory characters,
            CachedCharacterDirectory known,
            CachedLikes likes,
            Operations operations,
            MeterRegistry meters) {
        return new ObservedReadLikes(LikeUseCases.readLikes(characters, known, likes), operations, meters);
    }
}
