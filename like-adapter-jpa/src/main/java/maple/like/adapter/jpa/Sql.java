package maple.like.adapter.jpa;

import java.time.Duration;
import org.hibernate.SessionFactory;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.H2Dialect;
import org.hibernate.dialect.MySQLDialect;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.query.CommonQueryContract;

/**
 * The statements that work on a whole batch at once, for each kind of database. Their text never depends on the size
 * of the batch: its columns travel as arrays, {@code :c1}, {@code :c2} …, or as one JSON document, {@code :rows}.
 */
enum Sql {
    /** Arrays that the server unfolds. */
    POSTGRESQL("""
            select c.id, c.ocid, c.user_ign
              from unnest(cast(:c1 as text[])) as e(ocid)
              join game_character c on c.ocid = e.ocid
             order by c.ocid
               for update of c
            """, """
            select l.id, l.target_ocid, l.liker_account_id
              from unnest(cast(:c1 as text[]), cast(:c2 as text[])) as e(target, account)
              join character_like l on l.target_ocid = e.target and l.liker_account_id = e.account
            """, """
            insert into character_like (target_ocid, liker_account_id, created_at)
            select e.target, e.account, :now
              from unnest(cast(:c1 as text[]), cast(:c2 as text[])) as e(target, account)
            """, """
            delete from character_like where id = any(cast(:c1 as bigint[]))
            """, """
            update game_character c
               set like_count = c.like_count + e.change
              from unnest(cast(:c1 as bigint[]), cast(:c2 as bigint[])) as e(id, change)
             where c.id = e.id
            """, """
            insert into like_set_aside (target_ocid, liker_account_id, liked, reason, created_at)
            select e.target, e.account, e.liked, :reason, :now
              from unnest(cast(:c1 as text[]), cast(:c2 as text[]), cast(:c3 as boolean[])) as e(target, account, liked)
                on conflict (target_ocid, liker_account_id)
                do update set liked = excluded.liked, reason = excluded.reason, created_at = excluded.created_at
            """, """
            set local lock_timeout = '%ds'
            """),

    /** As PostgreSQL, without {@code update … from} and {@code on conflict}. */
    H2("""
            select c.id, c.ocid, c.user_ign
              from game_character c
             where c.ocid = any(cast(:c1 as varchar(64) array))
             order by c.ocid
               for update
            """, """
            select l.id, l.target_ocid, l.liker_account_id
              from unnest(cast(:c1 as varchar(64) array), cast(:c2 as varchar(255) array)) as e(target, account)
              join character_like l on l.target_ocid = e.target and l.liker_account_id = e.account
            """, """
            insert into character_like (target_ocid, liker_account_id, created_at)
            select e.target, e.account, :now
              from unnest(cast(:c1 as varchar(64) array), cast(:c2 as varchar(255) array)) as e(target, account)
            """, """
            delete from character_like where id = any(cast(:c1 as bigint array))
            """, """
            merge into game_character c
            using (select * from unnest(cast(:c1 as bigint array), cast(:c2 as bigint array)) as u(id, change)) e
               on c.id = e.id
             when matched then update set like_count = c.like_count + e.change
            """, """
            merge into like_set_aside s
            using (select *
                     from unnest(
                          cast(:c1 as varchar(64) array), cast(:c2 as varchar(255) array), cast(:c3 as boolean array))
                          as u(target, account, liked)) e
               on s.target_ocid = e.target and s.liker_account_id = e.account
             when matched then update set liked = e.liked, reason = :reason, created_at = :now
             when not matched then insert (target_ocid, liker_account_id, liked, reason, created_at)
                  values (e.target, e.account, e.liked, :reason, :now)
            """, """
            set lock_timeout %d000
            """),

