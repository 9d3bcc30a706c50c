package maple.like.bootstrap.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.redis.TestRedis;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.contract.Fresh;
import maple.like.application.port.in.SyncLikes.Outcome;
import maple.like.application.port.in.SyncLikes.Report;
import maple.like.application.port.in.ToggleLike.Result;
import maple.like.bootstrap.crash.Host.Instance;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;
import maple.like.domain.RelationKey;
import org.springframework.jdbc.core.JdbcTemplate;

/** Redis, a database, hosts for the service, and what its clients were told: a map and nothing clever. */
final class World implements AutoCloseable {
    static final LikePartitions PARTITIONS = new LikePartitions(2);

    /** Of these the flows are; {@link #elsewhere} is in the other partition. */
    final GameCharacter adele = character(0, "Adele");

    final GameCharacter kanna = character(0, "Kanna");
    final GameCharacter elsewhere = character(1, "Elsewhere");

    final Host first;
    final Host second;
    final Host other;
    private final Host calm;
    private final List<GameCharacter> characters = List.of(adele, kanna, elsewhere);
    private final TestRedis redis = TestRedis.started();
    private final TestDatabase database;
    private final JdbcTemplate sql;
    private final Map<RelationKey, Boolean> told = new HashMap<>();
    private final Set<RelationKey> open = new HashSet<>();
    private final Map<String, byte[]> dumps = new HashMap<>();
    private boolean behind;
    private boolean lossy;
    private boolean vague;

    World(TestDatabase database) {
        this.database = database;
        this.sql = new JdbcTemplate(database.dataSource());
        this.first = newHost(4);
        this.second = newHost(4);
        this.other = newHost(4);
        this.calm = newHost(100);
        calm.ensurePartitions();
        characters.forEach(character -> sql.update(
                "insert into game_character (user_ign, ocid) values (?, ?)",
                character.name().value(),
                character.ocid().value()));
    }

    private Host newHost(int pageSize) {
        return new Host(PARTITIONS, pageSize, redis.asyncCommands(), database.dataSource());
    }

    private static GameCharacter character(int partition, String name) {
        return new GameCharacter(Fresh.ocidIn(partition, PARTITIONS), new CharacterName(name));
    }

    static RelationKey relation(GameCharacter target, int liker) {
        return new RelationKey(new AccountId("liker-" + liker), target.ocid());
    }

    /** Empties everything. */
    void reset() {
        List.of(first, second, other).forEach(host -> host.start(Fuse.none()));
        told.clear();
        open.clear();
        behind = false;
        lossy = false;
        vague = false;
        sql.update("delete from character_like");
        sql.update("delete from like_set_aside");
        sql.update("update game_character set like_count = 0");
        sql.update("delete from like_fallback");
        sql.update("update like_partition set generation = 0, deltas = '', detached = false");
        redis.commands().flushall();
        redis.commands().scriptFlush();
    }

    /** Likes that the database holds and Redis does not know of. */
    void stored(GameCharacter target, int... likers) {
        List<Object[]> rows = new ArrayList<>();
        for (int liker : likers) {
            RelationKey relation = relation(target, liker);
            rows.add(new Object[] {relation.target().value(), relation.account().value()});
            told.put(relation, true);
        }
        sql.batchUpdate(
                "insert into character_like (target_ocid, liker_account_id, created_at)"
                        + " values (?, ?, current_timestamp)",
                rows);
        sql.update(
                "update game_character set like_count = like_count + ? where ocid = ?",
                likers.length,
                target.ocid().value());
    }

    /** A process to which nothing happens. */
    Instance calm() {
        return calm.start(Fuse.none());
    }

    /** A click that is answered. */
    void click(Instance instance, RelationKey relation, LikeIntent intent) {
        boolean wanted = intent.appliedTo(isLiked(relation));
        LikeStatus status = send(instance, relation, intent);
        told.put(relation, wanted);
        open.remove(relation);
        assertThat(status.liked()).as("answer to %s", intent).isEqualTo(wanted);
        if (!lossy && !vague) {
            assertThat(status.likeCount()).as("total in the answer").isEqualTo(total(relation));
        }
    }

    /** A click that is answered while others click: only afterwards can be said what the totals are. */
    void clickAmongOthers(Instance instance, RelationKey relation, LikeIntent intent) {
        vague = true;
        click(instance, relation, intent);
        vague = false;
    }

    /** A click of which nobody is told. */
    LikeStatus send(Instance instance, RelationKey relation, LikeIntent intent) {
        GameCharacter target = targetOf(relation);
        Result result = instance.toggle().apply(new Liker(relation.account(), Set.of()), target.name(), intent);
        return ((Result.Done) result).status();
    }

