package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maple.like.adapter.jpa.SchemaHistory;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.jpa.TestDatabases;
import maple.like.bootstrap.Service.Answer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/**
 * Startup on a schema that others have used, an earlier version of the service or another application, and as a user who
 * may not create tables. A start that cannot work ends with a sentence.
 */
@ExtendWith(OutputCaptureExtension.class)
@ParameterizedClass
@ValueSource(strings = {"PostgreSql", "MySql"})
class MigrationTest {
    private static final String DEFAULT_HISTORY = "flyway_schema_history";

    @AutoClose
    private final Servers servers;

    MigrationTest(String vendor) {
        servers = Servers.on(TestDatabases.empty(vendor));
    }

    private int migrations(String history) {
        return servers.database.flyway(history).load().info().applied().length;
    }

    private int failedMigrations() {
        return servers.sql.queryForObject(
                "select count(*) from " + SchemaHistory.TABLE + " where not success", Integer.class);
    }

    private String failsStartup(CapturedOutput output) {
        return Service.failsStartup(servers.configuration(), output);
    }

    private void likeAndStore(String name) {
        try (Service service = servers.start()) {
            assertThat(service.toggle(servers.character(name), "account-1")).isEqualTo(new Answer(true, 1));
            await().until(() -> servers.storedCount(name) == 1);
        }
    }

    @Test
    void aDatabaseOfTheFirstVersionIsUpgraded() {
        servers.database.migrate(DEFAULT_HISTORY, "5?");
        String name = servers.character("Old");
        servers.sql.update(
                "insert into character_like (target_ocid, liker_account_id, created_at) values (?, 'account-1', now())",
                Servers.ocid(name));
        servers.sql.update("update game_character set like_count = 1");
        for (int start = 2; start <= 3; start++) {
            try (Service service = servers.start()) {
                assertThat(service.status(name, "account-1")).isEqualTo(new Answer(true, start - 1));
                assertThat(service.like(name, "account-" + start)).isEqualTo(new Answer(true, start));
            }
            assertThat(servers.storedCount(name)).isEqualTo(start);
        }
        assertThat(migrations(DEFAULT_HISTORY)).isZero();
        assertThat(migrations(SchemaHistory.TABLE)).isPositive();
        assertThat(failedMigrations()).isZero();
    }

    @Test
    void theTablesAndTheHistoryOfAnotherApplicationAreLeftAlone() {
        servers.sql.execute("create table orders (id bigint primary key)");
        servers.database.flyway(DEFAULT_HISTORY).baselineVersion("7").load().baseline();
        List<?> before = servers.sql.queryForList("select * from " + DEFAULT_HISTORY);
        likeAndStore("Shared");
        assertThat(servers.sql.queryForList("select * from " + DEFAULT_HISTORY)).isEqualTo(before);
        assertThat(failedMigrations()).isZero();
    }

    @Test
    void tablesOfTheDesignThatTheServiceDidNotCreateAreToBeAdopted(CapturedOutput output) {
        servers.sql.execute("create table character_like (id bigint primary key)");
        servers.sql.execute("create table game_character (id bigint primary key)");
        for (int start = 0; start < 2; start++) {
            assertThat(failsStartup(output))
                    .contains("did not create: game_character, character_like", "adopt --dry-run");
        }
        servers.sql.execute("drop table character_like");
        servers.sql.execute("drop table game_character");
        servers.sql.execute("create table like_partition (id bigint primary key)");
        assertThat(failsStartup(output)).contains("did not create: like_partition", "another schema");
    }

    @Test
    void aMigrationThatFailsAndOneThatFailedAreNamed(CapturedOutput output) {
        servers.database.migrate(SchemaHistory.TABLE, "4");
        servers.sql.execute("alter table like_set_aside add column partition_id integer");
        assertThat(failsStartup(output)).contains("V6__rows_own_their_facts.sql failed: ", "partition_id");
        assertThat(failsStartup(output)).contains("V6__rows_own_their_facts.sql failed");
    }

    @Test
    void aHistoryOfAnotherVersionIsNamed(CapturedOutput output) {
        servers.database.migrate(SchemaHistory.TABLE, "latest");
        servers.sql.update("update " + SchemaHistory.TABLE + " set checksum = 1 where version = '1'");
        assertThat(failsStartup(output)).contains("not those of this version", "checksum");
    }

    @Test
    void aUserWhoMayNotCreateTablesNeedsTheStatementsOfSchema(CapturedOutput output) {
        try (TestDatabase user = servers.database.asUserWithoutRights()) {
            Map<String, String> restricted = servers.configuration(login(user));
            assertThat(Service.failsStartup(restricted, output))
                    .contains("spring.datasource.username may not create", "like-bootstrap-*.jar schema prints");
            executeAsAdministrator(schema(restricted));
            try (Service service = servers.start(login(user))) {
                assertThat(service.toggle(servers.character("Restricted"), "account-1"))
                        .isEqualTo(new Answer(true, 1));
                await().until(() -> servers.storedCount("Restricted") == 1);
                servers.sql.execute("revoke select on character_like from " + user.user());
                HttpResponse<String> refused =
                        service.send("GET", "/api/v2/accounts/me/likes", Service.token("account-1"));
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.headers().firstValue("Retry-After")).isPresent();
                assertThat(output.getAll())
                        .containsPattern("The database refuses calls for want of a right or a table: .*denied")
                        .doesNotContainPattern("Request \\S+ failed");
            }
            servers.sql.execute("revoke select on like_partition from " + user.user());
            assertThat(Service.failsStartup(restricted, output)).contains("denied", "like_partition", "schema grants");
        }
        assertThat(failedMigrations()).isZero();
    }

    @Test
    void aUserWhoMayNotChangeTablesNeedsTheStatementsOfSchemaAfterTheirVersion(CapturedOutput output) {
        servers.database.migrate(DEFAULT_HISTORY, "4");
        try (TestDatabase user = servers.database.asUserWithoutRights()) {
            servers.database.grantRows(user.user());
            Map<String, String> restricted = servers.configuration(login(user));
            assertThat(Service.failsStartup(restricted, output)).contains("may not create or change", DEFAULT_HISTORY);
            SchemaHistory.adopt(servers.database.dataSource());
            for (int start = 0; start < 2; start++) {
                assertThat(Service.failsStartup(restricted, output)).contains("schema --after=");
            }
            executeAsAdministrator(schema(restricted, after(output)));
            servers.start(login(user)).close();
        }
    }

    /** The option that the last start asked for. */
    private static String after(CapturedOutput output) {
        return output.getAll().replaceFirst("(?s).* schema (--after=\\d+) .*", "$1");
    }

    private static String[] login(TestDatabase user) {
        return new String[] {
            "spring.datasource.username=" + user.user(), "spring.datasource.password=" + user.password()
        };
    }

    /** What the command prints without a database that it could ask. */
    private static String schema(Map<String, String> properties, String... options) {
        Map<String, String> unreachable = new HashMap<>(properties);
        unreachable.computeIfPresent("spring.datasource.url", (key, url) -> url.replaceFirst(":\\d+/", ":1/"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = SchemaCommand.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                Stream.of(Stream.of(SchemaCommand.NAME), Stream.of(options), Stream.of(Service.arguments(unreachable)))
                        .flatMap(each -> each)
                        .toArray(String[]::new));
        assertThat(code).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    private void executeAsAdministrator(String script) {
        servers.sql.execute((ConnectionCallback<?>) connection -> {
            ScriptUtils.executeSqlScript(connection, new ByteArrayResource(script.getBytes(StandardCharsets.UTF_8)));
            return null;
        });
    }
}
