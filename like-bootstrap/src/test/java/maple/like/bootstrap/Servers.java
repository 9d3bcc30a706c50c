package maple.like.bootstrap;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.jpa.TestDatabases;
import maple.like.adapter.redis.TestRedis;
import maple.like.domain.CharacterName;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A real database, PostgreSQL unless {@code -Dtest.database} names another, and, as a rule, a real Redis of a test's own; starts instances on them, which it
 * stops when it is closed, and reads the tables.
 */
final class Servers implements AutoCloseable {
    final TestRedis redis;
    final TestDatabase database;
    final JdbcTemplate sql;
    private final String redisUri;
    private final List<Service> started = new CopyOnWriteArrayList<>();

    Servers() {
        this(TestRedis.started());
    }

    Servers(TestRedis redis) {
        this(redis, redis.uri().toString());
    }

    private Servers(TestRedis redis, String redisUri) {
        this(redis, redisUri, TestDatabases.chosen("PostgreSql"));
    }

    private Servers(TestRedis redis, String redisUri, TestDatabase database) {
        this.redis = redis;
        this.redisUri = redisUri;
        this.database = database;
        this.sql = new JdbcTemplate(database.dataSource());
    }

    /** With a database of a vendor, see {@link TestDatabases#migrated}. */
    static Servers on(String vendor) {
        return on(TestDatabases.migrated(vendor));
    }

    /** With a database that may have no tables yet. */
    static Servers on(TestDatabase database) {
        TestRedis redis = TestRedis.started();
        return new Servers(redis, redis.uri().toString(), database);
    }

    /** With a Redis that belongs to the test. */
    static Servers with(String redisUri) {
        return new Servers(null, redisUri);
    }

    /**
     * The configuration of an instance.
     *
     * @param properties as {@code name=value}, or {@code name=} for one that is not set
     */
    Map<String, String> configuration(String... properties) {
        Map<String, String> configuration = Service.configured(redisUri, database);
        for (String property : properties) {
            String[] parts = property.split("=", 2);
            configuration.put(parts[0], parts[1]);
            configuration.remove(parts[0], "");
        }
        return configuration;
    }

    Service start(String... properties) {
        return startWith(configuration(properties));
    }

    /** With beans in addition. */
    Service startWith(Class<?> addition, String... properties) {
        return startWith(configuration(properties), addition);
    }

    private Service startWith(Map<String, String> configuration, Class<?>... additions) {
        Service service = Service.start(configuration, additions);
        started.add(service);
        return service;
    }

    /** Instances a, b and so on, with the same properties. */
    List<Service> startInstances(int count, String... properties) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        start(Stream.concat(Stream.of("app.instance-id=" + (char) ('a' + i)), Arrays.stream(properties))
                                .toArray(String[]::new)))
                .toList();
    }

    /** Adds a character, as an operator does. */
    String character(String name) {
        String normalised = new CharacterName(name).value();
        sql.update("insert into game_character (user_ign, ocid) values (?, ?)", normalised, ocid(normalised));
        return normalised;
    }

    List<String> characters(int count, String prefix) {
        return IntStream.range(0, count).mapToObj(i -> character(prefix + i)).toList();
    }

    static String ocid(String name) {
        return "ocid-" + Integer.toHexString(name.hashCode());
    }

    long storedCount(String name) {
        return sql.queryForObject("select like_count from game_character where user_ign = ?", Long.class, name);
    }

    List<String> storedLikers(String name) {
        return sql.queryForList(
                "select liker_account_id from character_like where target_ocid = ?", String.class, ocid(name));
    }

    /** Characters whose count is not the number of their rows, read by one statement: always none. */
    List<String> miscounted() {
        return sql.queryForList("""
                select c.user_ign from game_character c where c.like_count <>
                       (select count(*) from character_like l where l.target_ocid = c.ocid)""", String.class);
    }

    /** Ends the session that holds the instance lock, as a broken connection does; false if there is none. */
    boolean cutInstanceLock() {
        return database.cutInstanceLock();
    }

    /** The same once another instance waits for the lock; false before. */
    boolean cutInstanceLockForNextInLine() {
        return database.isInstanceLockAwaited() && cutInstanceLock();
    }

    @Override
    public void close() {
        started.forEach(Service::close);
        if (redis != null) {
            redis.close();
        }
        database.close();
    }
}
