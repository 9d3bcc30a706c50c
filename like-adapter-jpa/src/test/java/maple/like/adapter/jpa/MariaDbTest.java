package maple.like.adapter.jpa;

class MariaDbTest extends JpaLikesContract {
    @Override
    TestDatabase newDatabase() {
        return TestDatabases.mariadb();
    }

    @Override
    String utcTextOf(String column) {
        return "cast(" + column + " as char)";
    }
}