    /**
     * A JSON document that the server unfolds. {@code straight_join} makes it look up what the document names, in the
     * order of the document, which is also the order in which InnoDB then locks.
     */
    MYSQL("""
            select c.id, c.ocid, c.user_ign
              from json_table(:rows, '$[*]' columns (
                   ocid varchar(64) character set utf8mb4 collate utf8mb4_bin path '$[0]')) e
              straight_join game_character c force index (uk_character_ocid) on c.ocid = e.ocid
               for update
            """, """
            select l.id, l.target_ocid, l.liker_account_id
              from json_table(:rows, '$[*]' columns (
                   target varchar(64) character set utf8mb4 collate utf8mb4_bin path '$[0]',
                   account varchar(255) character set utf8mb4 collate utf8mb4_bin path '$[1]')) e
              straight_join character_like l force index (uk_target_liker)
                on l.target_ocid = e.target and l.liker_account_id = e.account
            """, """
            insert into character_like (target_ocid, liker_account_id, created_at)
            select e.target, e.account, :now
              from json_table(:rows, '$[*]' columns (
                   target varchar(64) character set utf8mb4 collate utf8mb4_bin path '$[0]',
                   account varchar(255) character set utf8mb4 collate utf8mb4_bin path '$[1]')) e
            """, """
            delete l
              from json_table(:rows, '$[*]' columns (id bigint path '$[0]')) e
              straight_join character_like l force index (primary) on l.id = e.id
            """, """
            update json_table(:rows, '$[*]' columns (id bigint path '$[0]', change_by bigint path '$[1]')) e
              straight_join game_character c force index (primary) on c.id = e.id
               set c.like_count = c.like_count + e.change_by
            """, """
            insert into like_set_aside (target_ocid, liker_account_id, liked, reason, created_at)
            select e.target, e.account, e.liked, :reason, :now
              from json_table(:rows, '$[*]' columns (
                   target varchar(64) character set utf8mb4 collate utf8mb4_bin path '$[0]',
                   account varchar(255) character set utf8mb4 collate utf8mb4_bin path '$[1]',
                   liked boolean path '$[2]')) e
                on duplicate key update liked = e.liked, reason = :reason, created_at = :now
            """, """
            set innodb_lock_wait_timeout = %d
            """) {
        @Override
        <Q extends CommonQueryContract> Q bind(Q query, Object[]... columns) {
            query.setParameter("rows", JsonRows.write(columns));
            return query;
        }
    };

    final String lockCharacters;
    final String findLikes;
    final String insertLikes;
    final String deleteLikes;
    final String addToCounts;
    final String setAside;
    private final String limitWaits;

    Sql(
            String lockCharacters,
            String findLikes,
            String insertLikes,
            String deleteLikes,
            String addToCounts,
            String setAside,
            String limitWaits) {
        this.lockCharacters = lockCharacters;
        this.findLikes = findLikes;
        this.insertLikes = insertLikes;
        this.deleteLikes = deleteLikes;
        this.addToCounts = addToCounts;
        this.setAside = setAside;
        this.limitWaits = limitWaits;
    }

    static Sql of(SessionFactory sessions) {
        Dialect dialect = sessions.unwrap(SessionFactoryImplementor.class)
                .getJdbcServices()
                .getDialect();
        if (dialect instanceof PostgreSQLDialect) {
            return POSTGRESQL;
        }
        if (dialect instanceof MySQLDialect) {
            return MYSQL;
        }
        if (dialect instanceof H2Dialect) {
            return H2;
        }
        throw new IllegalArgumentException("The database must be PostgreSQL, MySQL, MariaDB or H2, not " + dialect);
    }

    /** Limits how long the rest of the transaction waits for each lock; takes no snapshot. */
    String limitWaits(Duration longest) {
        return limitWaits.formatted(longest.toSeconds());
    }

    /** Hands the columns of a table to a statement. All have the same length. */
    <Q extends CommonQueryContract> Q bind(Q query, Object[]... columns) {
        for (int i = 0; i < columns.length; i++) {
            query.setParameter("c" + (i + 1), columns[i]);
        }
        return query;
    }
}
