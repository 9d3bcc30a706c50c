package maple.like.adapter.jpa;

import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.mysql.MySQLContainer;
import org.testcontainers.utility.DockerImageName;

/** On the MySQL of an image; {@code -Dtest.image.mysql} names another. */
@Testcontainers(disabledWithoutDocker = true)
class MySqlContainerTest extends JpaLikesSuite {
    @Container
    private static final MySQLContainer SERVER =
            new MySQLContainer(DockerImageName.parse(System.getProperty("test.image.mysql", "mysql:8.0"))
                    .asCompatibleSubstituteFor("mysql"));

    @Override
    TestDatabase newDatabase() {
        return TestDatabase.migrated(SERVER.getJdbcUrl(), SERVER.getUsername(), SERVER.getPassword());
    }
}
