package maple.like.bootstrap;

import java.util.List;
import java.util.Map;
import maple.like.adapter.jpa.InstanceLock;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.jpa.TestDatabases;
import maple.like.adapter.redis.TestRedis;
import maple.like.domain.CharacterName;
import org.springframework.jdbc.core.JdbcTemplate;

/** A real Redis and a real PostgreSQL of a test's own, and a look into the database behind the service's back. */
final class Servers implements AutoCloseable {
    final TestRedis redis;
    final TestDatabase database = TestDatabases.postgresql();
    private final JdbcTemplate sql = new JdbcTemplate(database.dataSource());

    Servers() {
        this(TestRedis.started());
    }

    Servers(TestRedis redis) {
        this.redis = redis;
    }

    Map<String, String> configuration() {
        return Service.configured(redis, database);
    }

    /** Adds a character, as an operator would. */
    String character(String name) {
        String normalised = new CharacterName(name).value();
        sql.update("insert into game_character (user_ign, ocid) values (?, ?)", normalised, ocid(normalised));
        return normalised;
    }

    /** Takes a character away, as an operator should not. */
    void delete(String name) {
        sql.update("delete from character_like where target_ocid = ?", ocid(name));
        sql.update("delete from game_character where user_ign = ?", name);
    }

    static String ocid(String name) {
        return "ocid-" + Integer.toHexString(name.hashCode());
    }

    long storedCount(String name) {
        return sql.queryForObject("select like_count from game_character where user_ign = ?", Long.class, name);
    }

    List<String> storedLikers(String name) {
        return sql.queryForList(
                "select liker_account_id from character_like where target_ocid = ?", String.class, ocid(name));
    }

    /** Changes that could not be stored, as {@code account: reason}. */
    List<String> setAside(String name) {
        return sql.queryForList(
                "select liker_account_id || ': ' || reason from like_set_aside where target_ocid = ?",
                String.class,
                ocid(name));
    }

    /** How many partitions the database decides about by itself. */
    long detachedPartitions() {
        return sql.queryForObject("select count(*) from like_partition where detached", Long.class);
    }

    /** Characters whose count is not the number of their rows, read by one statement: always none. */
    List<String> miscounted() {
        return sql.queryForList("""
                select c.user_ign from game_character c where c.like_count <>
                       (select count(*) from character_like l where l.target_ocid = c.ocid)""", String.class);
    }

    /** Ends the session that keeps other instances away, as a broken connection does; false where there is none. */
    boolean endHolderOfLock() {
        return endHolderOfLock("true");
    }

    /** The same as soon as somebody waits for the lock; false before. */
    boolean endHolderOfLockForWhoeverWaits() {
        return endHolderOfLock("exists (select from pg_locks w where w.locktype = 'advisory' and not w.granted)");
    }

    boolean lockIsHeld() {
        return InstanceLock.isHeld(database.dataSource());
    }

    private boolean endHolderOfLock(String condition) {
        return !sql.queryForList("select pg_terminate_backend(l.pid) from pg_locks l"
                        + " join pg_database d on d.oid = l.database where l.locktype = 'advisory' and l.granted"
                        + " and d.datname = current_database() and " + condition)
                .isEmpty();
    }

    @Override
    public void close() {
        redis.close();
        database.close();
    }
}
