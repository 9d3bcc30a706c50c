package maple.like.bootstrap.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import maple.like.adapter.jpa.JpaLikes;
import maple.like.adapter.jpa.LikePersistence;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.redis.TestRedis;
import maple.like.application.PartitionState;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionRow;
import maple.like.bootstrap.crash.Instance.Kind;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikeKeys;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.hibernate.SessionFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** A real Redis, a database, and instances of the service on them. Both stores can be inspected and tampered with. */
final class Deployment implements AutoCloseable {
    static final LikePartitions PARTITIONS = new LikePartitions(2);

    /** The database rejects every row of this liker. */
    static final int REJECTED_LIKER = 99;

    /** Relations in a batch or page: few, so that a scenario needs several. */
    private static final int SMALL_BATCH = 4;

    /** The characters of partition 0, which scenarios are about, and one of the other partition. */
    final GameCharacter adele;

    final GameCharacter kanna;
    final GameCharacter elsewhere;
    final List<GameCharacter> characters;

    private final TestRedis redis = TestRedis.started();
    private final TestDatabase database;
    private final JdbcTemplate sql;
    private final SessionFactory sessions;
    private final JpaLikes likes;
    private final ExecutorService forwarders =
            Executors.newSingleThreadExecutor(); // one after another, as in every run
    private final LocalEvents events = new LocalEvents(new ArrayList<>());
    private final Deque<Connections> unused = new ArrayDeque<>();
    private final List<Instance> instances = new ArrayList<>();
    private final Map<CharacterName, Optional<GameCharacter>> resolved = new HashMap<>();
    private final Map<String, byte[]> savedRedis = new HashMap<>();

    /** @param database is closed with the deployment */
    Deployment(TestDatabase database, Random random) {
        this.database = database;
        sql = new JdbcTemplate(database.dataSource());
        sessions = LikePersistence.sessionFactory(database.dataSource());
        likes = new JpaLikes(sessions, PARTITIONS, InstantSource.system());
        adele = character("Adele", 0, random);
        kanna = character("Kanna", 0, random);
        elsewhere = character("Elsewhere", 1, random);
        characters = List.of(adele, kanna, elsewhere);
        sql.execute("alter table character_like add constraint rejected check (liker_account_id <> '"
                + account(REJECTED_LIKER).value() + "')");
    }

    private static GameCharacter character(String name, int partition, Random random) {
        Ocid ocid = Stream.generate(() -> new Ocid(Long.toHexString(random.nextLong())))
                .filter(candidate -> PARTITIONS.of(candidate) == partition)
                .findFirst()
                .orElseThrow();
        return new GameCharacter(ocid, new CharacterName(name));
    }

    static AccountId account(int liker) {
        return new AccountId("liker-" + liker);
    }

    static RelationKey relation(GameCharacter target, int liker) {
        return new RelationKey(account(liker), target.ocid());
    }

    /** Ends all instances and empties both stores. */
    void reset() {
        List.copyOf(instances).forEach(this::stop);
        events.listeners().clear();
        resolved.clear();
        List.of(
                        "character_like",
                        "like_set_aside",
                        "like_fallback",
                        "like_idempotency_key",
                        "like_partition",
                        "like_erasure",
                        "game_character")
                .forEach(table -> sql.update("delete from " + table));
        characters.forEach(character -> sql.update(
                "insert into game_character (user_ign, ocid) values (?, ?)",
                character.name().value(),
                character.ocid().value()));
        likes.ensurePartitions();
        redis.commands().flushall();
    }

    Instance start() {
        return start(Kind.REDIS, CrashPoint.none());
    }

    /** The crash point counts from the first call of the start. */
    Instance start(Kind kind, CrashPoint crashPoint) {
        return start(kind, crashPoint, SMALL_BATCH);
    }

    private Instance start(Kind kind, CrashPoint crashPoint, int batchSize) {
        Connections connections =
                unused.isEmpty() ? new Connections(redis.connection(), database.dataSource(), events) : unused.remove();
        connections.reset(crashPoint);
        try {
            Instance instance = new Instance(kind, connections, resolved, forwarders, batchSize);
            instances.add(instance);
            return instance;
        } catch (CrashPoint.Killed killed) {
            unused.add(connections);
            throw killed;
        }
    }

    /** Has an instance do, with large batches, what is not under test. */
    void withHelper(Consumer<Instance> work) {
        Instance helper = start(Kind.REDIS, CrashPoint.none(), 1_000);
        work.accept(helper);
        stop(helper);
    }

    private void stop(Instance instance) {
        instance.connections.reset(CrashPoint.none());
        unused.add(instance.connections);
        instances.remove(instance);
    }

    /** Delivers events at once to the caches of all instances. */
    private record LocalEvents(List<Listener> listeners) implements LikeEventBus {
        @Override
        public void publish(LikeEvent event) {
            listeners.forEach(listener -> listener.onLikeEvent(event));
        }

        @Override
        public void subscribe(Listener listener) {
            listeners.add(listener);
        }

        @Override
        public void reportLoss() {
            listeners.forEach(Listener::onEventsLost);
        }
    }

    // Redis

    void expireTotals() {
        characters.forEach(character ->
                redis.commands().del(PARTITIONS.keys(character.ocid()).count(character.name())));
    }

    void emptyRedis() {
        redis.commands().flushall();
        redis.commands().scriptFlush();
    }

    void saveRedis() {
        savedRedis.clear();
        redis.commands()
                .keys("*")
                .forEach(key -> savedRedis.put(key, redis.commands().dump(key)));
    }

    /** Restarts Redis with what {@link #saveRedis} saved. */
    void restoreRedis() {
        redis.commands().flushall();
        savedRedis.forEach((key, value) -> redis.commands().restore(key, 0, value));
    }

