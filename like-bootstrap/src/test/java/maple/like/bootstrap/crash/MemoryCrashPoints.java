package maple.like.bootstrap.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.jpa.TestDatabases;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * An instance that decides in its memory dies at every point, and another starts. What it acknowledged before its last
 * finished flush is there, whatever it acknowledged later is there or not, and nothing is there twice.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
abstract class MemoryCrashPoints {
    static final LikePartitions PARTITIONS = new LikePartitions(2);
    private static final int LIKERS = 4;

    final TestDatabase database = TestDatabases.postgresql();
    private final JdbcTemplate sql = new JdbcTemplate(database.dataSource());
    private final List<GameCharacter> characters =
            List.of(character(0, "Adele"), character(0, "Kanna"), character(1, "Elsewhere"));

    /** What clients were told last, and what of it a flush had brought to safety. */
    private final Map<RelationKey, Boolean> told = new HashMap<>();

    private final Map<RelationKey, Boolean> safe = new HashMap<>();

    /** Whatever a relation may be after a death, besides what is safe: told since, or not told any more. */
    private final Map<RelationKey, Set<Boolean>> sinceThen = new HashMap<>();

    /** A process, and what it does every interval. */
    record Running(Instance instance, Runnable flush) {}

    abstract Running start(Fuse fuse);

    /** Brings what survives a death to the database. */
    abstract void storeAll(Running running);

    /** Forgets what is outside of the database. */
    abstract void empty();

    @BeforeAll
    void prepare() {
        characters.forEach(character -> sql.update(
                "insert into game_character (user_ign, ocid) values (?, ?)",
                character.name().value(),
                character.ocid().value()));
    }

    @AfterAll
    void close() {
        database.close();
    }

    private static GameCharacter character(int partition, String name) {
        return new GameCharacter(Fresh.ocidIn(partition, PARTITIONS), new CharacterName(name));
    }

    private RelationKey relation(int character, int liker) {
        return new RelationKey(
                new AccountId("liker-" + liker), characters.get(character).ocid());
    }

    private void reset() {
        sql.update("delete from character_like");
        sql.update("update game_character set like_count = 0");
        sql.update("delete from like_fallback");
        sql.update("update like_partition set generation = 0, deltas = '', detached = false");
        told.clear();
        safe.clear();
        sinceThen.clear();
        empty();
    }

    static void drain(Instance instance) {
        PARTITIONS.all().forEach(partition -> {
            Report report;
            do {
                report = instance.sync().sync(partition);
                assertThat(report.drift()).as("drift").isEmpty();
                assertThat(report.setAside()).as("set aside").isEmpty();
            } while (report.outcome() == Outcome.STORED || report.more());
        });
    }

    private void flush(Running running) {
        running.flush().run();
        safe.putAll(told);
        sinceThen.clear();
    }

    private void click(Instance instance, RelationKey relation, LikeIntent intent) {
        boolean wanted = intent.appliedTo(told.getOrDefault(relation, false));
        sinceThen.computeIfAbsent(relation, first -> new HashSet<>()).add(wanted);
        GameCharacter target = targetOf(relation);
        Result result = instance.toggle().apply(new Liker(relation.account(), Set.of()), target.name(), intent);
        told.put(relation, wanted);
        assertThat(((Result.Done) result).status())
                .as("answer to %s", intent)
                .isEqualTo(new LikeStatus(wanted, total(target)));
    }

    private GameCharacter targetOf(RelationKey relation) {
        return characters.stream()
                .filter(character -> character.ocid().equals(relation.target()))
                .findFirst()
                .orElseThrow();
    }

    private LikeCount total(GameCharacter target) {
        return new LikeCount(told.entrySet().stream()
                .filter(entry -> entry.getValue() && entry.getKey().target().equals(target.ocid()))
                .count());
    }

    /** Many changes, more than a batch takes, and some of each kind. */
    private void changeMinds(Instance instance, int round) {
        for (int liker = 0; liker < LIKERS; liker++) {
            for (int character = 0; character < characters.size(); character++) {
                int turn = (liker + character + round) % 4;
                if (turn < 3) {
                    click(instance, relation(character, liker), LikeIntent.values()[turn]);
                }
            }
        }
    }

