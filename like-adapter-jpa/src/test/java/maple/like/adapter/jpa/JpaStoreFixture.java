package maple.like.adapter.jpa;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maple.like.application.LikePartitions;
import maple.like.application.contract.StoreFixture;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import org.hibernate.SessionFactory;

/** Two instances on one database, each with a pool and a session factory of its own. */
final class JpaStoreFixture implements StoreFixture, AutoCloseable {
    private final TestDatabase database;
    private final One one;
    private final One other;

    JpaStoreFixture(TestDatabase database, String isolation) {
        this.database = database;
        this.one = new One(database.newPool(10, isolation));
        this.other = new One(database.newPool(10, isolation));
        one.likes.ensurePartitions();
    }

    JpaStoreFixture(TestDatabase database) {
        this(database, null);
    }

    TestDatabase database() {
        return database;
    }

    RecordingDataSource recording() {
        return one.recording;
    }

    JpaLikes likes() {
        return one.likes;
    }

    /** The first instance, told something else. */
    JpaLikes likesFor(LikePartitions partitions, InstantSource clock) {
        return new JpaLikes(one.sessions, partitions, clock);
    }

    /** The first instance, with another limit to its waits. */
    JpaLikes impatientLikes(Duration longestWait) {
        return new JpaLikes(one.sessions, PARTITIONS, InstantSource.system(), longestWait);
    }

    @Override
    public Instance instance() {
        return one.ports();
    }

    @Override
    public Instance anotherInstance() {
        return other.ports();
    }

    @Override
    public Stored stored(Ocid target) {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement("""
                        select c.like_count, l.liker_account_id
                          from game_character c
                          left join character_like l on l.target_ocid = c.ocid
                         where c.ocid = ?
                        """)) {
            statement.setString(1, target.value());
            try (ResultSet rows = statement.executeQuery()) {
                long likeCount = -1;
                Set<AccountId> likers = new HashSet<>();
                while (rows.next()) {
                    likeCount = rows.getLong(1);
                    if (rows.getString(2) != null && !likers.add(new AccountId(rows.getString(2)))) {
                        throw new AssertionError("Two rows for one relation");
                    }
                }
                return new Stored(likeCount, likers);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public int numberOf(GameCharacter character) {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "select count(*) from game_character where ocid = ? and user_ign = ?")) {
            statement.setString(1, character.ocid().value());
            statement.setString(2, character.name().value());
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public List<SetAside> setAside(Ocid target) {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "select liker_account_id, liked, reason from like_set_aside where target_ocid = ?")) {
            statement.setString(1, target.value());
            try (ResultSet rows = statement.executeQuery()) {
                List<SetAside> setAside = new ArrayList<>();
                while (rows.next()) {
                    setAside.add(new SetAside(new AccountId(rows.getString(1)), rows.getBoolean(2), rows.getString(3)));
                }
                return setAside;
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void miscount(Ocid target, long by) {
        database.execute(
                "update game_character set like_count = like_count + " + by + " where ocid = '" + target.value() + "'");
    }

    @Override
    public Outage refusal(AccountId account) {
        database.execute("alter table character_like add constraint ck_refusal check (liker_account_id <> '"
                + account.value() + "')");
        return () -> database.execute("alter table character_like drop constraint ck_refusal");
    }

    @Override
    public Outage outage() {
        one.recording.refuseConnections(true);
        other.recording.refuseConnections(true);
        return () -> {
            one.recording.refuseConnections(false);
            other.recording.refuseConnections(false);
        };
    }

    @Override
    public void close() {
        one.close();
        other.close();
    }

    /** An instance of the service, as far as its database goes. */
    private static final class One implements AutoCloseable {
        private final HikariDataSource pool;
        private final RecordingDataSource recording;
        private final SessionFactory sessions;
        private final JpaLikes likes;

        One(HikariDataSource pool) {
            this.pool = pool;
            this.recording = RecordingDataSource.around(pool);
            this.sessions = LikePersistence.sessionFactory(recording.dataSource());
            this.likes = new JpaLikes(sessions, PARTITIONS, InstantSource.system());
        }

        Instance ports() {
            return new Instance(likes.ledger(), likes.counts(), likes.directory(), likes.registry());
        }

        @Override
        public void close() {
            sessions.close();
            pool.close();
        }
    }
}
