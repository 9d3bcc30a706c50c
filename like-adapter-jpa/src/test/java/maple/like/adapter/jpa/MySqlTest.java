package maple.like.adapter.jpa;

class MySqlTest extends JpaLikesSuite {
    @Override
    TestDatabase newDatabase() {
        return TestDatabases.migrated("MySql");
    }

    /** Its own is repeatable read. */
    @Override
    String otherIsolation() {
        return "TRANSACTION_READ_COMMITTED";
    }
}
