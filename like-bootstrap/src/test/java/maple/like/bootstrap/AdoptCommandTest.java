package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.text.Normalizer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.jpa.TestDatabases;
import maple.like.adapter.jpa.adoption.TableAdoption;
import maple.like.adapter.redis.PredecessorChanges;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.adapter.redis.RedisNodes;
import maple.like.adapter.redis.RedisSettings;
import maple.like.adapter.redis.TestRedis;
import maple.like.application.DatabaseUnavailableException;
import maple.like.bootstrap.Service.Answer;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** From the predecessor to this service, and back. */
class AdoptCommandTest {
    private static final long SEED = Long.getLong("adopt.seed", System.nanoTime());
    private static final int CHARACTERS = 12;

    private final TestRedis redis = TestRedis.started();
    private TestDatabase database;
    private JdbcTemplate sql;
    private Predecessor predecessor;
    private String output = "";

    private void predecessor(String vendor) {
        System.out.println("adopt.seed=" + SEED);
        database = TestDatabases.empty(vendor);
        sql = new JdbcTemplate(database.dataSource());
        predecessor = new Predecessor(database, redis, SEED);
        predecessor.createTables(vendor);
        predecessor.addCharacters(CHARACTERS);
    }

    @AfterEach
    void stop() {
        redis.close();
        if (database != null) {
            database.close();
        }
    }

    private int adopt(String... options) {
        return adopt(Service.configured(redis, database), options);
    }

