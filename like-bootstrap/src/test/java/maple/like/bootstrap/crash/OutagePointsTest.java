package maple.like.bootstrap.crash;

import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.jpa.TestDatabases;

class OutagePointsTest extends OutagePoints {
    @Override
    TestDatabase newDatabase() {
        return TestDatabases.postgresql();
    }
}
