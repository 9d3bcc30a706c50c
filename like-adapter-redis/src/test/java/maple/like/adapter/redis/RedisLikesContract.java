package maple.like.adapter.redis;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import maple.like.application.contract.LikesContract;
import maple.like.application.memory.InMemoryLedger;
import org.junit.jupiter.api.AfterEach;

/** The contract of the buffer, on some Redis server. */
abstract class RedisLikesContract extends LikesContract {
    private final List<RedisAdapter> adapters = new ArrayList<>();

    abstract TestRedis redis();

    @AfterEach
    void closeAdapters() {
        adapters.forEach(RedisAdapter::close);
    }

    @Override
    protected Instance instance(InMemoryLedger store) {
        RedisAdapter adapter = RedisAdapter.connect(
                new RedisSettings(redis().uri(), Duration.ofSeconds(5), Duration.ofMinutes(30), 0),
                PARTITIONS,
                new SimpleMeterRegistry());
        adapters.add(adapter);
        return new Instance(
                adapter.likeToggle(store), adapter.likeReader(store), adapter.pendingLikes(), adapter.heldLikes());
    }

    @Override
    protected void forgetTotals() {
        redis().commands().keys("*:count:*").forEach(key -> redis().commands().del(key));
    }

    @Override
    protected void lose() {
        redis().commands().flushall();
    }
}
