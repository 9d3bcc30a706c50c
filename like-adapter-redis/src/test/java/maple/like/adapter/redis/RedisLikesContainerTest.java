package maple.like.adapter.redis;

import io.lettuce.core.RedisURI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.utility.DockerImageName;

@Testcontainers(disabledWithoutDocker = true)
class RedisLikesContainerTest extends RedisLikesContract {
    private static final int PORT = 6379;

    @Container
    private static final GenericContainer<?> CONTAINER = new GenericContainer<>(
                    DockerImageName.parse(System.getProperty("test.image.redis", "redis:7")))
            .withExposedPorts(PORT);

    private static TestRedis redis;

    @BeforeAll
    static void connect() {
        redis = TestRedis.at(RedisURI.create(CONTAINER.getHost(), CONTAINER.getMappedPort(PORT)));
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    @Override
    TestRedis redis() {
        return redis;
    }
}
