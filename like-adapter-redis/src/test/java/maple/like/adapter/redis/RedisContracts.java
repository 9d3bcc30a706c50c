package maple.like.adapter.redis;

import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import maple.like.application.contract.LikeToggleContract;
import maple.like.application.contract.PendingLikesContract;
import maple.like.application.contract.PrimaryFixture;
import maple.like.application.contract.PrimaryInspectionContract;
import maple.like.application.likes.InMemoryLedger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The contracts of a primary store. One subclass for each kind of Redis. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class RedisContracts implements PrimaryFixture {
    private final List<RedisAdapter> adapters = new ArrayList<>();
    private Server server;

    record Server(String uri, Supplier<List<RedisCommands<String, String>>> masters, AutoCloseable closing) {
        static Server of(TestRedis redis) {
            return new Server(redis.uri().toString(), () -> List.of(redis.commands()), redis);
        }
    }

    abstract Server newServer();

    @BeforeAll
    void start() {
        server = newServer();
    }

    @AfterAll
    void stop() throws Exception {
        server.closing().close();
    }

    @AfterEach
    void closeInstances() {
        adapters.forEach(RedisAdapter::close);
        adapters.clear();
    }

    @Override
    public Instance instance(InMemoryLedger database) {
        RedisAdapter adapter = TestRedis.adapter(server.uri(), PARTITIONS, Duration.ofSeconds(5));
        adapters.add(adapter);
        return new Instance(adapter.likeToggle(database), adapter.pendingLikes(), adapter.inspection());
    }

    @Override
    public void expireTotals() {
        server.masters().get().forEach(node -> node.keys("*:count:*").forEach(node::del));
    }

    @Override
    public void empty() {
        server.masters().get().forEach(RedisCommands::flushall);
    }

    @Nested
    class Toggle extends LikeToggleContract {
        @Override
        protected PrimaryFixture primary() {
            return RedisContracts.this;
        }
    }

    @Nested
    class Pending extends PendingLikesContract {
        @Override
        protected PrimaryFixture primary() {
            return RedisContracts.this;
        }
    }

    @Nested
    class Inspection extends PrimaryInspectionContract {
        @Override
        protected PrimaryFixture primary() {
            return RedisContracts.this;
        }
    }
}
