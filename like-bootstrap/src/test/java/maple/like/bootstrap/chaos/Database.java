package maple.like.bootstrap.chaos;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.jpa.TestDatabases;
import maple.like.bootstrap.chaos.Operation.Relation;
import maple.like.bootstrap.chaos.Transition.Look;
import maple.like.domain.Ocid;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A database behind a proxy, and looks into it past the proxy. */
final class Database implements AutoCloseable {
    private static final String DATABASE_DECIDES = "state in ('FAILED_OVER', 'REPLAYING')";

    final TestDatabase server = TestDatabases.chosen("PostgreSql");
    final Proxy proxy = new Proxy(Integer.parseInt(server.url().replaceFirst("^.*:(\\d+)/.*$", "$1")));
    final List<String> miscounted = new CopyOnWriteArrayList<>();
    private final JdbcTemplate sql = new JdbcTemplate(server.dataSource());
    private final List<List<Look>> looks;

    Database(int partitions, List<String> characters) {
        looks = IntStream.range(0, partitions)
                .<List<Look>>mapToObj(partition -> new ArrayList<>())
                .toList();
        characters.forEach(name -> sql.update(
                "insert into game_character (user_ign, ocid) values (?, ?)",
                name,
                ocid(name).value()));
    }

    /** Leads through the proxy. */
    String url() {
        return server.url().replaceFirst("//.*:\\d+/", "//127.0.0.1:" + proxy.port() + "/");
    }

    /** Compares counts with rows in one statement, and records who decides. */
    void look(LongSupplier clock) {
        sql.queryForList("""
                select concat(c.user_ign, ': ', c.like_count, ' counted') from game_character c where c.like_count <>
                       (select count(*) from character_like l where l.target_ocid = c.ocid)""", String.class)
                .forEach(line -> miscounted.add("like_count is not the number of rows: " + line));
        long from = clock.getAsLong();
        record Row(int id, long generation, long epoch, boolean databaseDecides) {}
        List<Row> rows = sql.query(
                "select id, generation, epoch, " + DATABASE_DECIDES + " from like_partition",
                (row, number) -> new Row(row.getInt(1), row.getLong(2), row.getLong(3), row.getBoolean(4)));
        long to = clock.getAsLong();
        synchronized (looks) {
            rows.forEach(
                    row -> looks.get(row.id).add(new Look(from, to, row.generation, row.epoch, row.databaseDecides)));
        }
    }

    List<Look> looks(int partition) {
        synchronized (looks) {
            return List.copyOf(looks.get(partition));
        }
    }

    /** Whether the database decides about a partition, or keeps decisions that Redis has not received. */
    boolean decides() {
        return sql.queryForObject(
                "select exists (select 1 from like_partition where " + DATABASE_DECIDES
                        + ") or exists (select 1 from like_fallback)",
                Boolean.class);
    }

    long deadLetters() {
        return sql.queryForObject("select count(*) from like_set_aside", Long.class);
    }

    Set<Relation> relations() {
        return new HashSet<>(sql.query(
                "select concat(liker_account_id, ':', target_ocid) from character_like",
                (row, number) -> relation(row.getString(1))));
    }

    /** Transactions that only read go on. */
    void setReadOnly(boolean readOnly) {
        server.setReadOnly(readOnly);
    }

    /** Renames a character, keeping its name as an alias, and inserts characters that cannot be liked. */
    void edit(String character) {
        together(
                character,
                "insert into game_character_alias (user_ign, ocid) values ('%1$s', '%2$s')",
                "update game_character set user_ign = '%1$s, edited' where ocid = '%2$s'",
                "insert into game_character (user_ign, ocid) values ('invalid', 'no OCID'), (' ', 'blank')");
    }

    void undoEdit(String character) {
        together(
                character,
                "delete from game_character where ocid in ('no OCID', 'blank')",
                "update game_character set user_ign = '%1$s' where ocid = '%2$s'",
                "delete from game_character_alias where user_ign = '%1$s'");
    }

    private void together(String character, String... statements) {
        new TransactionTemplate(new JdbcTransactionManager(server.dataSource())).executeWithoutResult(transaction -> {
            for (String statement : statements) {
                sql.execute(statement.formatted(character, ocid(character).value()));
            }
        });
    }

    /**
     * To be run when all that is committed from now on is to be lost. Does nothing where Redis does not hold all of that: a
     * partition was failed over or warmed up then, or has been failed over since.
     */
    Runnable lossOfCommits(LongSupplier clock) {
        if (!server.canLoseCommits()) {
            return () -> {};
        }
        Runnable loss = server.lossOfCommits("""
            not exists (select from like_partition now join saved before on before.id = now.id
                         where now.epoch <> before.epoch or now.state <> 'ACTIVE' or before.state <> 'ACTIVE')\
            """);
        return () -> {
            proxy.cut();
            loss.run();
            look(clock);
            proxy.restore();
        };
    }

    /** The name is legible in it. */
    static Ocid ocid(String name) {
        return new Ocid(HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8)));
    }

    /** @param member of {@code relations} in Redis */
    static Relation relation(String member) {
        String[] parts = member.split(":");
        return new Relation(parts[0], new String(HexFormat.of().parseHex(parts[1]), StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        proxy.close();
        server.close();
    }
}
