package maple.like.adapter.redis;

import io.lettuce.core.RedisURI;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.utility.DockerImageName;

@Testcontainers(disabledWithoutDocker = true)
class RedisContractsContainerTest extends RedisContracts {
    private static final int PORT = 6379;

    @Container
    private static final GenericContainer<?> CONTAINER = new GenericContainer<>(
                    DockerImageName.parse(System.getProperty("test.image.redis", "redis:7")))
            .withExposedPorts(PORT);

    @Override
    Server newServer() {
        return Server.of(TestRedis.at(RedisURI.create(CONTAINER.getHost(), CONTAINER.getMappedPort(PORT))));
    }
}
