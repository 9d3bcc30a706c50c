package maple.like.bootstrap.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import maple.like.adapter.redis.ChildProcess;

/** Forwards connections to a port of this machine, and breaks them in various ways. */
public final class Proxy implements AutoCloseable {
    private static final int BACKLOG = 200;
    private static final int BUFFER = 16 * 1024;

    private final int target;
    private final int port = ChildProcess.freePort();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private ServerSocket listener;
    private boolean stalled;
    private volatile Lost lost = Lost.NOTHING;

    enum Lost {
        NOTHING,
        REPLIES,
        EVERYTHING
    }

    public Proxy(int target) {
        this.target = target;
        listen();
    }

    public int port() {
        return port;
    }

    /** Breaks all connections and refuses new ones. */
    synchronized void cut() {
        closeQuietly(listener);
        drop();
    }

    synchronized void restore() {
        listen();
    }

    /** Breaks all connections. */
    public void drop() {
        connections.forEach(Connection::close);
    }

    /** Keeps the connections and accepts new ones, but forwards nothing until the release. */
    public synchronized void stall() {
        stalled = true;
    }

    public synchronized void release() {
        stalled = false;
        notifyAll();
    }

    private synchronized void awaitRelease() throws InterruptedException {
        while (stalled) {
            wait();
        }
    }

    /** Loses bytes from now on. A connection that has lost any stays dead without closing; new ones may work again. */
    void lose(Lost what) {
        lost = what;
        if (what != Lost.NOTHING) {
            connections.forEach(connection -> connection.lost = what);
        }
    }

    /** All connections lose everything from now on, without closing; new ones work. */
    public void die() {
        connections.forEach(connection -> connection.lost = Lost.EVERYTHING);
    }

    private void listen() {
        try {
            ServerSocket opened = new ServerSocket();
            opened.setReuseAddress(true);
            opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
            listener = opened;
            begin(() -> accept(opened));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket from) {
        try {
            while (true) {
                Connection connection = new Connection(from.accept(), new Socket());
                connections.add(connection);
                begin(() -> open(connection));
                if (from.isClosed()) { // while this connection was accepted
                    connection.close();
                }
            }
        } catch (IOException closed) {
            // cut
        }
    }

    private void open(Connection connection) {
        try {
            connection.server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 2000);
            connection.client.setTcpNoDelay(true);
            connection.server.setTcpNoDelay(true);
            if (lost != Lost.NOTHING) {
                connection.lost = lost;
            }
            begin(() -> forward(connection, false));
            forward(connection, true);
        } catch (IOException refused) {
            connection.close();
        }
    }

    private void forward(Connection connection, boolean requests) {
        Socket from = requests ? connection.client : connection.server;
        Socket to = requests ? connection.server : connection.client;
        byte[] bytes = new byte[BUFFER];
        try {
            int length;
            while ((length = from.getInputStream().read(bytes)) >= 0) {
                awaitRelease();
                if (connection.lost == Lost.NOTHING || requests && connection.lost == Lost.REPLIES) {
                    to.getOutputStream().write(bytes, 0, length);
                }
            }
        } catch (IOException broken) {
            // by either side, or cut
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connection.close();
        }
    }

    private static void begin(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            // it is closed either way
        }
    }

    @Override
    public void close() {
        cut();
        release();
    }

    private final class Connection {
        final Socket client;
        final Socket server;
        volatile Lost lost = Lost.NOTHING;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void close() {
            connections.remove(this);
            closeQuietly(client);
            closeQuietly(server);
        }
    }
}
