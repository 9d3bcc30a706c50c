package maple.like.adapter.jpa;

import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.mariadb.MariaDBContainer;
import org.testcontainers.utility.DockerImageName;

/** On the MariaDB of an image; {@code -Dtest.image.mariadb} names another. */
@Testcontainers(disabledWithoutDocker = true)
class MariaDbContainerTest extends JpaLikesSuite {
    @Container
    private static final MariaDBContainer SERVER =
            new MariaDBContainer(DockerImageName.parse(System.getProperty("test.image.mariadb", "mariadb:10.11"))
                    .asCompatibleSubstituteFor("mariadb"));

    @Override
    TestDatabase newDatabase() {
        return TestDatabase.migrated(SERVER.getJdbcUrl(), SERVER.getUsername(), SERVER.getPassword());
    }
}
