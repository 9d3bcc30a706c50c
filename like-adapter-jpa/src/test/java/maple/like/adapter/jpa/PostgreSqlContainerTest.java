package maple.like.adapter.jpa;

import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** On the PostgreSQL of an image; {@code -Dtest.image.postgres} names another. */
@Testcontainers(disabledWithoutDocker = true)
class PostgreSqlContainerTest extends JpaLikesSuite {
    @Container
    private static final PostgreSQLContainer SERVER = new PostgreSQLContainer(
            DockerImageName.parse(System.getProperty("test.image.postgres", "postgres:17-alpine"))
                    .asCompatibleSubstituteFor("postgres"));

    @Override
    TestDatabase newDatabase() {
        return TestDatabase.migrated(SERVER.getJdbcUrl(), SERVER.getUsername(), SERVER.getPassword());
    }
}
