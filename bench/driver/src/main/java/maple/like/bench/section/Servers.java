package maple.like.bench.section;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import maple.like.bench.load.Population;
import maple.like.bench.load.Traffic;
import maple.like.bench.machine.BenchException;
import maple.like.bench.machine.Http;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.machine.Postgres;
import maple.like.bench.machine.Program;
import maple.like.bench.machine.Redis;
import maple.like.bench.machine.Workspace;

/**
 * Starts servers, each with its own Redis and database, all with the same arguments. A server that is returned is ready
 * for load.
 */
final class Servers {
    /** The options of every JVM. */
    static final List<String> JVM_FLAGS = List.of("-Xmx512m", "-XX:+UseG1GC");

    private static final Duration START = Duration.ofMinutes(2);
    private static final int OTHER_INSTANCES = 2;

    private final Workspace workspace;
    private final Postgres postgres;
    private final Population population;
    private final Options options;
    private final Http http = new Http();
    private final Map<Kind, LikeServer> running = new EnumMap<>(Kind.class);

    Servers(Workspace workspace, Postgres postgres, Population population, Options options) {
        this.workspace = workspace;
        this.postgres = postgres;
        this.population = population;
        this.options = options;
    }

    /** The server of a kind; the first call starts it. */
    LikeServer of(Kind kind) {
        return running.computeIfAbsent(kind, missing -> {
            LikeServer server = start(missing, missing.toString(), List.of());
            if (missing.usesRedis()) {
                for (int i = 0; i < OTHER_INSTANCES; i++) {
                    server.redis().subscribe();
                }
            }
            return server;
        });
    }

    /** Starts another server with additional arguments. */
    LikeServer start(Kind kind, String name, List<String> arguments) {
        postgres.create(name);
        return startOn(kind, name, arguments);
    }

    /** Starts another server on an existing database. */
    LikeServer startOn(Kind kind, String name, List<String> arguments) {
        LikeServer server = launch(kind, name, Redis.start(workspace, name), kind.isService(), arguments);
        if (kind.isService()) {
            awaitComplete(server);
        }
        addCharacters(name);
        cacheCharacters(server);
        return server;
    }

    /** Starts another service, whose Redis is down. */
    LikeServer startWithoutRedis(String name, List<String> arguments) {
        postgres.create(name);
        Redis redis = Redis.start(workspace, name);
        workspace.stop(redis.program());
        LikeServer server = launch(Kind.SERVICE, name, redis, false, arguments);
        addCharacters(name);
        cacheCharacters(server);
        return server;
    }

    private LikeServer launch(Kind kind, String name, Redis redis, boolean writesBehind, List<String> arguments) {
        Bench.say("starting " + name);
        int port = Workspace.freePort();
        Program program = workspace.start(name, command(kind, name, redis, port, List.of(), arguments));
        LikeServer server = new LikeServer(name, program, port, redis, writesBehind);
        awaitReady(server);
        return server;
    }

    /** Toggles every character once, so that the load finds the server's caches filled. */
    private void cacheCharacters(LikeServer server) {
        IntStream.range(0, population.names().size()).parallel().forEach(character -> {
            String answer = http.send(
                    server,
                    "POST",
                    Traffic.TOGGLES.path(population, character),
                    population.tokens().get(0));
            if (!answer.contains("\"likeCount\":")) {
                throw server.program().failed("replied " + answer);
            }
        });
    }

    /** Stops a server and its Redis. */
    void stop(LikeServer server) {
        workspace.stop(server.program());
        workspace.stop(server.redis().program());
    }

    /** The command that starts a server. */
    List<String> command(
            Kind kind, String database, Redis redis, int port, List<String> jvmFlags, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_FLAGS);
        command.addAll(jvmFlags);
        // An account makes far more changes than a person. An earlier version may not know the property as an argument.
        command.add("-Dlike.limits.changes-per-minute=0");
        command.add("-jar");
        command.add(jar(kind).toString());
        if (!kind.isService()) {
            command.add("--spring.profiles.active=" + kind);
            command.add("--spring.flyway.locations=classpath:db/migration/postgresql");
        }
        command.add("--server.address=127.0.0.1");
        command.add("--server.port=" + port);
        command.add("--app.instance-id=" + database);
        command.add("--like.auth.jwt-secret=" + population.secret());
        command.add("--like.redis.uri=" + redis.uri());
        command.add("--spring.datasource.url=" + postgres.url(database));
        command.add("--spring.datasource.username=" + Postgres.USER);
        command.add("--spring.datasource.password=" + postgres.password());
        command.addAll(arguments);
        return command;
    }

    private Path jar(Kind kind) {
        return switch (kind) {
            case SERVICE -> options.service();
            case EARLIER -> Objects.requireNonNull(options.earlier());
            case CEILING, SOURCE, TRANSACTION -> options.yardsticks();
        };
    }

    private void awaitReady(LikeServer server) {
        long end = System.nanoTime() + START.toNanos();
        while (!http.isReady(server.port())) {
            if (!server.program().isAlive() || System.nanoTime() > end) {
                throw server.program().failed("did not become ready");
            }
            Workspace.pause(Duration.ofMillis(50));
        }
    }

    private static void awaitComplete(LikeServer server) {
        long end = System.nanoTime() + START.toNanos();
        while (!server.redis().isComplete()) {
            if (System.nanoTime() > end) {
                throw server.program().failed("did not copy the database to Redis");
            }
            Workspace.pause(Duration.ofMillis(20));
        }
    }

    /** Adds the characters of the population. */
    void addCharacters(String database) {
        try (Connection connection = postgres.connect(database);
                PreparedStatement insert = connection.prepareStatement(
                        "insert into game_character (user_ign, ocid) select unnest(?::text[]), unnest(?::text[])"
                                + " on conflict do nothing")) {
            insert.setArray(
                    1, connection.createArrayOf("text", population.names().toArray()));
            insert.setArray(
                    2, connection.createArrayOf("text", population.ocids().toArray()));
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new BenchException("The characters cannot be added", e);
        }
    }
}
