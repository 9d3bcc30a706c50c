package maple.like.adapter.jpa;

class MariaDbTest extends JpaLikesContract {
    @Override
    TestDatabase newDatabase() {
        return TestDatabases.mariadb();
    }

    @Override
    String utcTextOf(String column) {
        return utcText(column);
    }

    /** The column has no time zone; what it holds is UTC. */
    static String utcText(String column) {
        return "cast(" + column + " as char)";
    }
}
