package maple.like.bootstrap.crash;

import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.jpa.TestDatabases;

class CrashPointsTest extends CrashPoints {
    @Override
    TestDatabase newDatabase() {
        return TestDatabases.postgresql();
    }
}
