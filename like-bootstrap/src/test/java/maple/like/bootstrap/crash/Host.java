package maple.like.bootstrap.crash;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import maple.like.adapter.jpa.JpaLikes;
import maple.like.adapter.jpa.LikePersistence;
import maple.like.adapter.redis.RedisPorts;
import maple.like.application.LikePartitions;
import maple.like.application.memory.CollectedLikes;
import maple.like.application.memory.InMemoryLikes;
import maple.like.application.memory.OwnedLedger;
import maple.like.application.port.in.LikeEventListener;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.LikeEvent;
import org.hibernate.SessionFactory;

/**
 * Where a process of the service runs, one at a time: each has adapters of its own and dies with its connections. What
 * the next one inherits is Hibernate's knowledge of the entities, which takes long to gather.
 */
final class Host implements AutoCloseable {
    static final int BATCH = 4;

    private final LikePartitions partitions;
    private final int pageSize;
    private final RedisClusterAsyncCommands<String, String> redis;
    private final SessionFactory sessions;
    private final List<Connection> open = new ArrayList<>();
    private Fuse fuse = Fuse.none();

    Host(
            LikePartitions partitions,
            int pageSize,
            RedisClusterAsyncCommands<String, String> redis,
            DataSource database) {
        this.partitions = partitions;
        this.pageSize = pageSize;
        this.redis = redis;
        this.sessions = LikePersistence.sessionFactory(guarded(database));
    }

    /** The ports and use cases of a process. */
    record Instance(ToggleLike toggle, LikeReader reader, SyncLikes sync, PendingLikes pending, LikeLedger ledger) {}

    /** Starts a process; the one before it ends, if it has not died. */
    Instance start(Fuse newFuse) {
        cutConnections();
        fuse = newFuse;
        JpaLikes likes = new JpaLikes(sessions, partitions, InstantSource.system());
        RedisPorts ports = new RedisPorts(guarded(redis), partitions);
        return new Instance(
                LikeUseCases.toggleLike(
                        (name, caller) -> likes.directory().find(name),
                        ports.likeToggle(likes.counts()),
                        publishing(newFuse),
                        InstantSource.system()),
                ports.likeReader(likes.counts()),
                LikeUseCases.syncLikes(likes.ledger(), ports.pendingLikes(), likes.directory(), BATCH, pageSize),
                ports.pendingLikes(),
                likes.ledger());
    }

    /** Starts a process that decides in its own memory; where it is small, most of it is forgotten when it is stored. */
    Instance startInMemory(Fuse newFuse, int remembered) {
        cutConnections();
        fuse = newFuse;
        JpaLikes likes = new JpaLikes(sessions, partitions, InstantSource.system());
        InMemoryLikes memory = new InMemoryLikes(partitions, likes.counts(), remembered, 1_000);
        LikeLedger owned = OwnedLedger.takeOver(likes.ledger(), partitions);
        return new Instance(
                LikeUseCases.toggleLike(
                        (name, caller) -> likes.directory().find(name),
                        memory,
                        publishing(newFuse),
                        InstantSource.system()),
                memory,
                LikeUseCases.syncLikes(owned, memory, likes.directory(), BATCH, pageSize),
                memory,
                likes.ledger());
    }

    /** Starts a process that collects in its own memory what goes on to Redis. */
    Collecting startCollecting(Fuse newFuse, ExecutorService movers) {
        Instance behind = start(newFuse);
        JpaLikes likes = new JpaLikes(sessions, partitions, InstantSource.system());
        CollectedLikes collected = new CollectedLikes(
                partitions,
                new RedisPorts(guarded(redis), partitions).likeToggle(likes.counts()),
                behind.reader(),
                movers,
                1_000);
        Instance before = new Instance(
                LikeUseCases.toggleLike(
                        (name, caller) -> likes.directory().find(name),
                        collected,
                        publishing(newFuse),
                        InstantSource.system()),
                collected,
                behind.sync(),
                behind.pending(),
                behind.ledger());
        return new Collecting(before, collected);
    }

