package maple.like.adapter.jpa;

import com.zaxxer.hikari.HikariDataSource;
import java.time.InstantSource;
import maple.like.domain.LikePartitions;
import org.hibernate.SessionFactory;

/** An instance of the service, as far as its database goes: a pool and a session factory of its own. */
final class JpaInstance implements AutoCloseable {
    final RecordingDataSource recording;
    final SessionFactory sessions;
    private final HikariDataSource pool;

    JpaInstance(TestDatabase database, String isolation) {
        pool = database.newPool(10, isolation);
        recording = RecordingDataSource.around(pool);
        sessions = LikePersistence.sessionFactory(recording.dataSource());
    }

    /** With a row for each partition. */
    JpaLikes likes(LikePartitions partitions) {
        JpaLikes likes = new JpaLikes(sessions, partitions, InstantSource.system());
        likes.ensurePartitions();
        return likes;
    }

    @Override
    public void close() {
        sessions.close();
        pool.close();
    }
}
