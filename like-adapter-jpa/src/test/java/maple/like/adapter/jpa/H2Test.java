package maple.like.adapter.jpa;

class H2Test extends JpaLikesSuite {
    @Override
    TestDatabase newDatabase() {
        return TestDatabases.h2();
    }
}