    /** A process before Redis, and what it has collected. */
    record Collecting(Instance instance, CollectedLikes collected) {}

    void ensurePartitions() {
        new JpaLikes(sessions, partitions, InstantSource.system()).ensurePartitions();
    }

    /** Nobody listens, but a process can die before it has told and after. */
    private static LikeEventBus publishing(Fuse fuse) {
        return new LikeEventBus() {
            @Override
            public void publish(LikeEvent event) {
                unchecked(() -> fuse.around("publish", () -> event));
            }

            @Override
            public void subscribe(LikeEventListener listener) {}
        };
    }

    /** What the server does to connections that break, only at once. */
    void cutConnections() {
        for (Connection connection : List.copyOf(open)) {
            try (connection) {
                if (!connection.getAutoCommit()) {
                    connection.rollback();
                }
            } catch (SQLException e) {
                throw new IllegalStateException("The connection could not be cut", e);
            }
        }
        open.clear();
    }

    private Object around(Fuse mine, String name, Fuse.Call call) throws Throwable {
        try {
            return mine.around(name, call);
        } catch (Death death) {
            cutConnections();
            throw death;
        }
    }

    @SuppressWarnings("unchecked")
    private RedisClusterAsyncCommands<String, String> guarded(RedisClusterAsyncCommands<String, String> commands) {
        Fuse mine = fuse;
        return (RedisClusterAsyncCommands<String, String>) proxy(
                RedisClusterAsyncCommands.class,
                (self, method, arguments) -> around(mine, method.getName(), () -> {
                    Object answer = call(commands, method, arguments);
                    awaitAnswer((RedisFuture<?>) answer);
                    return answer;
                }));
    }

    private static void awaitAnswer(RedisFuture<?> answer) throws InterruptedException, TimeoutException {
        if (!answer.await(5, TimeUnit.SECONDS)) {
            throw new TimeoutException("Redis does not answer");
        }
    }

    private DataSource guarded(DataSource database) {
        return (DataSource) proxy(DataSource.class, (self, method, arguments) -> {
            fuse.requireAlive();
            Object answer = call(database, method, arguments);
            return answer instanceof Connection connection ? guarded(connection, fuse) : answer;
        });
    }

    private Connection guarded(Connection connection, Fuse mine) {
        open.add(connection);
        return (Connection) proxy(Connection.class, (self, method, arguments) -> {
            if (method.getName().equals("close")) {
                if (open.remove(connection)) {
                    connection.close();
                }
                return null;
            }
            mine.requireAlive();
            if (method.getName().equals("commit") || method.getName().equals("rollback")) {
                return around(mine, method.getName(), () -> call(connection, method, arguments));
            }
            Object answer = call(connection, method, arguments);
            if (answer instanceof PreparedStatement statement) {
                return guarded(PreparedStatement.class, statement, mine, firstWords((String) arguments[0]));
            }
            return answer instanceof Statement statement ? guarded(Statement.class, statement, mine, "SQL") : answer;
        });
    }

    private Object guarded(Class<?> type, Statement statement, Fuse mine, String name) {
        return proxy(type, (self, method, arguments) -> {
            if (method.getName().startsWith("execute")) {
                return around(mine, name, () -> call(statement, method, arguments));
            }
            return call(statement, method, arguments);
        });
    }

    private static String firstWords(String sql) {
        String[] words = sql.strip().split("\\s+");
        String table = "";
        for (String word : words) {
            if (word.contains("_") && !word.contains(".")) {
                table = word;
                break;
            }
        }
        return words[0] + " " + table;
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(Host.class.getClassLoader(), new Class<?>[] {type}, handler);
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void unchecked(Fuse.Call call) {
        try {
            call.make();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        cutConnections();
        sessions.close();
    }
}
