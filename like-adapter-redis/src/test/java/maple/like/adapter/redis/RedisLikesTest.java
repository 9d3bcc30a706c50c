package maple.like.adapter.redis;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisLikesTest extends RedisLikesContract {
    private static TestRedis redis;

    @BeforeAll
    static void start() {
        redis = TestRedis.started();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Override
    TestRedis redis() {
        return redis;
    }
}
