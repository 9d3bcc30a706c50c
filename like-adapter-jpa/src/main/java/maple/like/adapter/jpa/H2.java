package maple.like.adapter.jpa;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes arrays as parameters, and lacks {@code update … from} and {@code on conflict}. Runs in this process and so belongs
 * to one instance: there is no instance lock.
 */
final class H2 extends DatabaseVendor {
    /** Deadlock, and a row that changed while it was waited for. */
    private static final Set<String> LOST_AGAINST_ANOTHER = Set.of("40001", "90131");

    private static final int NOT_ENOUGH_RIGHTS = 90_096;

    @Override
    public String product() {
        return "H2";
    }

    @Override
    public String migrations() {
        return "classpath:db/migration/h2";
    }

    @Override
    public Map<String, String> socketTimeout(Duration timeout) {
        return Map.of();
    }

    @Override
    String lockPartitions() {
        return """
                select p.id, p.state, p.epoch
                  from like_partition p
                 where p.id = any(cast(:c1 as bigint array))
                 order by p.id
                   for update
                """;
    }

    @Override
    String lockCharacters() {
        return """
                select c.id, c.ocid, c.user_ign, c.partition_id, c.like_count, c.last_generation, c.last_change,
                       (select n.counted_as from like_character n where n.ocid = c.ocid)
                  from game_character c
                 where c.ocid = any(cast(:c1 as varchar(64) array))
                 order by c.ocid
                   for update
                """;
    }

    @Override
    String findLikes() {
        return """
                select l.id, l.target_ocid, l.liker_account_id
                  from unnest(cast(:c1 as varchar(64) array), cast(:c2 as varchar(255) array)) as e(target, account)
                  join character_like l on l.target_ocid = e.target and l.liker_account_id = e.account
                """;
    }

    @Override
    String readLikes() {
        return """
                select e.target, e.account, c.like_count, c.last_generation, c.last_change, p.generation, p.state, l.id,
                       c.partition_id
                  from unnest(
                       cast(:c1 as varchar(64) array), cast(:c2 as varchar(255) array), cast(:c3 as bigint array))
                       as e(target, account, partition_id)
                  join game_character c on c.ocid = e.target
                  left join like_partition p on p.id = e.partition_id
                  left join character_like l on l.target_ocid = e.target and l.liker_account_id = e.account
                """;
    }

    @Override
    String insertLikes() {
        return """
                insert into character_like (target_ocid, liker_account_id, created_at)
                select e.target, e.account, :now
                  from unnest(cast(:c1 as varchar(64) array), cast(:c2 as varchar(255) array)) as e(target, account)
                """;
    }

    @Override
    String deleteLikes() {
        return "delete from character_like where id = any(cast(:c1 as bigint array))";
    }

    @Override
    String changeCounts() {
        return """
                merge into game_character c
                using (select *
                         from unnest(
                              cast(:c1 as bigint array), cast(:c2 as bigint array), cast(:c3 as bigint array))
                              as u(id, added, changed)) e
                   on c.id = e.id
                 when matched then update
                  set like_count = c.like_count + e.added, last_generation = :generation, last_change = e.changed
                """;
    }

    @Override
    String addToCounts() {
        return """
                merge into game_character c
                using (select * from unnest(cast(:c1 as bigint array), cast(:c2 as bigint array)) as u(id, added)) e
                   on c.id = e.id
                 when matched then update set like_count = c.like_count + e.added
                """;
    }

    @Override
    String insertJournal() {
        return """
                insert into like_fallback (partition_id, target_ocid, liker_account_id, liked, change_by, created_at)
                select e.partition_id, e.target, e.account, e.liked, e.changed, :now
                  from unnest(
                       cast(:c1 as bigint array), cast(:c2 as varchar(64) array), cast(:c3 as varchar(255) array),
                       cast(:c4 as boolean array), cast(:c5 as bigint array))
                       as e(partition_id, target, account, liked, changed)
                """;
    }

    @Override
    String insertCountedNames() {
        return """
                insert into like_character (ocid, counted_as)
                select e.ocid, e.name
                  from unnest(cast(:c1 as varchar(64) array), cast(:c2 as varchar(128) array)) as e(ocid, name)
                 where not exists (select 1 from like_character n where n.ocid = e.ocid or n.counted_as = e.name)
                """;
    }

    @Override
    String insertDeadLetters() {
        return """
                merge into like_set_aside s
                using (select *
                         from unnest(
                              cast(:c1 as varchar(64) array), cast(:c2 as varchar(255) array), cast(:c3 as boolean array))
                              as u(target, account, liked)) e
                   on s.target_ocid = e.target and s.liker_account_id = e.account
                 when matched then update set liked = e.liked, reason = :reason, created_at = :now
                 when not matched then insert (partition_id, target_ocid, liker_account_id, liked, reason, created_at)
                      values (:partition, e.target, e.account, e.liked, :reason, :now)
                """;
    }

    @Override
    String insertAnswers() {
        return """
                merge into like_idempotency_key k
                using (select *
                         from unnest(
                              cast(:c1 as varchar(255) array), cast(:c2 as varchar(255) array),
                              cast(:c3 as varchar(64) array), cast(:c4 as boolean array))
                              as u(account, used, target, liked)) e
                   on k.liker_account_id = e.account and k.idempotency_key = e.used
                 when not matched then insert (liker_account_id, idempotency_key, target_ocid, liked, expires_at)
                      values (e.account, e.used, e.target, e.liked, :expires)
                """;
    }

    @Override
    String limitLockWaits(Duration longest) {
        return "set lock_timeout " + longest.toMillis();
    }

    @Override
    List<String> prepareInstanceLock() {
        return List.of();
    }

    @Override
    boolean acquireInstanceLock(Connection connection, Duration timeout) {
        return true;
    }

    @Override
    List<String> releaseInstanceLock() {
        return List.of();
    }

    @Override
    String isInstanceLocked() {
        return "select false";
    }

    @Override
    String identifierQuote() {
        return "\"";
    }

    @Override
    List<String> renameHistory(String from, String to) {
        return List.of(
                "alter table \"" + from + "\" rename to \"" + to + "\"",
                "alter table \"" + to + "\" rename constraint \"" + from + "_pk\" to \"" + to + "_pk\"",
                "alter index if exists \"" + from + "_s_idx\" rename to \"" + to + "_s_idx\"");
    }

    /** Runs in this process, or is a server without a successor. */
    @Override
    boolean isServerOutOfUse(SQLException e) {
        return false;
    }

    @Override
    String sessionId() {
        return "select session_id()";
    }

    @Override
    public List<String> grants(Collection<String> tables, String user) {
        return List.of("grant select, insert, update, delete on " + String.join(", ", tables) + " to \"" + user + "\"");
    }

    @Override
    public boolean isDenied(SQLException e) {
        return e.getErrorCode() == NOT_ENOUGH_RIGHTS;
    }

    @Override
    boolean isRetryable(SQLException e) {
        return LOST_AGAINST_ANOTHER.contains(String.valueOf(e.getSQLState()));
    }
}
