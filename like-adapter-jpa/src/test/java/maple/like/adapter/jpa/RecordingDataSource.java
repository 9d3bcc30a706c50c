package maple.like.adapter.jpa;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Stands before a data source, notes every statement that is sent through it, and can cut the connection. */
public final class RecordingDataSource {
    private final DataSource target;
    private final List<String> statements = new CopyOnWriteArrayList<>();
    private final AtomicInteger batchedRows = new AtomicInteger();
    private final Set<Connection> inUse = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;

    private RecordingDataSource(DataSource target) {
        this.target = target;
    }

    public static RecordingDataSource around(DataSource target) {
        return new RecordingDataSource(target);
    }

    /** What the code under test is to use. */
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

    /** The text of each execution, in order; one entry for a JDBC batch, whatever its size. */
    public List<String> statements() {
        return List.copyOf(statements);
    }

    /** How many rows were added to JDBC batches. */
    public int batchedRows() {
        return batchedRows.get();
    }

    /** Forgets what was noted. */
    public void reset() {
        statements.clear();
        batchedRows.set(0);
    }

    /** From now on nobody gets a connection, as from a pool whose database is away, or everybody does again. */
    public void refuseConnections(boolean refuse) {
        refusing = refuse;
    }

    /** Cuts every connection that is in use, without a word to the server. */
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
            switch (method.getName()) {
                case "close" -> inUse.remove(connection);
                case "prepareStatement" -> {
                    return recording(PreparedStatement.class, (Statement) call(connection, method, arguments), (String)
                            arguments[0]);
                }
                case "prepareCall" -> {
                    return recording(CallableStatement.class, (Statement) call(connection, method, arguments), (String)
                            arguments[0]);
                }
                case "createStatement" -> {
                    return recording(Statement.class, (Statement) call(connection, method, arguments), "");
                }
                default -> {}
            }
            return call(connection, method, arguments);
        });
    }

    private Object recording(Class<? extends Statement> type, Statement statement, String prepared) {
        return proxy(type, statement, (self, method, arguments) -> {
            String name = method.getName();
            if (name.startsWith("execute")) {
                boolean named = arguments != null && arguments.length > 0 && arguments[0] instanceof String;
                statements.add(named ? (String) arguments[0] : prepared);
            } else if (name.equals("addBatch")) {
                batchedRows.incrementAndGet();
            }
            return call(statement, method, arguments);
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