    /** What a client does that did not hear the answer: it says again what it wants, or looks what became of it. */
    void carryOn(Instance instance, RelationKey relation, LikeIntent intent) {
        if (intent == LikeIntent.TOGGLE) {
            told.put(relation, status(instance, relation).liked());
        } else {
            click(instance, relation, intent);
        }
    }

    /** A click of a client whose process cannot reach Redis: the database turns around what it knows itself. */
    void decide(Instance instance, RelationKey relation, LikeIntent intent) {
        boolean wanted = intent.appliedTo(rows().contains(relation.value()));
        LikeStatus status = instance.ledger()
                .awaitPartition(PARTITIONS.of(relation.target()), locked -> locked.decide(relation, intent))
                .orElseThrow()
                .status();
        told.put(relation, wanted);
        assertThat(status.liked()).as("decision about %s", intent).isEqualTo(wanted);
    }

    /** As {@link #carryOn}, of a client that is still without Redis; what it looks at depends on what became of it. */
    void carryOnDeciding(Instance instance, RelationKey relation, LikeIntent intent) {
        if (intent != LikeIntent.TOGGLE) {
            decide(instance, relation, intent);
        } else if (isDetached()) {
            told.put(relation, rows().contains(relation.value()));
        }
    }

    /** A click of a client whose process looks first who decides, unless that would have to wait for a flush. */
    void clickAnywhere(Instance instance, RelationKey relation, LikeIntent intent) {
        boolean answered = !isDetached() && clickUnaware(instance, relation, intent);
        if (!answered && isFree(PARTITIONS.of(relation.target()))) {
            decide(instance, relation, intent);
        }
    }

    /**
     * A click of a client whose process heard of no outage.
     *
     * @return whether Redis did not refuse
     */
    boolean clickUnaware(Instance instance, RelationKey relation, LikeIntent intent) {
        try {
            clickAmongOthers(instance, relation, intent);
            return true;
        } catch (BufferUnavailableException refused) {
            vague = false;
            return false;
        }
    }

    /** Redis may refuse where the database decides, and before a flush finds that it lacks what is stored. */
    private boolean mustAnswer() {
        return !behind && !isDetached() && PARTITIONS.all().noneMatch(this::lacksABatch);
    }

    private boolean lacksABatch(int partition) {
        String number = redis.commands().hget(key(partition, "batch"), "number");
        String last = number == null ? redis.commands().get(key(partition, "generation")) : number;
        return last != null && Long.parseLong(last) < Long.parseLong(storedGeneration(partition));
    }

    private String storedGeneration(int partition) {
        return sql.queryForObject(
                "select cast(generation as varchar(20)) from like_partition where id = ?", String.class, partition);
    }

    private boolean isDetached() {
        return sql.queryForObject("select count(*) from like_partition where detached", Long.class) > 0;
    }

    private boolean isFree(int partition) {
        return !sql.queryForList("select id from like_partition where id = ? for update skip locked", partition)
                .isEmpty();
    }

    /** What is in Redis now, for {@link #setRedisBack}. */
    void copyRedis() {
        dumps.clear();
        redis.commands()
                .keys("*")
                .forEach(key -> dumps.put(key, redis.commands().dump(key)));
    }

    /** Redis forgets what was since {@link #copyRedis}, as one that lost the end of its file. */
    void setRedisBack() {
        behind = true;
        redis.commands().flushall();
        dumps.forEach((key, dump) -> redis.commands().restore(key, 0, dump));
    }

    boolean isLiked(RelationKey relation) {
        return told.getOrDefault(relation, false);
    }

    private GameCharacter targetOf(RelationKey relation) {
        return characters.stream()
                .filter(character -> character.ocid().equals(relation.target()))
                .findFirst()
                .orElseThrow();
    }

    private LikeCount total(RelationKey relation) {
        return total(targetOf(relation));
    }

    private LikeCount total(GameCharacter character) {
        return new LikeCount(liked().stream()
                .filter(relation -> relation.endsWith(":" + character.ocid().value()))
                .count());
    }

    private Set<String> liked() {
        Set<String> liked = new TreeSet<>();
        told.forEach((relation, is) -> {
            if (is) {
                liked.add(relation.value());
            }
        });
        return liked;
    }

    /** Redis forgets the totals, as it does after a while. */
    void forgetTotals() {
        PARTITIONS
                .all()
                .forEach(partition -> redis.commands()
                        .del(characters.stream()
                                .map(character -> key(
                                        partition, "count:" + character.name().value()))
                                .toArray(String[]::new)));
    }

    /** Redis forgets everything, when nothing waits. */
    void emptyRedis() {
        assertThat(rows()).isEqualTo(liked());
        redis.commands().flushall();
    }

