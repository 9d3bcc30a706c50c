package maple.like.bootstrap;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.InstantSource;
import maple.like.adapter.redis.CacheSettings;
import maple.like.adapter.redis.CachedCharacterDirectory;
import maple.like.adapter.redis.CachedLikes;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.service.LikeUseCases;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The request path, from the use cases down: caches before Redis, Redis before the database. */
@Configuration(proxyBeanMethods = false)
class LikesWiring {
    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    CacheSettings cacheSettings(LikeProperties properties) {
        return new CacheSettings(properties.cache().l1Ttl(), properties.cache().l1MaxSize());
    }

    @Bean
    CachedLikes cachedLikes(
            RedisAdapter redis,
            LikeCountStore store,
            LikeEventBus events,
            CacheSettings settings,
            MeterRegistry meters) {
        CachedLikes likes = new CachedLikes(
                new MeteredLikeToggle(redis.likeToggle(store), "redis", meters),
                redis.likeReader(store),
                settings,
                Ticker.systemTicker(),
                meters);
        events.subscribe(likes);
        return likes;
    }

    @Bean
    CachedCharacterDirectory cachedCharacterDirectory(
            CharacterDirectory storedCharacters, LikeEventBus events, CacheSettings settings, MeterRegistry meters) {
        CachedCharacterDirectory characters =
                new CachedCharacterDirectory(storedCharacters, settings, Ticker.systemTicker(), meters);
        events.subscribe(characters);
        return characters;
    }

    @Bean
    ToggleLike toggleLike(
            CachedCharacterDirectory characters, CachedLikes likes, LikeEventBus events, InstantSource clock) {
        return LikeUseCases.toggleLike(characters, likes, events, clock);
    }

    @Bean
    ReadLikes readLikes(CachedCharacterDirectory characters, CachedLikes likes) {
        return LikeUseCases.readLikes(characters, likes);
    }
}
