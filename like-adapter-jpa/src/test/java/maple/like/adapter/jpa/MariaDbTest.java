package maple.like.adapter.jpa;

class MariaDbTest extends JpaLikesSuite {
    @Override
    TestDatabase newDatabase() {
        return TestDatabases.migrated("MariaDb");
    }
}
