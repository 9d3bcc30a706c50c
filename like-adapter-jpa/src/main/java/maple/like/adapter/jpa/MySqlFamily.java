package maple.like.adapter.jpa;

import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.query.CommonQueryContract;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Takes a JSON document as a parameter and unfolds it. {@code straight_join} makes the server look up what the document
 * names, in the order of the document, which is also the order in which InnoDB then locks.
 */
abstract sealed class MySqlFamily extends DatabaseVendor permits MySql, MariaDb {
    private static final JsonFactory JSON = new JsonFactory();

    /**
     * The server shuts down, takes no changes ({@code read_only}, {@code super_read_only}), InnoDB takes none, is offline, or
     * is a replica that left its group.
     */
    private static final Set<Integer> OUT_OF_USE = Set.of(1053, 1290, 1836, 3032, 3100, 3989);

    /** A right is missing: on the database, a table, a column, or the whole server. */
    private static final Set<Integer> DENIED = Set.of(1044, 1142, 1143, 1227);

    @Override
    public String migrations() {
        return "classpath:db/migration/mysql";
    }

    @Override
    public Map<String, String> socketTimeout(Duration timeout) {
        return Map.of("socketTimeout", String.valueOf(timeout.toMillis()));
    }

    @Override
    String lockPartitions() {
        return """
                select p.id, p.state, p.epoch
                  from json_table(:rows, '$[*]' columns (id integer path '$[0]')) e
                  straight_join like_partition p force index (primary) on p.id = e.id
                """ + lockOf("p");
    }

    @Override
    String lockCharacters() {
        return """
                select c.id, c.ocid, c.user_ign, c.partition_id, c.like_count, c.last_generation, c.last_change,
                       (select n.counted_as from like_character n where n.ocid = c.ocid)
                  from json_table(:rows, '$[*]' columns (
                       ocid varchar(64) character set utf8mb4 collate utf8mb4_bin path '$[0]')) e
                  straight_join game_character c force index (uk_character_ocid) on c.ocid = e.ocid
                """ + lockOf("c");
    }

    /** The locking clause for a table of a join. */
    abstract String lockOf(String alias);

    /** The name of the instance lock: it belongs to the server, and holds 64 characters. */
    abstract String instanceLock();

    @Override
    String findLikes() {
        return """
                select l.id, l.target_ocid, l.liker_account_id
                  from json_table(:rows, '$[*]' columns (
                       target varchar(64) character set utf8mb4 collate utf8mb4_bin path '$[0]',
                       account varchar(255) character set utf8mb4 collate utf8mb4_bin path '$[1]')) e
                  straight_join character_like l force index (uk_target_liker)
                    on l.target_ocid = e.target and l.liker_account_id = e.account
                """;
    }

    @Override
    String readLikes() {
        return """
                select e.target, e.account, c.like_count, c.last_generation, c.last_change, p.generation, p.state, l.id,
                       c.partition_id
                  from json_table(:rows, '$[*]' columns (
                       target varchar(64) character set utf8mb4 collate utf8mb4_bin path '$[0]',
                       account varchar(255) character set utf8mb4 collate utf8mb4_bin path '$[1]',
                       partition_id integer path '$[2]')) e
                  straight_join game_character c force index (uk_character_ocid) on c.ocid = e.target
                  left join like_partition p on p.id = e.partition_id
                  left join character_like l force index (uk_target_liker)
                    on l.target_ocid = e.target and l.liker_account_id = e.account
                """;
    }

    @Override
    String insertLikes() {
        return """
                insert into character_like (target_ocid, liker_account_id, created_at)
                select e.target, e.account, :now
                  from json_table(:rows, '$[*]' columns (
                       target varchar(64) character set utf8mb4 collate utf8mb4_bin path '$[0]',
                       account varchar(255) character set utf8mb4 collate utf8mb4_bin path '$[1]')) e
                """;
    }

    @Override
    String deleteLikes() {
        return """
                delete l
                  from json_table(:rows, '$[*]' columns (id bigint path '$[0]')) e
                  straight_join character_like l force index (primary) on l.id = e.id
                """;
    }

    @Override
    String changeCounts() {
        return """
                update json_table(:rows, '$[*]' columns (
                       id bigint path '$[0]', added bigint path '$[1]', changed bigint path '$[2]')) e
                  straight_join game_character c force index (primary) on c.id = e.id
                   set c.like_count = c.like_count + e.added, c.last_generation = :generation, c.last_change = e.changed
                """;
    }

    @Override
    String addToCounts() {
        return """
                update json_table(:rows, '$[*]' columns (id bigint path '$[0]', added bigint path '$[1]')) e
                  straight_join game_character c force index (primary) on c.id = e.id
                   set c.like_count = c.like_count + e.added
                """;
    }

