package maple.like.adapter.jpa;

class PostgresqlTest extends JpaLikesContract {
    @Override
    TestDatabase newDatabase() {
        return TestDatabases.postgresql();
    }

    @Override
    String utcTextOf(String column) {
        return utcText(column);
    }

    static String utcText(String column) {
        return "cast(" + column + " at time zone 'UTC' as text)";
    }
}
