package maple.like.application.port.out;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.KeptAnswer;
import maple.like.application.PrimaryAheadException;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.RelationChanges;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionRow;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.RelationKey;

/**
 * The pending changes of the primary store: those that the database does not hold yet. All methods but {@link #finish}
 * and those of {@link #records()} are called under the partition's lock, with the generation read under the same lock.
 *
 * <ul>
 *   <li>A batch is known by its number and the token of the transaction that claimed it last. Where the database stored
 *       another batch of the same number, the store is behind.
 *   <li>A claimed batch stays claimed, and holds the same changes, until the generation shows that it is stored or {@link #finish} is
 *       called.
 *   <li>Every call may be repeated, and may have taken effect although it threw.
 *   <li>The answers of changes with an idempotency key are pending with them, are claimed with them, and are dropped where
 *       the journal displaces them.
 *   <li>A change made while a batch is claimed is pending for the next one; the later change of a relation prevails.
 * </ul>
 *
 * Every method throws {@link PrimaryUnavailableException} where the primary store does not reply. Safe for use by any
 * number of threads.
 */
public interface PendingLikes {
    /**
     * Reconciles the primary store with the database, which precedes everything else under the lock: finishes a batch
     * that is stored, and reduces a store that is behind the database to its pending changes, part by part. Where the
     * database lost commits ({@link PartitionRow#recovers}), every difference between the store and the rows becomes a
     * pending change instead.
     *
     * @param locked its rows are read only where the store is not in step
     * @throws PrimaryAheadException if the primary store knows of a later batch
     * @throws DatabaseUnavailableException if the lock was lost meanwhile
     */
    Reconciliation reconcile(int partition, LockedPartition locked);

    /** What reconciling found. */
    enum Reconciliation {
        /** The store is in step. */
        IN_STEP,
        /** It was behind, and holds its pending changes alone, or what the database lost is pending again. */
        REBUILT,
        /**
         * It is behind, and a part of what it takes was done. It answers nothing; reconciling again, under this lock or a
         * later one, continues.
         */
        UNFINISHED,
        /** It is in step, has no memory for any change, and no change is pending. */
        FULL,
        /** It was {@linkplain PendingLikes#handOver handed over} in a later epoch, which was not committed. */
        HANDED_OVER
    }

    /**
     * Hands a full store without pending changes over to the database: it answers nothing any more, until reconciling finds
     * that it decides again. After {@link #reconcile}.
     *
     * @param epoch the epoch that begins
     * @return false where the store has memory again or changes are pending, and nothing was done
     * @throws DatabaseUnavailableException if the lock was lost meanwhile
     */
    boolean handOver(int partition, long generation, long epoch);

    /**
     * Claims the next batch. After {@link #reconcile}.
     *
     * @param token of the transaction, by which the batch is known from now on
     * @param limit relations, 2 or more
     * @throws DatabaseUnavailableException if the lock was lost meanwhile
     */
    Claim claim(int partition, long generation, long token, int limit);

    /**
     * Applies the journal, whatever the primary store holds: each relation gets the state of its last entry, also in
     * place of a pending or claimed change. A claimed batch is pending again. An entry that was applied before changes
     * nothing, even if the database lost that it was acknowledged. After {@link #reconcile}.
     *
     * @param token of the transaction, by which the batch that stands for the journal is known from now on
     * @param journal one entry or more, in order
     * @return the generation that the database has to acknowledge these entries with
     * @throws DatabaseUnavailableException if the lock was lost meanwhile
     */
    long applyJournal(int partition, long generation, long token, List<JournalEntry> journal);

    /**
     * Finishes the batch of a generation, right after it was stored: takes what it changed off the buffered counts. Does
     * nothing if it is no longer that batch.
     *
     * @param token of the transaction that stored it
     * @param countChanges what it changed of each count
     */
    void finish(int partition, long generation, long token, Map<GameCharacter, Long> countChanges);

    /**
     * Copies a page of stored relations to a primary store that lacks some. A relation that changed since is left as it
     * is. Does nothing if the cursor is no longer that of the warm-up, or the store is full.
     *
     * @param cursor where the page starts
     * @return whether the page was copied
     */
    boolean warmUp(int partition, long generation, String cursor, RelationPage page);

    /** What the store has recorded. */
    Records records();

    /** What a primary store has recorded, page by page. Needs no lock. */
    interface Records {
        /**
         * Reads pending changes, those of a claimed batch included, also of a store that refuses writes. Each change that is
         * pending from the first page to the last is on one of them, and perhaps on several.
         *
         * @param cursor {@link LikeLedger#START}, then what the page before returned
         * @param limit changes, approximately
         */
        PendingPage pendingAfter(int partition, String cursor, int limit);

        /**
         * Reads likes of an account that the primary store holds, whether or not the database does. Each that is there from the
         * first page to the last is on one of them, and perhaps on several. Needs no lock.
         *
         * @param cursor {@link LikeLedger#START}, then what the page before returned
         * @param limit relations of any account that a page looks at, approximately
         */
        LikesPage likesOf(AccountId account, int partition, String cursor, int limit);

        /**
         * Forgets what an account was answered to requests with an idempotency key, pending answers included. May be called at any
         * time.
         */
        void forgetAnswers(int partition, AccountId account);

        /** Counts the pending changes, those of a claimed batch included. */
        long backlog(int partition);
    }

    /**
     * Some likes of an account.
     *
     * @param relations those of the page
     * @param next where the next page starts, or empty after the last
     */
    record LikesPage(List<RelationKey> relations, Optional<String> next) {
        /** Copies the list. */
        public LikesPage {
            relations = List.copyOf(relations);
        }
    }

    /**
     * Some pending changes.
     *
     * @param changes those of the page
     * @param answers given to those that had an idempotency key
     * @param next where the next page starts, or empty after the last
     */
    record PendingPage(RelationChanges changes, Set<KeptAnswer> answers, Optional<String> next) {}

    /**
     * What a claim found.
     *
     * @param batch the batch to store, or empty where nothing is pending
     * @param drift buffered counts that no change accounts for; they were dropped
     * @param backlog changes that are pending for a later batch
     * @param warmUpCursor where the next page of the warm-up starts, or empty where the store holds every relation
     */
    record Claim(
            Optional<LikeBatch> batch, Map<CharacterName, Long> drift, long backlog, Optional<String> warmUpCursor) {
        /** Copies the map. */
        public Claim {
            drift = Map.copyOf(drift);
        }
    }
}
