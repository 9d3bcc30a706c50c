package maple.like.bootstrap.crash;

import maple.like.bootstrap.crash.Host.Instance;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Straight to the database. */
class MemoryCrashPointsTest extends MemoryCrashPoints {
    private Host host;

    @BeforeAll
    void open() {
        host = new Host(PARTITIONS, 4, null, database.dataSource());
        host.ensurePartitions();
    }

    @AfterAll
    void shut() {
        host.close();
    }

    @Override
    Running start(Fuse fuse) {
        Instance instance = host.startInMemory(fuse, 4);
        return new Running(instance, () -> drain(instance));
    }

    @Override
    void storeAll(Running running) {
        running.flush().run();
    }

    @Override
    void empty() {}
}