    @Override
    String insertJournal() {
        return """
                insert into like_fallback (partition_id, target_ocid, liker_account_id, liked, change_by, created_at)
                select e.partition_id, e.target, e.account, e.liked, e.changed, :now
                  from json_table(:rows, '$[*]' columns (
                       partition_id integer path '$[0]',
                       target varchar(64) character set utf8mb4 collate utf8mb4_bin path '$[1]',
                       account varchar(255) character set utf8mb4 collate utf8mb4_bin path '$[2]',
                       liked boolean path '$[3]', changed bigint path '$[4]')) e
                """;
    }

    @Override
    String insertCountedNames() {
        return """
                insert ignore into like_character (ocid, counted_as)
                select e.ocid, e.name
                  from json_table(:rows, '$[*]' columns (
                       ocid varchar(64) character set utf8mb4 collate utf8mb4_bin path '$[0]',
                       name varchar(64) character set utf8mb4 collate utf8mb4_bin path '$[1]')) e
                """;
    }

    @Override
    String insertDeadLetters() {
        return """
                insert into like_set_aside (partition_id, target_ocid, liker_account_id, liked, reason, created_at)
                select :partition, e.target, e.account, e.liked, :reason, :now
                  from json_table(:rows, '$[*]' columns (
                       target varchar(64) character set utf8mb4 collate utf8mb4_bin path '$[0]',
                       account varchar(255) character set utf8mb4 collate utf8mb4_bin path '$[1]',
                       liked boolean path '$[2]')) e
                    on duplicate key update liked = e.liked, reason = :reason, created_at = :now
                """;
    }

    @Override
    String insertAnswers() {
        return """
                insert ignore into like_idempotency_key (liker_account_id, idempotency_key, target_ocid, liked, expires_at)
                select e.account, e.used, e.target, e.liked, :expires
                  from json_table(:rows, '$[*]' columns (
                       account varchar(255) character set utf8mb4 collate utf8mb4_bin path '$[0]',
                       used varchar(255) character set utf8mb4 collate utf8mb4_bin path '$[1]',
                       target varchar(64) character set utf8mb4 collate utf8mb4_bin path '$[2]',
                       liked boolean path '$[3]')) e
                """;
    }

    /** The limit stays with the connection. */
    @Override
    String limitLockWaits(Duration longest) {
        return "set innodb_lock_wait_timeout = " + longest.toSeconds();
    }

    @Override
    <Q extends CommonQueryContract> Q bind(Q query, Object[]... columns) {
        query.setParameter("rows", json(columns));
        return query;
    }

    /** The columns as a JSON array of rows, each of them an array. */
    static String json(Object[]... columns) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartArray();
            for (int row = 0; row < columns[0].length; row++) {
                json.writeStartArray();
                for (Object[] column : columns) {
                    if (column[row] instanceof Long number) {
                        json.writeNumber(number);
                    } else if (column[row] instanceof Boolean flag) {
                        json.writeBoolean(flag);
                    } else {
                        json.writeString((String) column[row]);
                    }
                }
                json.writeEndArray();
            }
            json.writeEndArray();
        }
        return text.toString();
    }

    @Override
    List<String> prepareInstanceLock() {
        return List.of("set session wait_timeout = 30");
    }

    @Override
    boolean acquireInstanceLock(Connection connection, Duration timeout) throws SQLException {
        return InstanceLock.ask(connection, "select get_lock(" + instanceLock() + ", " + timeout.toSeconds() + ")");
    }

    @Override
    List<String> releaseInstanceLock() {
        return List.of("select release_lock(" + instanceLock() + ")");
    }

    @Override
    String isInstanceLocked() {
        return "select is_used_lock(" + instanceLock() + ") is not null";
    }

    @Override
    String identifierQuote() {
        return "`";
    }

    @Override
    List<String> renameHistory(String from, String to) {
        return List.of("rename table `" + from + "` to `" + to + "`");
    }

    /** For a user from any host. */
    @Override
    public List<String> grants(Collection<String> tables, String user) {
        return tables.stream()
                .map(table -> "grant select, insert, update, delete on " + table + " to '" + user + "'@'%'")
                .toList();
    }

    @Override
    public boolean isDenied(SQLException e) {
        return DENIED.contains(e.getErrorCode());
    }

    @Override
    boolean isRetryable(SQLException e) {
        return "40001".equals(e.getSQLState());
    }

    @Override
    boolean isServerOutOfUse(SQLException e) {
        return OUT_OF_USE.contains(e.getErrorCode());
    }

    @Override
    String sessionId() {
        return "select connection_id()";
    }
}
