package com.example;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import maple.like.adapter.jpa.DatabaseVendor;
import maple.like.adapter.jpa.JpaLikes;
import maple.like.adapter.jpa.LikePersistence;
import maple.like.adapter.redis.CacheSettings;
import maple.like.adapter.redis.CachedCharacterResolver;
import maple.like.adapter.redis.CaffeineLikeCounts;
import maple.like.adapter.redis.JsonLikeEventCodec;
import maple.like.adapter.redis.PubSubMode;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.adapter.redis.RedisNodes;
import maple.like.adapter.redis.RedisSettings;
import maple.like.application.event.EventBusMonitor;
import maple.like.application.event.NumberedLikeEventBus;
import maple.like.application.likes.LikeTopology;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.LikePartitions;
import org.flywaydb.core.Flyway;
import org.hibernate.SessionFactory;

/** Redis decides, a database stores. */
final class Likes implements AutoCloseable {
    private static final LikePartitions PARTITIONS = new LikePartitions(1);
    private static final CacheSettings CACHE = new CacheSettings(Duration.ofMinutes(5), 10_000);

    final JpaLikes stored;
    final ToggleLike toggle;
    final ReadLikes read;
    final SyncLikes sync;
    private final RedisAdapter redis;
    private final SessionFactory sessions;
    private final NumberedLikeEventBus events;

    Likes(String redisUri, DataSource database, MeterRegistry meters) {
        Flyway.configure().dataSource(database).locations(DatabaseVendor.of(database).migrations()).load().migrate();
        sessions = LikePersistence.sessionFactory(database);
        stored = new JpaLikes(sessions, PARTITIONS, Clock.systemUTC());
        stored.ensurePartitions();
        RedisNodes nodes = RedisNodes.parse(redisUri);
        redis = RedisAdapter.connect(
                new RedisSettings(nodes, Duration.ofSeconds(1), Duration.ofMinutes(30), 0), PARTITIONS, meters);
        events = new NumberedLikeEventBus(
                redis.eventTransport(PubSubMode.AUTO), new JsonLikeEventCodec(), PARTITIONS, "this instance",
                nodes.database(), Clock.systemUTC(), new EventBusMonitor() {});
        LikeTopology topology = LikeTopology.redis(
                new LikeTopology.Surroundings(
                        PARTITIONS, stored.ledger(), stored.counts(),
                        new CaffeineLikeCounts(CACHE, Ticker.systemTicker(), meters), events, System::nanoTime),
                new LikeTopology.Redis(redis.likeToggle(stored.counts()), redis.pendingLikes()));
        redis.onSuspicion(topology.revoke());
        var characters = new CachedCharacterResolver(
                stored.directory(), null, account -> true, CACHE, CACHE, Ticker.systemTicker(), meters);
        toggle = LikeUseCases.toggleLike(
                characters, topology.likes(), events, Clock.systemUTC(), Duration.ofMinutes(10));
        read = LikeUseCases.readLikes(characters, topology.likes());
        sync = LikeUseCases.syncLikes(stored.ledger(), topology.pending(), stored.directory(), 1_000, 1_000);
    }

    @Override
    public void close() {
        events.close();
        redis.close();
        sessions.close();
    }
}