    /** Redis forgets everything; whether what was not stored survives, nobody can say before all is done. */
    void loseRedis() {
        redis.commands().flushall();
        Set<String> rows = rows();
        told.forEach((relation, liked) -> {
            if (liked != rows.contains(relation.value())) {
                open.add(relation);
            }
        });
        lossy = true;
    }

    private static String key(int partition, String rest) {
        return "{likes:" + partition + "}:" + rest;
    }

    private Set<String> rows() {
        return new TreeSet<>(
                sql.queryForList("select liker_account_id || ':' || target_ocid from character_like", String.class));
    }

    /** In every committed state. */
    void checkRows() {
        assertThat(sql.queryForList("""
                        select c.user_ign from game_character c where c.like_count <>
                               (select count(*) from character_like l where l.target_ocid = c.ocid)""", String.class))
                .as("characters whose like_count is not the number of their rows")
                .isEmpty();
    }

    private void checkTotals(Instance instance) {
        if (lossy || !mustAnswer()) {
            return;
        }
        for (GameCharacter character : characters) {
            assertThat(instance.reader().count(character))
                    .as("total of %s", character.name())
                    .contains(total(character));
        }
    }

    void readTotals(Instance instance) {
        characters.forEach(character -> instance.reader().count(character).orElseThrow());
    }

    private LikeStatus status(Instance instance, RelationKey relation) {
        return instance.reader().status(relation, targetOf(relation).name()).orElseThrow();
    }

    void checkAnswers(Instance instance) {
        checkTotals(instance);
        if (!lossy) {
            forgetTotals();
        }
        told.forEach((relation, liked) -> {
            if (!open.contains(relation)) {
                assertThat(status(instance, relation).liked())
                        .as("%s is liked", relation.value())
                        .isEqualTo(liked);
            }
        });
        checkTotals(instance);
    }

    /** Flushes until nothing waits. */
    void warmUp() {
        Instance instance = calm();
        PARTITIONS.all().forEach(partition -> {
            Report report;
            do {
                report = instance.sync().sync(partition);
            } while (!isDrained(report));
        });
        readTotals(instance);
    }

    /** Flushes until nothing waits, and compares everything with what clients were told. */
    void settle() {
        Instance instance = calm();
        if (mustAnswer()) {
            checkAnswers(instance);
        }
        drain(instance);
        behind = false;
        open.forEach(relation -> told.put(relation, status(instance, relation).liked()));
        open.clear();
        lossy = false;
        checkAnswers(instance);
        PARTITIONS
                .all()
                .forEach(partition -> assertThat(instance.sync().sync(partition).drift())
                        .as("drift")
                        .isEmpty());
        checkEnd();
    }

    private void drain(Instance instance) {
        PARTITIONS.all().forEach(partition -> {
            for (int round = 0; !isDrained(instance.sync().sync(partition)); round++) {
                assertThat(round).as("rounds").isLessThan(50);
                checkRows();
                checkTotals(instance);
                if (!lossy) {
                    forgetTotals();
                    checkTotals(instance);
                }
            }
        });
    }

    private boolean isDrained(Report report) {
        assertThat(report.setAside()).as("set aside").isEmpty();
        if (!lossy) {
            assertThat(report.drift()).as("drift").isEmpty();
        }
        return report.outcome() == Outcome.DRAINED && !report.more();
    }

    private void checkEnd() {
        checkRows();
        RedisCommands<String, String> commands = redis.commands();
        Set<String> relations = new TreeSet<>();
        PARTITIONS.all().forEach(partition -> {
            relations.addAll(commands.smembers(key(partition, "relations")));
            assertThat(commands.keys(key(partition, "*")))
                    .as("keys of an idle partition")
                    .isSubsetOf(idleKeys(partition))
                    .contains(key(partition, "complete"), key(partition, "generation"));
            assertThat(commands.get(key(partition, "generation")))
                    .as("generation")
                    .isEqualTo(storedGeneration(partition));
        });
        assertThat(isDetached()).as("detached").isFalse();
        assertThat(sql.queryForObject("select count(*) from like_fallback", Long.class))
                .as("entries of the journal")
                .isZero();
        assertThat(rows()).as("rows").isEqualTo(liked());
        assertThat(relations).as("relations in Redis").isEqualTo(liked());
        assertThat(sql.queryForList("select reason from like_set_aside", String.class))
                .as("set aside")
                .isEmpty();
    }

    private Set<String> idleKeys(int partition) {
        Set<String> keys = new HashSet<>();
        IntStream.range(0, characters.size())
                .forEach(i -> keys.add(
                        key(partition, "count:" + characters.get(i).name().value())));
        keys.addAll(List.of(key(partition, "relations"), key(partition, "complete"), key(partition, "generation")));
        return keys;
    }

    @Override
    public void close() {
        List.of(first, second, other, calm).forEach(Host::close);
        redis.close();
        database.close();
    }
}
