package maple.like.adapter.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.concurrent.Future;
import maple.like.adapter.jpa.InstanceLock.State;
import maple.like.application.contract.Workers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@ValueSource(strings = {"PostgreSql", "MySql", "MariaDb"})
class InstanceLockTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final String vendor;
    private final TestDatabase database;
    private final HikariDataSource first;
    private final HikariDataSource second;
    private final InstanceLock one;
    private final InstanceLock other;

    InstanceLockTest(String vendor) {
        this.vendor = vendor;
        database = TestDatabases.empty(vendor);
        first = database.newPool(2, null);
        second = database.newPool(2, null);
        one = new InstanceLock(first);
        other = new InstanceLock(second);
    }

    @AfterEach
    void disconnect() {
        one.close();
        other.close();
        first.close();
        second.close();
        database.close();
    }

    @Test
    void oneInstanceAtATimeHoldsIt() {
        assertThat(InstanceLock.isSessionShared(first)).isFalse();
        assertThat(InstanceLock.isHeld(second)).isFalse();
        assertThat(one.acquire(Duration.ZERO)).isTrue();
        assertThat(one.check()).isEqualTo(State.HELD);
        assertThat(InstanceLock.isHeld(second)).isTrue();
        assertThat(other.acquire(Duration.ZERO)).isFalse();
        assertThat(other.acquire(Duration.ofSeconds(1))).isFalse();
        one.close();
        assertThat(InstanceLock.isHeld(second)).isFalse();
        assertThat(other.acquire(Duration.ZERO)).isTrue();
    }

    @Test
    void aWaitingInstanceGetsItWhenTheSessionOfTheOwnerEnds() {
        assertThat(one.acquire(Duration.ZERO)).isTrue();
        try (Workers workers = new Workers()) {
            Future<Boolean> waiting = workers.begin(() -> other.acquire(TIMEOUT));
            database.cutInstanceLock();
            assertThat(Workers.resultOf(waiting)).isTrue();
        }
        assertThat(one.check()).isEqualTo(State.LOST);
        assertThat(one.check()).isEqualTo(State.LOST);
        other.close();
        assertReacquired();
    }

    @Test
    void itIsReacquiredAfterALostConnection() {
        assertThat(one.acquire(Duration.ZERO)).isTrue();
        database.cutInstanceLock();
        assertReacquired();
    }

    private void assertReacquired() {
        assertThat(one.check()).isEqualTo(State.REACQUIRED);
        assertThat(one.check()).isEqualTo(State.HELD);
        assertThat(other.acquire(Duration.ZERO)).isFalse();
    }

    @Test
    void itsStateIsUnknownWhileTheDatabaseIsUnavailable() {
        assertThat(one.acquire(Duration.ZERO)).isTrue();
        database.cutInstanceLock();
        first.close();
        assertThat(one.check()).isEqualTo(State.UNKNOWN);
        assertThat((Throwable) one.failure()).isNotNull();
    }

    @Test
    void anotherDatabaseOfTheServerHasALockOfItsOwn() {
        assertThat(one.acquire(Duration.ZERO)).isTrue();
        try (TestDatabase another = TestDatabases.empty(vendor);
                InstanceLock lock = new InstanceLock(another.dataSource())) {
            assertThat(InstanceLock.isHeld(another.dataSource())).isFalse();
            assertThat(lock.acquire(Duration.ZERO)).isTrue();
        }
    }

    @Test
    void aDatabaseInThisProcessBelongsToIt() {
        try (TestDatabase inMemory = TestDatabases.empty("H2");
                InstanceLock lock = new InstanceLock(inMemory.dataSource())) {
            assertThat(lock.acquire(TIMEOUT)).isTrue();
            assertThat(lock.check()).isEqualTo(State.HELD);
            assertThat(InstanceLock.isHeld(inMemory.dataSource())).isFalse();
        }
    }
}
