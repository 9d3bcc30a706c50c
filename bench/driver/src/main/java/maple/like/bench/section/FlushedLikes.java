package maple.like.bench.section;

import com.github.benmanes.caffeine.cache.Ticker;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import maple.like.adapter.jpa.DatabaseVendor;
import maple.like.adapter.jpa.JpaLikes;
import maple.like.adapter.jpa.LikePersistence;
import maple.like.adapter.redis.CacheSettings;
import maple.like.adapter.redis.CaffeineLikeCounts;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.adapter.redis.RedisNodes;
import maple.like.adapter.redis.RedisSettings;
import maple.like.application.likes.LikeTopology;
import maple.like.application.likes.LikeTopology.Surroundings;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.service.LikeUseCases;
import maple.like.bench.machine.BenchException;
import maple.like.bench.machine.Postgres;
import maple.like.bench.machine.Redis;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import org.flywaydb.core.Flyway;
import org.hibernate.SessionFactory;

/** The service's own flush, in this JVM: pending likes in Redis become rows and counts. */
final class FlushedLikes implements Storing, AutoCloseable {
    static final String DATABASE = "flush";

    private static final int PAGE_SIZE = 2_000;
    private static final LikePartitions PARTITIONS = new LikePartitions(1);

    private final HikariDataSource pool;
    private final SessionFactory sessions;
    private final RedisAdapter redis;
    private final LikeTopology topology;
    private final SyncLikes sync;

    private FlushedLikes(HikariDataSource pool, RedisAdapter redis, MeterRegistry meters, int batch) {
        this.pool = pool;
        this.sessions = LikePersistence.sessionFactory(pool);
        this.redis = redis;
        JpaLikes database = new JpaLikes(sessions, PARTITIONS, Clock.systemUTC());
        database.ensurePartitions();
        this.topology = LikeTopology.redis(
                new Surroundings(
                        PARTITIONS,
                        database.ledger(),
                        database.counts(),
                        new CaffeineLikeCounts(
                                new CacheSettings(Duration.ofMinutes(5), 1_000), Ticker.systemTicker(), meters),
                        new NoEvents(),
                        System::nanoTime),
                new LikeTopology.Redis(redis.likeToggle(database.counts()), redis.pendingLikes()));
        this.sync =
                LikeUseCases.syncLikes(database.ledger(), topology.pending(), database.directory(), batch, PAGE_SIZE);
    }

    static FlushedLikes open(Bench bench, int batch) {
        bench.postgres().create(DATABASE);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(bench.postgres().url(DATABASE));
        config.setUsername(Postgres.USER);
        config.setPassword(bench.postgres().password());
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        HikariDataSource pool = new HikariDataSource(config);
        Flyway.configure()
                .dataSource(pool)
                .locations(DatabaseVendor.of(pool).migrations())
                .load()
                .migrate();
        bench.servers().addCharacters(DATABASE);
        MeterRegistry meters = new SimpleMeterRegistry();
        RedisAdapter redis = RedisAdapter.connect(
                new RedisSettings(
                        RedisNodes.parse(
                                Redis.start(bench.workspace(), DATABASE).uri()),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(30),
                        0),
                PARTITIONS,
                meters);
        return new FlushedLikes(pool, redis, meters, batch);
    }

    @Override
    public String name() {
        return "flush";
    }

    @Override
    public Result store(List<Pending> relations) {
        while (sync.sync(0).more()) {
            // what an earlier turn left, and the warm-up
        }
        relations.parallelStream()
                .forEach(pending -> topology.likes().apply(pending.account(), pending.character(), LikeIntent.LIKE));
        List<Double> millis = new ArrayList<>();
        long stored = 0;
        SyncLikes.Report report;
        do {
            long begun = System.nanoTime();
            report = sync.sync(0);
            millis.add((System.nanoTime() - begun) / 1e6);
            stored += report.inserted();
        } while (report.backlog() > 0);
        if (stored != relations.size()) {
            throw new BenchException("Stored " + stored + " of " + relations.size() + " likes");
        }
        return Result.of(relations.size(), millis);
    }

    @Override
    public void close() {
        redis.close();
        sessions.close();
        pool.close();
    }

    /** There is no other instance. */
    private static final class NoEvents implements LikeEventBus {
        @Override
        public void publish(LikeEvent event) {}

        @Override
        public void subscribe(Listener listener) {}

        @Override
        public void reportLoss() {}
    }
}
