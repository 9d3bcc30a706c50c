package maple.like.bootstrap.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import maple.like.adapter.redis.ChildProcess;

/** Passes bytes on to a port of this machine, until it is told not to. */
public final class Proxy implements AutoCloseable {
    private final int target;
    private final int port = ChildProcess.freePort();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private ServerSocket listener;
    private boolean stalled;

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
        open.forEach(Proxy::closeQuietly);
    }

    synchronized void restore() {
        listen();
    }

    /** Keeps the connections and takes new ones, but passes nothing on. */
    public synchronized void stall() {
        stalled = true;
    }

    public synchronized void release() {
        stalled = false;
        notifyAll();
    }

    private synchronized void awaitFlow() throws InterruptedException {
        while (stalled) {
            wait();
        }
    }

    private void listen() {
        try {
            ServerSocket opened = new ServerSocket();
            opened.setReuseAddress(true);
            opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            listener = opened;
            begin(() -> accept(opened));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket from) {
        try {
            while (true) {
                Socket client = from.accept();
                Socket server = new Socket();
                open.add(client);
                open.add(server);
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 2000);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                begin(() -> pass(client, server));
                begin(() -> pass(server, client));
                if (from.isClosed()) { // while this connection was being made
                    closeQuietly(client);
                    closeQuietly(server);
                }
            }
        } catch (IOException closed) {
            // cut
        }
    }

    private void pass(Socket from, Socket to) {
        byte[] bytes = new byte[16 * 1024];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                awaitFlow();
                out.write(bytes, 0, length);
            }
        } catch (IOException broken) {
            // by either side, or cut
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(from);
            open.remove(to);
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
            // it is gone either way
        }
    }

    @Override
    public void close() {
        cut();
        release();
    }
}