    private int adopt(Map<String, String> properties, String... options) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = AdoptCommand.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                Stream.of(Stream.of(AdoptCommand.NAME), Stream.of(options), Stream.of(Service.arguments(properties)))
                        .flatMap(each -> each)
                        .toArray(String[]::new));
        output = out.toString(StandardCharsets.UTF_8);
        return code;
    }

    private void assertEveryLikeIsARow() {
        assertThat(predecessor.rows()).containsExactlyInAnyOrderElementsOf(predecessor.liked());
        assertThat(sql.queryForList("""
                select user_ign from game_character c where like_count is null or like_count <>
                       (select count(*) from character_like l where l.target_ocid = c.ocid)""", String.class)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"MySql", "PostgreSql"})
    void everyLikeOfThePredecessorIsServedAndBackAgain(String vendor) {
        predecessor(vendor);
        predecessor.run(2_000, CHARACTERS, 30);
        List<?> before = sql.queryForList("select * from game_character order by id");

        assertThat(adopt("--dry-run")).as(output).isEqualTo(AdoptCommand.TO_ADOPT);
        assertThat(output).contains("game_character.like_count", "{likes}:relations:pending", "{likes}:buffer");
        assertThat(sql.queryForList("select * from game_character order by id")).isEqualTo(before);

        assertThat(adopt()).as(output).isEqualTo(AdoptCommand.ADOPTED);
        assertEveryLikeIsARow();
        assertThat(redis.commands().keys("*")).isEmpty();
        assertThat(adopt()).as(output).isEqualTo(AdoptCommand.ADOPTED);
        assertThat(output).contains("nothing to adopt");

        try (Service service = Service.start(Service.configured(redis, database))) {
            for (int character = 0; character < CHARACTERS; character++) {
                long likes = count(character);
                assertThat(service.like(Predecessor.name(character), "Account-1"))
                        .isEqualTo(new Answer(true, likes + 1));
                assertThat(service.like(Predecessor.name(character), "ACCOUNT-1"))
                        .isEqualTo(new Answer(true, likes + 2));
                predecessor.told.put("Account-1:" + Predecessor.ocid(character), true);
                predecessor.told.put("ACCOUNT-1:" + Predecessor.ocid(character), true);
            }
            assertThat(service.bean(MeterRegistry.class)
                            .get("like.drift")
                            .counter()
                            .count())
                    .isZero();
        }
        assertEveryLikeIsARow();

        // The way back, and once more.
        predecessor.run(500, CHARACTERS, 30);
        assertThat(adopt("--again")).as(output).isEqualTo(AdoptCommand.ADOPTED);
        assertEveryLikeIsARow();
        try (Service service = Service.start(Service.configured(redis, database))) {
            long likes = count(0);
            assertThat(service.like(Predecessor.name(0), "another")).isEqualTo(new Answer(true, likes + 1));
            await().until(() -> count(0) == likes + 1);
        }
    }

    private long count(int character) {
        return sql.queryForObject(
                "select like_count from game_character where ocid = ?", Long.class, Predecessor.ocid(character));
    }

    /** Dies after one statement or commit more in each attempt. */
    @ParameterizedTest
    @ValueSource(strings = {"MySql", "PostgreSql"})
    void anAdoptionThatIsKilledIsContinued(String vendor) throws SQLException {
        predecessor(vendor);
        predecessor.run(300, CHARACTERS, 30);
        int attempts = 1;
        try (RedisAdapter adapter = RedisAdapter.connect(
                new RedisSettings(
                        RedisNodes.parse(redis.uri().toString()), Duration.ofSeconds(2), Duration.ofMinutes(1), 0),
                new LikePartitions(1),
                new SimpleMeterRegistry())) {
            while (!adoptsUntil(attempts, adapter.predecessorChanges())) {
                attempts++;
            }
        }
        assertThat(attempts).isGreaterThan(10);
        assertEveryLikeIsARow();
        assertThat(adopt()).isEqualTo(AdoptCommand.ADOPTED);
        assertThat(output).contains("nothing to adopt");
        try (Service service = Service.start(Service.configured(redis, database))) {
            long likes = count(0);
            assertThat(service.like(Predecessor.name(0), "another")).isEqualTo(new Answer(true, likes + 1));
        }
    }

    private boolean adoptsUntil(int calls, PredecessorChanges changes) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            TableAdoption tables = new TableAdoption(dying(connection, calls), Clock.systemUTC());
            int code = new AdoptCommand(
                            database.dataSource(),
                            tables,
                            Optional.of(changes),
                            false,
                            new PrintStream(out, true, StandardCharsets.UTF_8))
                    .adopt(false);
            assertThat(code).as(out.toString(StandardCharsets.UTF_8)).isEqualTo(AdoptCommand.ADOPTED);
            return true;
        } catch (DatabaseUnavailableException killed) {
            assertThat(killed).hasRootCauseMessage("killed");
            return false;
        }
    }

    /** Changes and commits count. */
    private static Connection dying(Connection target, int calls) {
        int[] left = {calls};
        return proxy(Connection.class, target, left, List.of("commit"));
    }

    private static <T> T proxy(Class<T> type, T target, int[] left, List<String> counted) {
        return type.cast(Proxy.newProxyInstance(
                AdoptCommandTest.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (left[0] == 0 && !method.getName().equals("close")) {
                        throw new SQLException("killed");
                    }
                    Object result;
                    try {
                        result = method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (counted.contains(method.getName()) && --left[0] == 0) {
                        throw new SQLException("killed");
                    }
                    return result instanceof PreparedStatement statement
                            ? proxy(PreparedStatement.class, statement, left, List.of("execute"))
                            : result;
                }));
    }

    @Test
    void whatAPersonHasToDecideIsNamedAndNothingIsChanged() {
        predecessor("PostgreSql");
        sql.execute("alter table game_character drop constraint uk2");
        sql.execute("alter table character_like add column source varchar(10) not null");
        sql.update("insert into game_character (user_ign, ocid) values ('twin', ?)", Predecessor.ocid(1));

        assertThat(adopt()).isEqualTo(AdoptCommand.FAILED);

        assertThat(output.lines().filter(line -> line.startsWith("DECIDE")))
                .hasSize(2)
                .anyMatch(line -> line.contains("unique (ocid)") && line.contains("1 values"))
                .anyMatch(line -> line.contains("character_like.source"));
        assertThat(sql.queryForList("select conname from pg_constraint where conname = 'uk1'", String.class))
                .hasSize(1);
    }

    @Test
    void rowsAreBroughtIntoTheFormThatTheServiceReads() {
        predecessor("MariaDb");
        String decomposed = Normalizer.normalize("가나", Normalizer.Form.NFD);
        sql.update("insert into game_character (user_ign, ocid, like_count) values (?, 'ocid-nfd', -3)", decomposed);
        sql.update("insert into game_character (user_ign, ocid) values ('odd', 'not an ocid')");
        sql.update("insert into character_like (created_at, liker_account_id, target_ocid) values"
                + " (now(), 'a', 'ocid-nfd'), (now(), 'a', 'gone')");

        assertThat(adopt()).as(output).isEqualTo(AdoptCommand.ADOPTED);

        assertThat(sql.queryForObject("select like_count from game_character where user_ign = '가나'", Long.class))
                .isEqualTo(1);
        assertThat(output.lines().filter(line -> line.startsWith("NOTE")))
                .anyMatch(line -> line.contains("'not an ocid' is no OCID"))
                .anyMatch(line -> line.contains("1 rows of characters that do not exist"));
        sql.update(
                "insert into game_character (user_ign, ocid, version) values ('by the other writer', 'ocid-new', 1)");
    }

    @Test
    void anotherUserOfTheDatabaseIsToldWhatItMayNotDo() {
        predecessor("PostgreSql");
        sql.execute("create role adopter login");
        sql.execute("grant select on game_character, character_like to adopter");
        try {
            Map<String, String> properties = Service.configured(redis, database);
            properties.put("spring.datasource.username", "adopter");
            assertThat(adopt(properties, "--dry-run")).as(output).isEqualTo(AdoptCommand.TO_ADOPT);
            assertThat(adopt(properties)).isEqualTo(AdoptCommand.FAILED);
            assertThat(output).contains("must be owner of", "run again").doesNotContain("\tat ");
        } finally {
            sql.execute("drop owned by adopter");
            sql.execute("drop role adopter");
        }
    }
}
