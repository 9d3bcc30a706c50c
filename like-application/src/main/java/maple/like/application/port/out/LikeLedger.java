package maple.like.application.port.out;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.IdempotencyKeyReusedException;
import maple.like.application.JournalMark;
import maple.like.application.KeptAnswer;
import maple.like.application.KeyUse;
import maple.like.application.PartitionState;
import maple.like.application.PrimaryAheadException;
import maple.like.application.RelationChanges;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/**
 * Works on the stored likes, one partition at a time.
 *
 * <ul>
 *   <li>One caller at a time works on a partition, however many instances there are.
 *   <li>All that the work does commits together when it returns; when it throws, nothing is stored and the exception
 *       passes through.
 *   <li>Work that loses against another transaction (a deadlock, say) is rolled back and run again, a few times; so it
 *       must be repeatable.
 *   <li>The lock ends with the transaction: an owner that lost its connection cannot commit.
 *   <li>Work that throws {@link PrimaryAheadException} is rolled back and run again. Where the database still does not know
 *       of that batch in a transaction of its own, it lost commits: the generation is raised beyond every batch that the
 *       primary store can know of, and {@link PartitionRow#recoversFrom} is set.
 *   <li>In every committed state the count of each character equals the number of its rows.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface LikeLedger {
    /**
     * Runs work in a transaction that holds the partition's lock.
     *
     * @param work must be repeatable and not return null; uses the partition while it runs, on this thread
     * @return what the work returned, or empty where the lock has another owner
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    <R> Optional<R> tryPartition(int partition, Function<LockedPartition, R> work);

    /**
     * As {@link #tryPartition}, but waits some seconds for the lock.
     *
     * @throws DatabaseUnavailableException if the database is unavailable, or the lock is not released in time
     */
    <R> R awaitPartition(int partition, Function<LockedPartition, R> work);

    /**
     * Decides about changes of several partitions in one transaction, as {@link Journal#decide(List)} does. Waits for their
     * locks as {@link #awaitPartition} does, in the order of the partitions.
     *
     * @param changes by partition
     * @param beforeCommit throws where the decisions are no longer wanted
     * @return by partition; those that the database does not decide are left out, and so may be any other, which is then to
     *     be asked alone
     * @throws DatabaseUnavailableException if the database is unavailable, or a lock is not released in time
     */
    default Map<Integer, Decided> decide(Map<Integer, List<Change>> changes, Runnable beforeCommit) {
        return Map.of();
    }

    /** A partition whose lock this transaction holds. */
    interface LockedPartition {
        /** Drawn at random for this transaction; becomes the token of the batch that it stores. */
        long token();

        /** The partition's row as it is now. */
        PartitionRow row();

        /**
         * Makes a transition. A transition to {@link PartitionState#FAILED_OVER} begins an epoch.
         *
         * @throws IllegalStateException if the transition is not legal
         */
        void moveTo(PartitionState next);

        /** Stores batches and reads rows. */
        Rows rows();

        /** The decisions that the primary store was not given yet. */
        Journal journal();

        /** Compares and repairs. */
        Inspection inspection();

        /** What the row says of the primary store. */
        Primary primary();
    }

    /** The rows of a locked partition. */
    interface Rows {
        /**
         * Stores a batch: adds the rows that are missing, removes those that are there, and changes the counts by just
         * that. Storing a batch again changes no row and no count.
         *
         * <p>A change of a relation without a character, and one that the database rejects for its own sake (a constraint,
         * say), become dead letters and do not keep the rest from being stored. They are also {@linkplain Journal journal}
         * entries, so that the primary store is given what the database holds. The answers of all other changes are stored
         * with them.
         */
        StoredBatch store(LikeBatch batch);

        /**
         * Admits characters that other writers added, a bounded number at once: their counts then equal the numbers of their
         * rows.
         *
         * @return whether one of them was there before and was deleted: the primary store may know likes of it that have no
         *     row any more, and is to be {@linkplain Primary#invalidate invalidated}
         */
        boolean admitCharacters();

        /**
         * Removes the rows of relations whose character does not exist, and has the primary store given that by the
         * {@linkplain Journal journal}. Relations of characters that exist are left as they are.
         *
         * @return how many rows were removed
         */
        int removeOrphans(Collection<RelationKey> relations);

        /** What the last stored batch changed of these characters' counts; those it did not change are left out. */
        Map<GameCharacter, Long> lastChanges(Collection<Ocid> targets);

        /**
         * What storing changes would change of each count, compared with what the database held before the decisions
         * that are still in the journal. Relations without a character are left out.
         */
        Map<GameCharacter, Long> effectOf(RelationChanges changes);

        /**
         * Reads stored relations of this partition in a fixed order.
         *
         * @param cursor {@link #START}, then what the page before returned
         * @param limit rows, 1 or more
         */
        RelationPage relationsAfter(String cursor, int limit);
    }

    /** The journal of a locked partition. */
    interface Journal {
        /**
         * Decides about changes in place of the primary store, one after another, and adds one entry for each relation with
         * its outcome, also where nothing changes. Only while the {@linkplain PartitionState#databaseDecides() database
         * decides}.
         *
         * @return the decisions in the order of the changes; empty where there is no such character
         * @throws IllegalStateException if the database does not decide
         * @throws IdempotencyKeyReusedException if an account used the same key for another character; nothing is decided then
         */
        List<Optional<Decision>> decide(List<Change> changes);

        /** Decides about one change without an idempotency key, as {@link #decide(List)} does. */
        default Optional<Decision> decide(AccountId account, GameCharacter character, LikeIntent intent) {
            return decide(List.of(new Change(account, character, intent))).get(0);
        }

        /** The oldest entries, in order. */
        List<JournalEntry> entries(int limit);

        /**
         * Removes the entries up to the last of these, and sets the generation: the changes of these entries are the
         * last changes of their counts.
         *
         * @param generation more than the generation
         */
        void acknowledge(long generation, List<JournalEntry> entries);
    }

    /** Comparing and repairing a locked partition. */
    interface Inspection {
        /**
         * Reads the characters of this partition in a fixed order, with their count and the number of their rows.
         *
         * @param cursor {@link #START}, then what the page before returned
         * @param limit characters, 1 or more
         */
        CountPage countsAfter(String cursor, int limit);

        /** Which of these relations are stored. Those without a character are in neither set. */
        RelationChanges stored(Collection<RelationKey> relations);

        /** The number of dead letters of this partition. */
        long deadLetters();

        /** Sets the counts of these characters to the number of their rows. */
        void recount(Collection<Ocid> targets);
    }

    /** What a partition's row says of the primary store. */
    interface Primary {
        /**
         * Raises the generation beyond every batch that it may have claimed and moves to {@link PartitionState#REBUILDING}.
         *
         * @throws IllegalStateException if the journal is not empty
         */
        void invalidate();

        /**
         * As {@link #invalidate()}, for another store in place of the one before: begins an epoch, too.
         *
         * @return the row
         */
        PartitionRow replace();

        /** It is in step: what the database lost is pending there. */
        void recovered();
    }

    /** Where the first page starts. */
    String START = "";

    /**
     * A partition's row.
     *
     * @param generation the number of the last batch stored; 0 before the first
     * @param token the token of the transaction that stored it: another batch may have had the same number
     * @param state what the partition is doing
     * @param epoch the fencing token: rises whenever another than before begins to decide
     * @param recoversFrom null but after the database lost commits: a primary store that knows of this batch or a later one
     *     holds all that the database holds
     */
    record PartitionRow(
            long generation,
            long token,
            PartitionState state,
            long epoch,
            @Nullable Long recoversFrom) {
        /** Whether a primary store that knows this batch and no later one is to be recovered, and not rebuilt. */
        public boolean recovers(@Nullable Long known) {
            return recoversFrom != null && known != null && known >= recoversFrom;
        }
    }

    /**
     * Changes to be stored together.
     *
     * @param number one more than the generation that it follows
     * @param changes what the relations are to become
     * @param answers given to the changes that had an idempotency key
     */
    record LikeBatch(long number, RelationChanges changes, Set<KeptAnswer> answers) {
        /** Copies the set. */
        public LikeBatch {
            answers = Set.copyOf(answers);
        }

        /** Changes without idempotency keys. */
        public LikeBatch(long number, RelationChanges changes) {
            this(number, changes, Set.of());
        }
    }

    /**
     * What storing a batch did.
     *
     * @param countChanges what it changed of each count
     * @param inserted rows added
     * @param deleted rows removed
     * @param rejected relations that became dead letters
     */
    record StoredBatch(Map<GameCharacter, Long> countChanges, int inserted, int deleted, List<RelationKey> rejected) {
        /** Copies both collections. */
        public StoredBatch {
            countChanges = Map.copyOf(countChanges);
            rejected = List.copyOf(rejected);
        }
    }

    /**
     * A change that is asked for.
     *
     * @param account whose like it is
     * @param character of this partition
     * @param intent what is wanted
     * @param use as {@link LikeToggle#apply(AccountId, GameCharacter, LikeIntent, KeyUse)} takes it; the answer is stored
     */
    record Change(
            AccountId account,
            GameCharacter character,
            LikeIntent intent,
            @Nullable KeyUse use) {
        /** A change without an idempotency key. */
        public Change(AccountId account, GameCharacter character, LikeIntent intent) {
            this(account, character, intent, null);
        }

        /** The relation. */
        public RelationKey relation() {
            return new RelationKey(account, character.ocid());
        }
    }

    /**
     * What a decision found and left.
     *
     * @param status the status after it
     * @param changed whether it changed the relation
     * @param repeated whether it was made before, for a request with the same idempotency key
     */
    record Decision(LikeStatus status, boolean changed, boolean repeated) {
        /** A new decision. */
        public Decision(LikeStatus status, boolean changed) {
            this(status, changed, false);
        }
    }

    /**
     * What the database decided in a partition.
     *
     * @param epoch of the partition
     * @param decisions in the order of the changes; empty where there is no such character
     */
    record Decided(long epoch, List<Optional<Decision>> decisions) {
        /** Copies the list. */
        public Decided {
            decisions = List.copyOf(decisions);
        }
    }

    /**
     * What the database decided about a relation.
     *
     * @param number orders the entries of a partition
     * @param account the account of the relation
     * @param character the character of the relation
     * @param liked what the relation became
     * @param change what that changed of the count: 1, 0 or -1
     * @param decidedAt when the database decided, in microseconds
     */
    record JournalEntry(
            long number, AccountId account, GameCharacter character, boolean liked, long change, Instant decidedAt) {
        /** How far a primary store is that was given these entries. */
        public static JournalMark last(Collection<JournalEntry> journal) {
            return journal.stream().map(JournalEntry::mark).reduce(JournalMark.NONE, JournalMark::and);
        }

        /** The place of the entry in the journal. */
        public JournalMark mark() {
            return new JournalMark(number, decidedAt);
        }

        /** The relation. */
        public RelationKey relation() {
            return new RelationKey(account, character.ocid());
        }
    }

    /**
     * Some stored relations.
     *
     * @param relations those of the page
     * @param next where the next page starts
     * @param last whether there is no next page
     */
    record RelationPage(List<RelationKey> relations, String next, boolean last) {
        /** Copies the list. */
        public RelationPage {
            relations = List.copyOf(relations);
        }
    }

    /**
     * Some characters and their counts.
     *
     * @param counts those of the page
     * @param unusable rows of characters that cannot be liked, and why
     * @param next where the next page starts
     * @param last whether there is no next page
     */
    record CountPage(List<CharacterCount> counts, List<String> unusable, String next, boolean last) {
        /** Copies the lists. */
        public CountPage {
            counts = List.copyOf(counts);
            unusable = List.copyOf(unusable);
        }
    }

    /**
     * A character's count, which should equal the number of its rows.
     *
     * @param character the character
     * @param likeCount its count
     * @param rows the number of its rows
     */
    record CharacterCount(GameCharacter character, long likeCount, long rows) {}
}