    // Database

    /** Adds a like that Redis does not know of. */
    void insertRow(RelationKey relation) {
        String target = relation.target().value();
        sql.update(
                "insert into character_like (target_ocid, liker_account_id, created_at)"
                        + " values (?, ?, current_timestamp)",
                target,
                relation.account().value());
        sql.update("update game_character set like_count = like_count + 1 where ocid = ?", target);
    }

    Set<String> rows() {
        return new TreeSet<>(sql.queryForList(
                "select concat(liker_account_id, ':', target_ocid) from character_like", String.class));
    }

    /** Time passes until no erasure is claimed any more. */
    void expireClaims() {
        sql.update("update like_erasure set claimed_until = '2001-01-01 00:00:00'");
    }

    /** What names an account, in both stores. */
    List<String> traces(AccountId account) {
        List<String> traces = new ArrayList<>();
        for (String table : List.of("character_like", "like_set_aside", "like_fallback", "like_idempotency_key")) {
            sql.queryForList(
                            "select target_ocid from " + table + " where liker_account_id = ?",
                            String.class,
                            account.value())
                    .forEach(target -> traces.add(table + " of " + target));
        }
        PARTITIONS.all().mapToObj(PARTITIONS::keys).forEach(keys -> {
            traces.addAll(redis.commands().keys(keys.answerPrefix(account) + "*"));
            Stream.of(
                            redis.commands().smembers(keys.relations()),
                            redis.commands().smembers(keys.pending()),
                            redis.commands().smembers(keys.unliked()),
                            redis.commands().hkeys(keys.batch()),
                            redis.commands().hkeys(keys.unstoredAnswers()))
                    .flatMap(Collection::stream)
                    .filter(member -> member.startsWith(account.value() + ":"))
                    .forEach(member -> traces.add(keys + " " + member));
        });
        return traces;
    }

    boolean hasErasures() {
        return sql.queryForObject("select count(*) from like_erasure", Integer.class) > 0;
    }

    /** Whether the database decides about a character. Needs no lock. */
    boolean databaseDecides(GameCharacter character) {
        String state = sql.queryForObject(
                "select state from like_partition where id = ?", String.class, PARTITIONS.of(character.ocid()));
        return PartitionState.valueOf(state).databaseDecides();
    }

    /** Whether an instance holds the lock of a partition just now. */
    boolean isLocked(int partition) {
        return likes.ledger().tryPartition(partition, locked -> true).isEmpty();
    }

    <R> R inspect(int partition, Function<LockedPartition, R> read) {
        return likes.ledger().tryPartition(partition, read).orElseThrow();
    }

    /** Holds in every committed state. */
    void checkCounts() {
        assertThat(sql.queryForList("""
            select c.user_ign from game_character c where c.like_count <>
                   (select count(*) from character_like l where l.target_ocid = c.ocid)\
            """, String.class))
                .as("characters whose like_count is not the number of their rows")
                .isEmpty();
    }

    /** A journal is only where the database decides or has rejected a row, and no rebuild is left half done. */
    void checkStates() {
        PARTITIONS.all().forEach(partition -> {
            PartitionState state = inspect(partition, LockedPartition::row).state();
            assertThat(state).as("state of partition %d", partition).isNotEqualTo(PartitionState.REBUILDING);
            if (!state.databaseDecides() && deadLetters(partition) == 0) {
                assertThat(hasJournal(partition)).as("journal while %s", state).isFalse();
            }
        });
    }

    private boolean hasJournal(int partition) {
        return inspect(partition, locked -> !locked.journal().entries(1).isEmpty());
    }

    private long deadLetters(int partition) {
        return inspect(partition, locked -> locked.inspection().deadLetters());
    }

    /** Nothing is left to do in the database. */
    void checkStored(Set<String> liked, int deadLetters) {
        checkCounts();
        assertThat(rows()).as("rows").isEqualTo(liked);
        assertThat(PARTITIONS.all().anyMatch(this::hasJournal)).as("journal").isFalse();
        assertThat(PARTITIONS.all().mapToLong(this::deadLetters).sum())
                .as("dead letters")
                .isEqualTo(deadLetters);
    }

    /** As {@link #checkStored}; nothing is left to do in Redis either, and it holds the same. */
    void checkIdle(Set<String> liked, int deadLetters) {
        checkStored(liked, deadLetters);
        Set<String> inRedis = new TreeSet<>();
        PARTITIONS.all().forEach(partition -> {
            LikeKeys keys = PARTITIONS.keys(partition);
            PartitionRow row = inspect(partition, LockedPartition::row);
            assertThat(row.state()).as("state of partition %d", partition).isEqualTo(PartitionState.ACTIVE);
            assertThat(redis.commands().get(keys.generation()))
                    .as("generation of partition %d in Redis", partition)
                    .isEqualTo(String.valueOf(row.generation()));
            assertThat(redis.commands().keys(keys + ":*").stream()
                            .filter(key -> !key.startsWith(keys.countPrefix()))
                            .filter(key -> !key.startsWith(keys.unstoredAnswers() + ":")))
                    .as("keys of partition %d", partition)
                    .isSubsetOf(keys.relations(), keys.complete(), keys.generation(), keys.journal())
                    .contains(keys.complete());
            inRedis.addAll(redis.commands().smembers(keys.relations()));
        });
        assertThat(inRedis).as("relations in Redis").isEqualTo(liked);
    }

    @Override
    public void close() {
        reset();
        unused.forEach(Connections::close);
        forwarders.shutdown();
        sessions.close();
        redis.close();
        database.close();
    }
}
