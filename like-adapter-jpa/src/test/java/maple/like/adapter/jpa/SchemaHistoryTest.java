package maple.like.adapter.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import maple.like.application.contract.Workers;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@ValueSource(strings = {"H2", "PostgreSql", "MySql", "MariaDb"})
class SchemaHistoryTest {
    private static final String DEFAULT = "flyway_schema_history";

    @AutoClose
    private final TestDatabase database;

    SchemaHistoryTest(String vendor) {
        database = TestDatabases.empty(vendor);
    }

    @Test
    void theHistoryOfAnEarlierVersionIsRenamedAndContinued() {
        database.migrate(DEFAULT, "4");
        int applied = applied(DEFAULT);
        Workers.together(3, number -> SchemaHistory.adopt(database.dataSource()));
        assertThat(applied(DEFAULT)).isZero();
        assertThat(applied(SchemaHistory.TABLE)).isEqualTo(applied).isGreaterThanOrEqualTo(4);
        flyway(DEFAULT).baseline(); // the name is free for another application
        database.migrate(SchemaHistory.TABLE, "latest");
        assertThat(database.query("select state from like_partition")).isEmpty();
    }

    @Test
    void theHistoryOfAnotherApplicationIsLeftAlone() {
        SchemaHistory.adopt(database.dataSource());
        flyway(DEFAULT).baseline();
        SchemaHistory.adopt(database.dataSource());
        assertThat(applied(DEFAULT)).isEqualTo(1);
        assertThat(applied(SchemaHistory.TABLE)).isZero();
    }

    private int applied(String table) {
        return flyway(table).info().applied().length;
    }

    private Flyway flyway(String table) {
        return database.flyway(table).load();
    }
}
