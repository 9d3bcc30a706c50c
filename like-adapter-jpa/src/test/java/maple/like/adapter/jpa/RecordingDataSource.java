package maple.like.adapter.jpa;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Wraps a data source, records every statement that is sent through it, and can cut the connection. */
public final class RecordingDataSource {
    private final DataSource target;
    private final List<String> statements = new CopyOnWriteArrayList<>();
    private final AtomicInteger rowsRead = new AtomicInteger();
    private final Set<Connection> inUse = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;

    private RecordingDataSource(DataSource target) {
        this.target = target;
    }

    public static RecordingDataSource around(DataSource target) {
        return new RecordingDataSource(target);
    }

    /** What the code under test uses. */
    public DataSource dataSource() {
        return (DataSource) proxy(DataSource.class, target, (self, method, arguments) -> {
            if (!method.getName().equals("getConnection")) {
                return call(target, method, arguments);
            }
            if (refusing) {
                throw new SQLTransientConnectionException("Connection is not available");
            }
            Connection connection = (Connection) call(target, method, arguments);
            inUse.add(connection);
            return recording(connection);
        });
    }

    /** The text of each execution, in order, and once more for each row of a JDBC batch. */
    public List<String> statements() {
        return List.copyOf(statements);
    }

    /** How many rows were read. */
    int rowsRead() {
        return rowsRead.get();
    }

    /** Starts again. */
    public void reset() {
        statements.clear();
        rowsRead.set(0);
    }

    /** Refuses connections, as a pool whose database is unavailable does, or hands them out again. */
    public void refuseConnections(boolean refuse) {
        refusing = refuse;
    }

    /** Cuts every connection that is in use, without telling the server. */
    public void cutConnections() {
        for (Connection connection : inUse) {
            try {
                Connection physical = connection.unwrap(Connection.class);
                physical.abort(Runnable::run);
                if (!physical.isClosed()) {
                    // H2 has no socket to cut: it ignores the call above, and the pool does not know its errors.
                    physical.close();
                    if (target instanceof HikariDataSource pool) {
                        pool.evictConnection(connection);
                    }
                }
            } catch (SQLException e) {
                throw new IllegalStateException("The connection could not be cut", e);
            }
        }
    }

    private Connection recording(Connection connection) {
        return (Connection) proxy(Connection.class, connection, (self, method, arguments) -> {
            if (method.getName().equals("close")) {
                inUse.remove(connection);
            }
            Object result = call(connection, method, arguments);
            return result instanceof Statement statement
                    ? recording(method.getReturnType(), statement, sqlIn(arguments))
                    : result;
        });
    }

    private Object recording(Class<?> type, Statement statement, String prepared) {
        return proxy(type, statement, (self, method, arguments) -> {
            if (method.getName().startsWith("execute") || method.getName().equals("addBatch")) {
                String sql = sqlIn(arguments);
                statements.add(sql.isEmpty() ? prepared : sql);
            }
            Object result = call(statement, method, arguments);
            return result instanceof ResultSet rows ? counting(rows) : result;
        });
    }

    private static String sqlIn(Object[] arguments) {
        return arguments != null && arguments.length > 0 && arguments[0] instanceof String sql ? sql : "";
    }

    private Object counting(ResultSet rows) {
        return proxy(ResultSet.class, rows, (self, method, arguments) -> {
            Object result = call(rows, method, arguments);
            if (method.getName().equals("next") && Boolean.TRUE.equals(result)) {
                rowsRead.incrementAndGet();
            }
            return result;
        });
    }

    private static Object proxy(Class<?> type, Object target, InvocationHandler handler) {
        return Proxy.newProxyInstance(RecordingDataSource.class.getClassLoader(), new Class<?>[] {type}, handler);
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
