package maple.like.adapter.jpa;

import static java.util.Objects.requireNonNullElse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A MySQL server with the defaults of MySQL, TLS and {@code caching_sha2_password} among them, and data of its own. It ends
 * with the JVM. The program is the one that the environment variable {@code MYSQLD} names, one on the {@code PATH}, or
 * what {@code .ci/mysql} fetched.
 */
final class MySqlServer {
    static final String USER = "likes";
    static final String PASSWORD = "likes";

    static final String CREATE_USER =
            "create user %s identified by '%s';%ngrant all on *.* to %1$s with grant option;%n"
                    .formatted(USER, PASSWORD);

    private static final long LONGEST_START_SECONDS = 60;

    private MySqlServer() {}

    /** The program, if there is one. MariaDB has one of the same name. */
    static Optional<Path> program() {
        String named = System.getenv("MYSQLD");
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        String cache = requireNonNullElse(
                System.getenv("XDG_CACHE_HOME"),
                Path.of(System.getProperty("user.home"), ".cache").toString());
        Stream<Path> directories = Stream.concat(
                Stream.of(requireNonNullElse(System.getenv("PATH"), "").split(":"))
                        .map(Path::of),
                Stream.of(Path.of("/usr/sbin"), Path.of(cache, "like-service", "mysql")));
        return directories
                .map(directory -> directory.resolve("mysqld"))
                .filter(Files::isExecutable)
                .filter(MySqlServer::isMySql)
                .findFirst();
    }

    private static boolean isMySql(Path program) {
        try {
            Process version = new ProcessBuilder(program.toString(), "--no-defaults", "--version")
                    .redirectErrorStream(true)
                    .start();
            String text = new String(version.getInputStream().readAllBytes());
            return version.waitFor() == 0 && !text.contains("MariaDB");
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Starts a server that skips what makes commits survive a crash of the machine.
     *
     * @return its port
     */
    static int start(Path program) throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("like-mysql");
        Path log = home.resolve("log");
        run(program, home, "--initialize-insecure").waitFor();
        Path users = Files.writeString(home.resolve("users.sql"), CREATE_USER);
        int port = freePort();
        Process server = run(
                program,
                home,
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--socket=" + home.resolve("socket"),
                "--pid-file=" + home.resolve("pid"),
                "--mysqlx=OFF",
                "--skip-log-bin",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-doublewrite=OFF",
                "--init-file=" + users);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, home)));
        Awaitility.await().atMost(LONGEST_START_SECONDS, TimeUnit.SECONDS).until(() -> {
            if (!server.isAlive()) {
                throw new IllegalStateException("MySQL did not start: " + Files.readString(log));
            }
            return Files.readString(log).contains("ready for connections. Version");
        });
        return port;
    }

    private static Process run(Path program, Path home, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--no-defaults"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
        command.add("--datadir=" + home.resolve("data"));
        command.addAll(List.of(options));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()))
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** What it wrote is worth nothing, so it need not end in an orderly way. */
    private static void stop(Process server, Path home) {
        server.destroyForcibly().onExit().join();
        try (Stream<Path> files = Files.walk(home)) {
            files.sorted((one, other) -> other.compareTo(one))
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
