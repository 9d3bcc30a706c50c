package maple.like.adapter.jpa;

class PostgreSqlTest extends JpaLikesSuite {
    @Override
    TestDatabase newDatabase() {
        return TestDatabases.postgresql();
    }
}
