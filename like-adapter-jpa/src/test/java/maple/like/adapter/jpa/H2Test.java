package maple.like.adapter.jpa;

class H2Test extends JpaLikesContract {
    @Override
    TestDatabase newDatabase() {
        return TestDatabases.h2();
    }

    @Override
    String utcTextOf(String column) {
        return "cast(" + column + " at time zone 'UTC' as varchar)";
    }
}
