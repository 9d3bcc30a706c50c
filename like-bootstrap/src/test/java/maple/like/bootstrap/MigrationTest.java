package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import maple.like.adapter.jpa.DatabaseVendor;
import maple.like.adapter.jpa.SchemaHistory;
import maple.like.bootstrap.Service.Answer;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Startup on a schema that others have used: an earlier version of the service, or another application. */
class MigrationTest {
    private static final String DEFAULT_HISTORY = "flyway_schema_history";

    @AutoClose
    private final Servers servers = new Servers();

    @BeforeEach
    void empty() {
        servers.sql.execute("drop schema public cascade");
        servers.sql.execute("create schema public");
    }

    private FluentConfiguration flyway() {
        return Flyway.configure().dataSource(servers.database.dataSource());
    }

    private List<String> histories() {
        return servers.sql.queryForList(
                "select tablename from pg_tables where tablename like '%_schema_history'", String.class);
    }

    private int failedMigrations() {
        return servers.sql.queryForObject(
                "select count(*) from " + SchemaHistory.TABLE + " where not success", Integer.class);
    }

    @Test
    void aDatabaseOfTheFirstVersionIsUpgraded() {
        String migrations = DatabaseVendor.of(servers.database.dataSource()).migrations();
        flyway().locations(migrations).target("5").load().migrate();
        assertThat(histories()).containsExactly(DEFAULT_HISTORY);
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
        assertThat(histories()).containsExactly(SchemaHistory.TABLE);
        assertThat(failedMigrations()).isZero();
    }

    @Test
    void theHistoryOfAnotherApplicationIsLeftAlone() {
        servers.sql.execute("create table orders (id bigint primary key)");
        flyway().baselineVersion("7").load().baseline();
        List<?> before = servers.sql.queryForList("select * from " + DEFAULT_HISTORY);
        try (Service service = servers.start()) {
            String name = servers.character("Shared");
            assertThat(service.toggle(name, "account-1")).isEqualTo(new Answer(true, 1));
            await().until(() -> servers.storedCount(name) == 1);
        }
        assertThat(histories()).containsExactlyInAnyOrder(SchemaHistory.TABLE, DEFAULT_HISTORY);
        assertThat(servers.sql.queryForList("select * from " + DEFAULT_HISTORY)).isEqualTo(before);
        assertThat(failedMigrations()).isZero();
    }
}
