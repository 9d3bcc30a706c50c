package maple.like.adapter.jpa;

class MySqlTest extends JpaLikesSuite {
    @Override
    TestDatabase newDatabase() {
        return TestDatabases.migrated("MySql");
    }
}
