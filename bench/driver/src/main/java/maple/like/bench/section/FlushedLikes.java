package maple.like.bench.section;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.RedisURI;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import maple.like.adapter.jpa.JpaLikes;
import maple.like.adapter.jpa.LikePersistence;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.adapter.redis.RedisSettings;
import maple.like.application.LikePartitions;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.service.LikeUseCases;
import maple.like.bench.machine.BenchException;
import maple.like.bench.machine.Postgres;
import maple.like.bench.machine.Redis;
import maple.like.domain.LikeIntent;
import org.flywaydb.core.Flyway;
import org.hibernate.SessionFactory;

/** The service's own flush, in this JVM: likes wait in Redis and become rows and counts. */
final class FlushedLikes implements Storing, AutoCloseable {
    static final String DATABASE = "flush";

    private static final int PAGE_SIZE = 2_000;

    private final HikariDataSource pool;
    private final SessionFactory sessions;
    private final RedisAdapter redis;
    private final LikeToggle toggle;
    private final SyncLikes sync;

    private FlushedLikes(HikariDataSource pool, RedisAdapter redis, LikePartitions partitions, int batch) {
        this.pool = pool;
        this.sessions = LikePersistence.sessionFactory(pool);
        this.redis = redis;
        JpaLikes likes = new JpaLikes(sessions, partitions, Clock.systemUTC());
        likes.ensurePartitions();
        this.toggle = redis.likeToggle(likes.counts());
        this.sync = LikeUseCases.syncLikes(likes.ledger(), redis.pendingLikes(), likes.directory(), batch, PAGE_SIZE);
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
                .locations(LikePersistence.migrations("PostgreSQL"))
                .load()
                .migrate();
        bench.servers().addCharacters(DATABASE);
        LikePartitions partitions = new LikePartitions(1);
        Redis server = Redis.start(bench.workspace(), DATABASE);
        RedisAdapter redis = RedisAdapter.connect(
                new RedisSettings(RedisURI.create(server.uri()), Duration.ofSeconds(10), Duration.ofMinutes(30), 0),
                partitions,
                new SimpleMeterRegistry());
        return new FlushedLikes(pool, redis, partitions, batch);
    }

    @Override
    public String name() {
        return "flush of the service";
    }

    @Override
    public Result store(List<Pending> relations) {
        while (sync.sync(0).more()) {
            // the rest of an earlier turn, and what Redis lacks of the database
        }
        relations.parallelStream()
                .forEach(pending -> toggle.apply(pending.key(), pending.target().name(), LikeIntent.LIKE));
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
            throw new BenchException("Of " + relations.size() + " likes, " + stored + " were stored");
        }
        return Result.of(relations.size(), millis);
    }

    @Override
    public void close() {
        redis.close();
        sessions.close();
        pool.close();
    }
}
