package maple.like.adapter.jpa;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maple.like.application.contract.DatabaseFixture;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import org.hibernate.SessionFactory;

/** Two instances on one database. */
final class JpaDatabaseFixture implements DatabaseFixture, AutoCloseable {
    private final TestDatabase database;
    private final JpaInstance one;
    private final JpaInstance other;
    private final JpaLikes likes;
    private final JpaLikes otherLikes;

    JpaDatabaseFixture(TestDatabase database, String isolation) {
        this.database = database;
        this.one = new JpaInstance(database, isolation);
        this.other = new JpaInstance(database, isolation);
        this.likes = one.likes(PARTITIONS);
        this.otherLikes = other.likes(PARTITIONS);
    }

    RecordingDataSource recording() {
        return one.recording;
    }

    SessionFactory sessions() {
        return one.sessions;
    }

    JpaLikes likes() {
        return likes;
    }

    /** The first instance with other partitions. */
    JpaLikes likesFor(int partitions) {
        return new JpaLikes(one.sessions, new LikePartitions(partitions), InstantSource.system());
    }

    /** The first instance, with another limit to its waits. */
    JpaLikes impatientLikes(Duration longestWait) {
        return new JpaLikes(one.sessions, PARTITIONS, InstantSource.system(), longestWait);
    }

    @Override
    public Instance instance() {
        return ports(likes);
    }

    @Override
    public Instance anotherInstance() {
        return ports(otherLikes);
    }

    private static Instance ports(JpaLikes likes) {
        return new Instance(
                likes.ledger(), likes.counts(), likes.ranking(), likes.lists(), likes.directory(), likes.registry());
    }

    @Override
    public Stored stored(Ocid target) {
        List<List<String>> rows = database.query("""
                select c.like_count, l.liker_account_id
                  from game_character c
                  left join character_like l on l.target_ocid = c.ocid
                 where c.ocid = '%s'
                """.formatted(target));
        Set<AccountId> likers = new HashSet<>();
        for (List<String> row : rows) {
            if (row.get(1) != null && !likers.add(new AccountId(row.get(1)))) {
                throw new AssertionError("Two rows for one relation");
            }
        }
        return new Stored(rows.isEmpty() ? -1 : Long.parseLong(rows.get(0).get(0)), likers);
    }

    @Override
    public int numberOf(GameCharacter character) {
        String sql = "select user_ign from game_character where ocid = '" + character.ocid() + "'";
        return Collections.frequency(
                database.query(sql), List.of(character.name().value()));
    }

    @Override
    public List<DeadLetter> deadLetters(Ocid target) {
        String sql = "select liker_account_id, case when liked then 1 else 0 end, reason from like_set_aside"
                + " where target_ocid = '" + target + "'";
        return database.query(sql).stream()
                .map(row -> new DeadLetter(new AccountId(row.get(0)), row.get(1).equals("1"), row.get(2)))
                .toList();
    }

    @Override
    public void miscount(Ocid target, long by) {
        database.execute(
                "update game_character set like_count = like_count + " + by + " where ocid = '" + target.value() + "'");
    }

    @Override
    public Fault rejecting(AccountId account) {
        return rejecting("character_like", account);
    }

    /** Makes the database reject rows of an account in some table. */
    Fault rejecting(String table, AccountId account) {
        String constraint = " constraint ck_rejected_" + table;
        database.execute("alter table " + table + " add" + constraint + " check (liker_account_id <> '"
                + account.value() + "')");
        return () -> database.execute("alter table " + table + " drop" + constraint);
    }

    @Override
    public Fault outage() {
        refuseConnections(true);
        return () -> refuseConnections(false);
    }

    private void refuseConnections(boolean refuse) {
        one.recording.refuseConnections(refuse);
        other.recording.refuseConnections(refuse);
    }

    @Override
    public void close() {
        one.close();
        other.close();
    }
}