    private void flow(Running running) {
        changeMinds(running.instance(), 0);
        flush(running);
        changeMinds(running.instance(), 1);
        changeMinds(running.instance(), 2);
        flush(running);
    }

    private void checkRows() {
        assertThat(sql.queryForList("""
                        select c.user_ign from game_character c where c.like_count <>
                               (select count(*) from character_like l where l.target_ocid = c.ocid)""", String.class))
                .as("characters whose like_count is not the number of their rows")
                .isEmpty();
    }

    /** What another process finds, which is what there is from now on. */
    private void inherit(Running heir) {
        for (int character = 0; character < characters.size(); character++) {
            for (int liker = 0; liker < LIKERS; liker++) {
                RelationKey relation = relation(character, liker);
                boolean liked = heir.instance()
                        .reader()
                        .status(relation, characters.get(character).name())
                        .orElseThrow()
                        .liked();
                boolean wasSafe = safe.getOrDefault(relation, false);
                assertThat(liked == wasSafe
                                || sinceThen.getOrDefault(relation, Set.of()).contains(liked))
                        .as(
                                "%s is liked: %s, was safe: %s, told since: %s",
                                relation, liked, wasSafe, sinceThen.get(relation))
                        .isTrue();
                told.put(relation, liked);
            }
        }
        safe.putAll(told);
        sinceThen.clear();
        characters.forEach(character ->
                assertThat(heir.instance().reader().count(character)).contains(total(character)));
    }

    private void checkEnd() {
        checkRows();
        Set<String> liked = new TreeSet<>();
        told.forEach((relation, is) -> {
            if (is) {
                liked.add(relation.value());
            }
        });
        assertThat(new TreeSet<>(sql.queryForList(
                        "select liker_account_id || ':' || target_ocid from character_like", String.class)))
                .as("rows")
                .isEqualTo(liked);
        assertThat(sql.queryForObject("select count(*) from like_fallback", Long.class))
                .as("journal")
                .isZero();
        assertThat(sql.queryForObject("select count(*) from like_partition where detached", Long.class))
                .as("detached")
                .isZero();
    }

    private void dieEverywhere(Consumer<Running> given) {
        int call = 0;
        boolean died = true;
        // Dying after a call leaves the same behind as dying before the next one.
        for (; died; call++) {
            reset();
            Running before = start(Fuse.none());
            given.accept(before);
            Fuse fuse = Fuse.deadlyBefore(call);
            try {
                try {
                    flow(start(fuse));
                } catch (Death | IllegalStateException dead) {
                    if (!fuse.isDead()) {
                        throw dead;
                    }
                }
                checkRows();
                Running heir = start(Fuse.none());
                inherit(heir);
                changeMinds(heir.instance(), 3);
                flush(heir);
                storeAll(heir);
                checkEnd();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(fuse + ": " + e.getMessage(), e);
            }
            died = fuse.isDead();
        }
        System.out.printf("%s: %d points%n", getClass().getSimpleName(), call);
        assertThat(call).as("points").isGreaterThan(25);
    }

    @Test
    void whereverItDiesOnlyWhatCameSinceTheLastFlushIsLost() {
        dieEverywhere(running -> {
            changeMinds(running.instance(), 1);
            flush(running);
        });
    }

    @Test
    void whatTheDatabaseDecidedBeforeIsTakenOver() {
        dieEverywhere(running -> {
            changeMinds(running.instance(), 1);
            flush(running);
            storeAll(running);
            for (int liker = 0; liker < LIKERS; liker++) {
                RelationKey relation = relation(liker % 3, liker);
                boolean liked = running.instance()
                        .ledger()
                        .awaitPartition(
                                PARTITIONS.of(relation.target()), locked -> locked.decide(relation, LikeIntent.TOGGLE))
                        .orElseThrow()
                        .status()
                        .liked();
                told.put(relation, liked);
                safe.put(relation, liked);
            }
            settleDecisions(running);
        });
    }

    /** What a process must do before another kind of buffer may begin. */
    void settleDecisions(Running running) {}
}
