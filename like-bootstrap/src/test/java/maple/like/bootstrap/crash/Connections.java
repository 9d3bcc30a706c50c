package maple.like.bootstrap.crash;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import maple.like.adapter.jpa.LikePersistence;
import maple.like.adapter.redis.RedisPorts;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.port.out.LikeEventBus;
import org.hibernate.SessionFactory;

/**
 * The connections of an instance to Redis, the database and the event bus. A {@link CrashPoint} sees each call. Later
 * instances reuse them, because a session factory takes long to build.
 */
final class Connections implements AutoCloseable {
    final SessionFactory sessions;
    final LikeEventBus events;
    private final StatefulRedisConnection<String, String> redisConnection;
    private final List<Connection> open = new CopyOnWriteArrayList<>();
    private volatile CrashPoint crashPoint = CrashPoint.none();
    private volatile boolean redisReachable = true;

    Connections(StatefulRedisConnection<String, String> connection, DataSource database, LikeEventBus bus) {
        redisConnection = connection;
        sessions = LikePersistence.sessionFactory(proxy(DataSource.class, (self, method, arguments) -> {
            crashPoint.requireAlive();
            Object answer = invoke(database, method, arguments);
            return answer instanceof Connection opened ? intercepted(opened) : answer;
        }));
        events = proxy(
                LikeEventBus.class,
                (self, method, arguments) -> method.getName().equals("publish")
                        ? around("publish", () -> invoke(bus, method, arguments))
                        : invoke(bus, method, arguments));
    }

    @SuppressWarnings("unchecked")
    RedisPorts redis() {
        RedisAsyncCommands<String, String> commands = redisConnection.async();
        return new RedisPorts(
                redisConnection,
                proxy(RedisAsyncCommands.class, (self, method, arguments) -> callRedis(commands, method, arguments)),
                Deployment.PARTITIONS);
    }

    /** Belongs to another instance from now on. */
    void reset(CrashPoint newCrashPoint) {
        cutDatabase();
        redisReachable = true;
        crashPoint = newCrashPoint;
    }

    /** Counts the calls of a crash point from now on. */
    void crashAt(CrashPoint newCrashPoint) {
        crashPoint = newCrashPoint;
    }

    void setRedisReachable(boolean reachable) {
        redisReachable = reachable;
    }

    /** Breaks the connections to the database: the server rolls back what was not committed, and releases locks. */
    void cutDatabase() {
        for (Connection connection : open) {
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

    private Object around(String name, CrashPoint.Call call) throws Throwable {
        try {
            return crashPoint.around(name, call);
        } catch (CrashPoint.Killed killed) {
            cutDatabase();
            throw killed;
        }
    }

    private Object callRedis(Object commands, Method method, Object[] arguments) throws Throwable {
        if (!redisReachable) {
            throw PrimaryUnavailableException.notSent("Redis is unreachable", null);
        }
        Object reply = around(method.getName(), () -> {
            RedisFuture<?> future = (RedisFuture<?>) invoke(commands, method, arguments);
            if (!future.await(5, TimeUnit.SECONDS)) {
                throw new TimeoutException("Redis does not reply");
            }
            return future;
        });
        if (!redisReachable) {
            throw new PrimaryUnavailableException("The reply was lost", null);
        }
        return reply;
    }

    private Connection intercepted(Connection connection) {
        open.add(connection);
        return proxy(Connection.class, (self, method, arguments) -> {
            String name = method.getName();
            if (name.equals("close")) {
                if (open.remove(connection)) {
                    connection.close();
                }
                return null;
            }
            crashPoint.requireAlive();
            if (name.equals("commit") || name.equals("rollback")) {
                return around(name, () -> invoke(connection, method, arguments));
            }
            Object answer = invoke(connection, method, arguments);
            return answer instanceof Statement
                    ? intercepted(
                            method.getReturnType(),
                            answer,
                            arguments == null
                                    ? "SQL"
                                    : String.format(
                                            "%.50s", arguments[0].toString().strip()))
                    : answer;
        });
    }

    private Object intercepted(Class<?> type, Object statement, String name) {
        return proxy(
                type,
                (self, method, arguments) -> method.getName().startsWith("execute")
                        ? around(name, () -> invoke(statement, method, arguments))
                        : invoke(statement, method, arguments));
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(Connections.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() {
        cutDatabase();
        sessions.close();
    }
}
