package maple.like.adapter.jpa;

class MariaDbTest extends JpaLikesSuite {
    @Override
    TestDatabase newDatabase() {
        return TestDatabases.migrated("MariaDb");
    }

    /** Its own is repeatable read. */
    @Override
    String otherIsolation() {
        return "TRANSACTION_READ_COMMITTED";
    }
}
