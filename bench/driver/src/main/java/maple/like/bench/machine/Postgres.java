package maple.like.bench.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A PostgreSQL server with default settings. */
public final class Postgres {
    /** The superuser. */
    public static final String USER = "bench";

    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration START = Duration.ofSeconds(30);

    private final Program program;
    private final int port;
    private final String password;

    private Postgres(Program program, int port, String password) {
        this.program = program;
        this.port = port;
        this.password = password;
    }

    /** Starts a server in a new directory. */
    public static Postgres start(Workspace workspace, Path binaries) {
        String password = UUID.randomUUID().toString();
        Path home = workspace.directory().resolve("postgres");
        Path secret = home.resolve("password");
        List<String> asUser = new ArrayList<>();
        try {
            Files.createDirectory(home);
            Files.createFile(
                    secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(secret, password + "\n", StandardCharsets.UTF_8);
            if (System.getProperty("user.name").equals("root")) {
                // PostgreSQL refuses to run as root.
                String[] account = unprivileged();
                UserPrincipal owner =
                        home.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(account[0]);
                Files.setOwner(home, owner);
                Files.setOwner(secret, owner);
                asUser.addAll(
                        List.of("setpriv", "--reuid=" + account[2], "--regid=" + account[3], "--clear-groups", "--"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String data = home.resolve("data").toString();
        workspace.run(
                "initdb",
                command(
                        asUser,
                        binaries.resolve("initdb").toString(),
                        "--pgdata=" + data,
                        "--username=" + USER,
                        "--auth=scram-sha-256",
                        "--pwfile=" + secret,
                        "--encoding=UTF8",
                        "--locale=C.UTF-8"),
                Duration.ofMinutes(2));
        int port = Workspace.freePort();
        Program program = workspace.start(
                "postgres",
                command(
                        asUser,
                        binaries.resolve("postgres").toString(),
                        "-D",
                        data,
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=",
                        "-c",
                        "log_line_prefix=%d "),
                GRACE);
        Postgres postgres = new Postgres(program, port, password);
        postgres.awaitStart();
        return postgres;
    }

    /** A line of {@code /etc/passwd}: name, password, user id, group id. */
    private static String[] unprivileged() throws IOException {
        List<String[]> users = Files.readAllLines(Path.of("/etc/passwd")).stream()
                .map(line -> line.split(":", -1))
                .filter(user -> user[0].equals("postgres") || user[0].equals("nobody"))
                .toList();
        return users.stream()
                .filter(user -> user[0].equals("postgres"))
                .findFirst()
                .orElseGet(() -> users.get(0));
    }

    private static List<String> command(List<String> prefix, String... command) {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(List.of(command));
        return whole;
    }

    private void awaitStart() {
        long end = System.nanoTime() + START.toNanos();
        while (true) {
            try (Connection connection = connect("postgres")) {
                if (connection.isValid(1)) {
                    return;
                }
            } catch (SQLException e) {
                if (System.nanoTime() > end || !program.isAlive()) {
                    throw program.failed("does not reply");
                }
            }
            Workspace.pause(Duration.ofMillis(50));
        }
    }

    /** The process. */
    public Program program() {
        return program;
    }

    /** Creates an empty database. */
    public void create(String database) {
        execute("postgres", "create database \"" + database + "\"");
    }

    /** The JDBC URL of a database. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** The password of {@link #USER}. */
    public String password() {
        return password;
    }

    /** Opens a connection; the caller closes it. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), USER, password);
    }

    /** Runs a statement. */
    public void execute(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new BenchException("PostgreSQL rejected: " + sql, e);
        }
    }
}
