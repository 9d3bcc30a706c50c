package maple.like.adapter.jpa;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maple.like.application.LikePartitions;
import maple.like.application.StoreUnavailableException;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeLedger;
import org.hibernate.SessionFactory;
import org.hibernate.exception.ConstraintViolationException;

/**
 * The door of this adapter: the ports of the application over one database. Safe for use by any number of threads, as
 * are the ports.
 */
public final class JpaLikes {
    /**
     * How long the ledger waits for a lock where it waits at all, in whole seconds: a caller that is stalled with the
     * partition's lock in its hands must not stall the others for longer. On MySQL and MariaDB the limit stays with the
     * connection, for whatever is done on it next.
     */
    public static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final Store store;
    private final Sql sql;
    private final LikePartitions partitions;
    private final InstantSource clock;
    private final Duration longestWait;

    /**
     * Opens the adapter.
     *
     * @param sessions knows the entities of {@link LikePersistence}; stays the caller's to close
     * @param partitions the same for every instance on one database
     * @param clock dates new rows
     */
    public JpaLikes(SessionFactory sessions, LikePartitions partitions, InstantSource clock) {
        this(sessions, partitions, clock, LONGEST_WAIT);
    }

    JpaLikes(SessionFactory sessions, LikePartitions partitions, InstantSource clock, Duration longestWait) {
        this.store = new Store(sessions);
        this.sql = Sql.of(sessions);
        this.partitions = partitions;
        this.clock = clock;
        this.longestWait = longestWait;
    }

    /**
     * How many partitions the store is divided into; 0 where {@link #ensurePartitions} never ran.
     *
     * @throws StoreUnavailableException if the store is away
     */
    public int storedPartitions() {
        return store.read(
                        "count the partitions",
                        session -> session.createSelectionQuery("select count(*) from LikePartitionEntity", Long.class)
                                .getSingleResult())
                .intValue();
    }

    /**
     * Adds the rows that partitions are locked by, where they are missing. To be called before the ports are used; any
     * number of instances may do so, at any time.
     *
     * @throws StoreUnavailableException if the store is away
     */
    public void ensurePartitions() {
        boolean ensured = false;
        while (!ensured) {
            ensured = addMissingPartitions();
        }
    }

    /** Stores batches. */
    public LikeLedger ledger() {
        return new JpaLikeLedger(store, sql, partitions, clock, longestWait);
    }

    /** Reads relations and counts. */
    public LikeCountStore counts() {
        return new JpaLikeCountStore(store, partitions);
    }

    /** Finds characters. */
    public CharacterDirectory directory() {
        return new JpaCharacterDirectory(store);
    }

    /** Adds characters. */
    public CharacterRegistry registry() {
        return new JpaCharacterRegistry(store);
    }

    /** Answers false where another instance adds them at the same time: its rows are there by now, or never will be. */
    private boolean addMissingPartitions() {
        String what = "add the rows of the partitions";
        try {
            return store.inTransaction(
                    what,
                    session -> Store.attempt(what, () -> {
                        Set<Integer> present = new HashSet<>(
                                session.createSelectionQuery("select id from LikePartitionEntity", Integer.class)
                                        .getResultList());
                        List<LikePartitionEntity> missing = partitions
                                .all()
                                .filter(id -> !present.contains(id))
                                .mapToObj(LikePartitionEntity::new)
                                .toList();
                        session.insertMultiple(missing);
                        return true;
                    }));
        } catch (ConstraintViolationException overtaken) {
            return false;
        }
    }
}
