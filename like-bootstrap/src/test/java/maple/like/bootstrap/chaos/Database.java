package maple.like.bootstrap.chaos;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.jpa.TestDatabases;
import maple.like.bootstrap.chaos.Operation.Relation;
import maple.like.bootstrap.chaos.Windows.Window;
import org.springframework.jdbc.core.JdbcTemplate;

/** A PostgreSQL behind a proxy, and a look into it past the proxy. */
final class Database implements AutoCloseable {

    final TestDatabase server = TestDatabases.postgresql();
    final Proxy proxy;
    private final JdbcTemplate sql = new JdbcTemplate(server.dataSource());
    private final List<Sample> samples = Collections.synchronizedList(new ArrayList<>());
    private final List<String> miscounted = Collections.synchronizedList(new ArrayList<>());

    Database() {
        proxy = new Proxy(Integer.parseInt(server.url().replaceFirst("^.*:(\\d+)/.*$", "$1")));
    }

    /** For those who come through the proxy. */
    String url() {
        return server.url().replaceFirst("//.*:\\d+/", "//127.0.0.1:" + proxy.port() + "/");
    }

    void addCharacter(String name) {
        sql.update("insert into game_character (user_ign, ocid) values (?, ?)", name, ocid(name));
    }

    /**
     * @param generations the number of the last batch, by partition
     * @param alone the partitions that the database decides about by itself
     * @param decisions how many times the database has decided by itself so far
     */
    record Sample(long at, Map<Integer, Long> generations, Set<Integer> alone, long decisions) {
        boolean detached() {
            return !alone.isEmpty();
        }

        @Override
        public String toString() {
            return Operation.seconds(at) + " batches " + generations + " decisions " + decisions
                    + (alone.isEmpty() ? "" : " decides about " + alone);
        }
    }

    /** Looks once: at the promise that counts equal rows, and at who decides. */
    void look(long now) {
        sql.queryForList("""
                select c.user_ign || ': ' || c.like_count || ' counted' from game_character c where c.like_count <>
                       (select count(*) from character_like l where l.target_ocid = c.ocid)""", String.class).forEach(line -> miscounted.add(Operation.seconds(now) + " " + line));
        Map<Integer, Long> generations = new TreeMap<>();
        Set<Integer> alone = new TreeSet<>();
        long[] decisions = {0};
        sql.query(
                "select id, generation, detached, (select last_value + is_called::int from like_fallback_id_seq)"
                        + " from like_partition",
                row -> {
                    generations.put(row.getInt(1), row.getLong(2));
                    if (row.getBoolean(3)) {
                        alone.add(row.getInt(1));
                    }
                    decisions[0] = row.getLong(4);
                });
        samples.add(new Sample(now, generations, alone, decisions[0]));
    }

    List<Sample> samples() {
        return List.copyOf(samples);
    }

    List<String> miscounted() {
        return List.copyOf(miscounted);
    }

    boolean detached() {
        return sql.queryForObject("select count(*) from like_partition where detached", Long.class) > 0
                || sql.queryForObject("select count(*) from like_fallback", Long.class) > 0;
    }

    long setAside() {
        return sql.queryForObject("select count(*) from like_set_aside", Long.class);
    }

    Set<Relation> relations() {
        return new HashSet<>(sql.query(
                "select liker_account_id, target_ocid from character_like",
                (row, number) -> relation(row.getString(1), row.getString(2))));
    }

    /** An identity that tells the name. */
    private static String ocid(String name) {
        return HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8));
    }

    static Relation relation(String account, String ocid) {
        return new Relation(account, new String(HexFormat.of().parseHex(ocid), StandardCharsets.UTF_8));
    }

    /** When the database decided by itself. */
    static List<Window> decidedByItself(List<Sample> samples) {
        List<Window> windows = new ArrayList<>();
        for (int i = 1; i < samples.size(); i++) {
            Sample before = samples.get(i - 1);
            Sample now = samples.get(i);
            if (now.detached() || before.detached() || now.decisions() != before.decisions()) {
                windows.add(new Window(before.at(), now.at()));
            }
        }
        return windows;
    }

    /**
     * The latest moment such that everything that Redis had been told by then was stored before another. A batch that
     * was begun since holds it: the second one to be counted, unless the database decided by itself in between, whose
     * batches do not hold what waits.
     */
    static long storedUpTo(List<Sample> samples, long before) {
        Windows decided = new Windows(decidedByItself(samples));
        List<Sample> earlier =
                samples.stream().filter(sample -> sample.at() <= before).toList();
        for (int last = earlier.size() - 1; last > 0; last--) {
            for (int first = last - 1; first >= 0; first--) {
                if (decided.touch(earlier.get(first).at(), earlier.get(last).at())) {
                    break;
                }
                Sample begin = earlier.get(first);
                Sample end = earlier.get(last);
                if (end.generations().entrySet().stream()
                        .allMatch(now -> now.getValue()
                                >= begin.generations().getOrDefault(now.getKey(), Long.MAX_VALUE - 2) + 2)) {
                    return begin.at();
                }
            }
        }
        return 0;
    }

    @Override
    public void close() {
        proxy.close();
        server.close();
    }
}
