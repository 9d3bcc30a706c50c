package maple.like.adapter.jpa;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.port.out.AccountErasure;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterRanking;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.application.port.out.CharacterRetirement;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLists;
import maple.like.domain.LikePartitions;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;

/** The ports of the application over one database. Safe for use by any number of threads, as are the ports. */
public final class JpaLikes {
    /**
     * How long the ledger waits for a lock where it waits at all, in whole seconds: an owner that is stalled must not stall
     * the others for longer. On MySQL and MariaDB the limit stays with the connection.
     */
    public static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final Transactions transactions;
    private final LikePartitions partitions;
    private final CharacterAdmission admission;
    private final InstantSource clock;
    private final Duration longestWait;

    /** As the constructor below, with no monitor. */
    public JpaLikes(SessionFactory sessions, LikePartitions partitions, InstantSource clock) {
        this(sessions, partitions, clock, LONGEST_WAIT);
    }

    /**
     * Opens the adapter.
     *
     * @param sessions knows the entities of {@link LikePersistence}; the caller closes it
     * @param partitions the same for every instance on one database
     * @param clock dates new rows
     * @param monitor learns what others did to the tables
     */
    public JpaLikes(SessionFactory sessions, LikePartitions partitions, InstantSource clock, CharacterMonitor monitor) {
        this(sessions, partitions, clock, monitor, LONGEST_WAIT);
    }

    JpaLikes(SessionFactory sessions, LikePartitions partitions, InstantSource clock, Duration longestWait) {
        this(sessions, partitions, clock, CharacterMonitor.NONE, longestWait);
    }

    private JpaLikes(
            SessionFactory sessions,
            LikePartitions partitions,
            InstantSource clock,
            CharacterMonitor monitor,
            Duration longestWait) {
        this.transactions = new Transactions(
                sessions, DatabaseVendor.of(sessions), new Refusals(monitor, () -> clock.millis() * 1_000_000));
        this.partitions = partitions;
        this.admission = new CharacterAdmission(partitions, monitor);
        this.clock = clock;
        this.longestWait = longestWait;
    }

    /**
     * The number of partitions that the database is divided into; 0 where {@link #ensurePartitions} never ran.
     *
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    public int storedPartitions() {
        return transactions
                .read(
                        "count the partitions",
                        session -> session.createSelectionQuery("select count(*) from LikePartitionEntity", Long.class)
                                .getSingleResult())
                .intValue();
    }

    /**
     * Adds the rows of partitions that are missing. To be called before the ports are used; any number of instances may do
     * so, at any time. Where there are none, the database is divided anew.
     *
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    public void ensurePartitions() {
        boolean ensured = false;
        while (!ensured) {
            ensured = addMissingPartitions();
        }
    }

    /** Stores batches, decides and inspects. */
    public LikeLedger ledger() {
        return new JpaLikeLedger(transactions, admission, clock, longestWait);
    }

    /** Reads relations and counts. */
    public LikeCountStore counts() {
        return new JpaLikeCountStore(transactions, admission, clock);
    }

    /**
     * Deletes answers of idempotency keys that have expired, all there are. Any number of instances may do so at once.
     *
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    public void deleteExpiredAnswers() {
        boolean more = true;
        while (more) {
            more = transactions.inTransaction(
                            "delete expired answers",
                            session -> transactions.attempt(
                                    "delete expired answers",
                                    () -> answers(session).deleteExpired(clock.instant())))
                    == KeptAnswerStatements.MOST_DELETED;
        }
    }

    private KeptAnswerStatements answers(StatelessSession session) {
        return new KeptAnswerStatements(session, transactions.vendor());
    }

    /** Reads the characters with the most likes. */
    public CharacterRanking ranking() {
        return new JpaCharacterRanking(transactions, new JpaCharacterDirectory(transactions, admission), clock);
    }

    /** Lists likes. */
    public LikeLists lists() {
        return new JpaLikeLists(transactions, new JpaCharacterDirectory(transactions, admission));
    }

    /** Erases accounts. */
    public AccountErasure erasure() {
        return new JpaAccountErasure(transactions, admission, clock);
    }

    /** Finds characters. */
    public CharacterDirectory directory() {
        return new JpaCharacterDirectory(transactions, admission);
    }

    /** Takes characters out. */
    public CharacterRetirement retirement() {
        return new JpaCharacterRetirement(transactions, admission);
    }

    /** Adds characters. */
    public CharacterRegistry registry() {
        return new JpaCharacterRegistry(transactions, admission);
    }

    /** Returns false where another instance adds them at the same time: its rows exist by now, or never will. */
    private boolean addMissingPartitions() {
        try {
            transactions.write("add the rows of the partitions", session -> {
                Set<Integer> present =
                        new HashSet<>(session.createSelectionQuery("select id from LikePartitionEntity", Integer.class)
                                .getResultList());
                List<Integer> missing = partitions
                        .all()
                        .filter(id -> !present.contains(id))
                        .boxed()
                        .toList();
                if (present.isEmpty()) {
                    forgetPartitions(session);
                }
                if (!missing.isEmpty()) {
                    long generation = firstGeneration(session);
                    session.insertMultiple(missing.stream()
                            .map(id -> new LikePartitionEntity(id, generation))
                            .toList());
                }
            });
            return true;
        } catch (ConstraintViolationException lostRace) {
            return false;
        }
    }

    private static void forgetPartitions(StatelessSession session) {
        for (String table : List.of("game_character", "like_set_aside")) {
            session.createNativeMutationQuery(
                            "update " + table + " set partition_id = null where partition_id is not null")
                    .executeUpdate();
        }
        // Redis is empty, so that no likes are counted under the old names any more.
        session.createMutationQuery("delete from LikeCharacterEntity").executeUpdate();
    }

    /** A character's last batch must never be taken for one of its new partition. */
    private static long firstGeneration(StatelessSession session) {
        Long last = session.createSelectionQuery("select max(lastGeneration) from GameCharacterEntity", Long.class)
                .getSingleResultOrNull();
        return last == null ? 0 : last + 1;
    }
}
