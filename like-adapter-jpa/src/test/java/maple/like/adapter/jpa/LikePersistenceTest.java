package maple.like.adapter.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import jakarta.persistence.Entity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LikePersistenceTest {
    @ParameterizedTest
    @CsvSource({"H2,h2", "PostgreSQL,postgresql", "MySQL,mysql", "MariaDB,mysql"})
    void eachSupportedDatabaseHasItsMigrations(String product, String folder) {
        assertThat(LikePersistence.migrations(product)).isEqualTo("classpath:db/migration/" + folder);
        assertThat(getClass().getResource("/db/migration/" + folder + "/V1__likes.sql"))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Oracle", "Microsoft SQL Server", ""})
    void anotherDatabaseIsRefusedByName(String product) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LikePersistence.migrations(product))
                .withMessageContaining("not " + product);
    }

    @Test
    void theEntitiesAreKnown() {
        assertThat(LikePersistence.entityClasses())
                .hasSize(5)
                .allSatisfy(type -> assertThat(type).hasAnnotation(Entity.class));
    }
}
