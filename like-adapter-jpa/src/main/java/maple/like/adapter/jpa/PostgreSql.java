package maple.like.adapter.jpa;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes arrays as parameters and unfolds them. */
final class PostgreSql extends DatabaseVendor {
    private static final Set<String> LOST_AGAINST_ANOTHER = Set.of("40001", "40P01");

    /** Shutdown by an operator, after a crash, startup, and a database that was dropped. */
    private static final Set<String> OUT_OF_USE = Set.of("57P01", "57P02", "57P03", "57P04");

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** The lock belongs to the schema; "like" in ASCII comes before it. */
    private static final String KEY = "1818847077, hashtext(coalesce(current_schema(), ''))";

    @Override
    public String product() {
        return "PostgreSQL";
    }

    @Override
    public String migrations() {
        return "classpath:db/migration/postgresql";
    }

    @Override
    public Map<String, String> socketTimeout(Duration timeout) {
        return Map.of("socketTimeout", String.valueOf(timeout.toSeconds()));
    }

    /** The driver would use a statement from its fifth execution on under a name, which belongs to the session. */
    @Override
    public Map<String, String> withoutSession() {
        return Map.of("prepareThreshold", "0");
    }

    @Override
    String lockPartitions() {
        return """
                select p.id, p.state, p.epoch
                  from unnest(cast(:c1 as bigint[])) as e(id)
                  join like_partition p on p.id = e.id
                 order by p.id
                   for update of p
                """;
    }

    @Override
    String lockCharacters() {
        return """
                select c.id, c.ocid, c.user_ign, c.partition_id, c.like_count, c.last_generation, c.last_change,
                       (select n.counted_as from like_character n where n.ocid = c.ocid)
                  from unnest(cast(:c1 as text[])) as e(ocid)
                  join game_character c on c.ocid = e.ocid
                 order by c.ocid
                   for update of c
                """;
    }

    /** The limit keeps PostgreSQL to the index: for a batch it would otherwise read all rows, up to some hundred thousand. */
    @Override
    String findLikes() {
        return """
                select l.id, e.target, e.account
                  from unnest(cast(:c1 as text[]), cast(:c2 as text[])) as e(target, account)
                 cross join lateral (select r.id
                                       from character_like r
                                      where r.target_ocid = e.target and r.liker_account_id = e.account
                                      limit 1) as l
                """;
    }

    @Override
    String readLikes() {
        return """
                select e.target, e.account, c.like_count, c.last_generation, c.last_change, p.generation, p.state, l.id,
                       c.partition_id
                  from unnest(cast(:c1 as text[]), cast(:c2 as text[]), cast(:c3 as bigint[]))
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
                  from unnest(cast(:c1 as text[]), cast(:c2 as text[])) as e(target, account)
                """;
    }

    @Override
    String deleteLikes() {
        return "delete from character_like where id = any(cast(:c1 as bigint[]))";
    }

    @Override
    String changeCounts() {
        return """
                update game_character c
                   set like_count = c.like_count + e.added, last_generation = :generation, last_change = e.changed
                  from unnest(cast(:c1 as bigint[]), cast(:c2 as bigint[]), cast(:c3 as bigint[]))
                       as e(id, added, changed)
                 where c.id = e.id
                """;
    }

    @Override
    String addToCounts() {
        return """
                update game_character c
                   set like_count = c.like_count + e.added
                  from unnest(cast(:c1 as bigint[]), cast(:c2 as bigint[])) as e(id, added)
                 where c.id = e.id
                """;
    }

    @Override
    String insertJournal() {
        return """
                insert into like_fallback (partition_id, target_ocid, liker_account_id, liked, change_by, created_at)
                select e.partition_id, e.target, e.account, e.liked, e.changed, :now
                  from unnest(
                       cast(:c1 as bigint[]), cast(:c2 as text[]), cast(:c3 as text[]), cast(:c4 as boolean[]),
                       cast(:c5 as bigint[]))
                       as e(partition_id, target, account, liked, changed)
                """;
    }

    @Override
    String insertCountedNames() {
        return """
                insert into like_character (ocid, counted_as)
                select e.ocid, e.name
                  from unnest(cast(:c1 as text[]), cast(:c2 as text[])) as e(ocid, name)
                    on conflict do nothing
                """;
    }

    @Override
    String insertDeadLetters() {
        return """
                insert into like_set_aside (partition_id, target_ocid, liker_account_id, liked, reason, created_at)
                select :partition, e.target, e.account, e.liked, :reason, :now
                  from unnest(cast(:c1 as text[]), cast(:c2 as text[]), cast(:c3 as boolean[]))
                       as e(target, account, liked)
                    on conflict (target_ocid, liker_account_id)
                    do update set liked = excluded.liked, reason = excluded.reason, created_at = excluded.created_at
                """;
    }

    @Override
    String insertAnswers() {
        return """
                insert into like_idempotency_key (liker_account_id, idempotency_key, target_ocid, liked, expires_at)
                select e.account, e.used, e.target, e.liked, :expires
                  from unnest(cast(:c1 as text[]), cast(:c2 as text[]), cast(:c3 as text[]), cast(:c4 as boolean[]))
                       as e(account, used, target, liked)
                    on conflict (liker_account_id, idempotency_key) do nothing
                """;
    }

    @Override
    String limitLockWaits(Duration longest) {
        return "set local lock_timeout = '" + longest.toSeconds() + "s'";
    }

    @Override
    List<String> prepareInstanceLock() {
        return List.of(
                "set tcp_keepalives_idle = 10", "set tcp_keepalives_interval = 5", "set tcp_keepalives_count = 3");
    }

    @Override
    boolean acquireInstanceLock(Connection connection, Duration timeout) throws SQLException {
        if (timeout.isZero()) {
            return InstanceLock.ask(connection, "select pg_try_advisory_lock(" + KEY + ")");
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("set lock_timeout = '" + timeout.toSeconds() + "s'");
            statement.execute("select pg_advisory_lock(" + KEY + ")");
            return true;
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    @Override
    List<String> releaseInstanceLock() {
        return List.of("select pg_advisory_unlock(" + KEY + ")");
    }

    @Override
    String isInstanceLocked() {
        return "select not pg_try_advisory_xact_lock_shared(" + KEY + ")";
    }

    @Override
    String identifierQuote() {
        return "\"";
    }

    @Override
    List<String> renameHistory(String from, String to) {
        return List.of(
                "alter table \"" + from + "\" rename to \"" + to + "\"",
                "alter index if exists \"" + from + "_pk\" rename to \"" + to + "_pk\"",
                "alter index if exists \"" + from + "_s_idx\" rename to \"" + to + "_s_idx\"");
    }

    @Override
    public List<String> grants(Collection<String> tables, String user) {
        return List.of("grant select, insert, update, delete on " + String.join(", ", tables) + " to \"" + user + "\"");
    }

    @Override
    public boolean isDenied(SQLException e) {
        return INSUFFICIENT_PRIVILEGE.equals(e.getSQLState());
    }

    @Override
    boolean isRetryable(SQLException e) {
        return LOST_AGAINST_ANOTHER.contains(String.valueOf(e.getSQLState()));
    }

    @Override
    boolean isServerOutOfUse(SQLException e) {
        return OUT_OF_USE.contains(String.valueOf(e.getSQLState()));
    }

    @Override
    String sessionId() {
        return "select pg_backend_pid()";
    }
}
