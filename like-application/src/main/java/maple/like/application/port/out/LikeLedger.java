package maple.like.application.port.out;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import maple.like.application.StoreUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/**
 * Stores batches of changes, one partition at a time.
 *
 * <ul>
 *   <li>One caller at a time works on a partition, however many instances there are; another is turned away at once.
 *   <li>All that the work does commits together when it returns; when it throws, nothing is stored and the exception
 *       passes through.
 *   <li>Work that loses against another transaction (a deadlock, say) is rolled back and run again, a few times; so it
 *       must be repeatable.
 *   <li>The lock is a lock of the transaction: it ends with it, and a caller that lost its connection cannot commit.
 *   <li>In every committed state the count of each character equals the number of its rows.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface LikeLedger {
    /**
     * Runs work in a transaction that holds the partition's lock.
     *
     * @param work must be repeatable and not return null; it gets the partition for as long as it runs, on this thread
     * @return what the work returned, or empty where somebody else holds the lock
     * @throws StoreUnavailableException if the store is away
     */
    <R> Optional<R> withPartition(int partition, Function<LockedPartition, R> work);

    /**
     * As {@link #withPartition}, but waits for the lock where somebody else holds it: for seconds, not for ever.
     *
     * @throws StoreUnavailableException if the store is away, or the wait is too long for it
     */
    <R> R awaitPartition(int partition, Function<LockedPartition, R> work);

    /** A partition that nobody else can change meanwhile. */
    interface LockedPartition {
        /** The last batch stored. */
        PartitionState state();

        /**
         * Whether the store decides about relations by itself, because the buffer was away: from the first
         * {@link #decide} until {@link #attach}.
         */
        boolean detached();

        /**
         * How often somebody else than the buffer of before began to decide: the store ({@link #decide}), or another buffer
         * ({@link #replaceBuffer}). An attempt that is rolled back may count.
         */
        long detachments();

        /**
         * Applies an intent to a relation without the buffer, and notes the outcome in the journal, which the buffer is
         * told when it is back. The partition is detached from now on.
         *
         * @return what was found and left, or empty where there is no such character
         */
        Optional<Decision> decide(RelationKey relation, LikeIntent intent);

        /**
         * The oldest entries of the journal, in the order in which they were made: what was decided without the
         * buffer, and what {@link #apply} refused.
         *
         * @param limit how many at most; everything that one batch refused counts as one entry
         */
        List<JournalEntry> journal(int limit);

        /**
         * Forgets the journal up to the last of these entries, and raises the generation: the deltas are the changes of
         * these entries, which the rows hold since they were decided.
         *
         * @param number more than the generation
         */
        PartitionState replay(long number, List<JournalEntry> replayed);

        /** Lets the buffer decide again. The journal must be empty. */
        void attach();

        /**
         * Stores a batch: adds the rows that are missing, removes those that are there, and changes the counts by just
         * that. Applying a batch that is already stored changes no row and no count.
         *
         * <p>What cannot be stored is set aside with the reason, and does not keep the rest from being stored: a
         * relation without a character, and a change that the store refuses for its own sake (a constraint, say). The
         * latter is noted in the journal as decided the other way, so that the buffer is told what the store holds.
         */
        AppliedBatch apply(LikeBatch batch);

        /**
         * Tells what storing relations would change of each count, compared with what the store held before the
         * decisions that are still in the journal. Relations without a character count for nothing.
         *
         * @param entries for each relation whether it is to be liked
         */
        Map<CharacterName, Long> changes(Map<RelationKey, Boolean> entries);

        /**
         * Reads stored relations of this partition in a fixed order.
         *
         * @param cursor 0 to start, then what the previous page said
         * @param limit how many rows to look at, at most; those of other partitions are left out of the page
         */
        RelationPage relationsAfter(long cursor, int limit);

        /**
         * Reads characters of this partition in a fixed order, with their count and the number of their rows.
         *
         * @param cursor 0 to start, then what the previous page said
         * @param limit how many characters to look at, at most; those of other partitions are left out of the page
         */
        TallyPage talliesAfter(long cursor, int limit);

        /**
         * Tells of each of these relations whether it is stored. Those without a character, and those of other
         * partitions, are left out.
         */
        Map<RelationKey, Boolean> stored(Collection<RelationKey> relations);

        /** How many relations of this partition are set aside. */
        long setAside();

        /** Sets the counts of these characters of this partition to the number of their rows. */
        void recount(Collection<Ocid> targets);

        /**
         * Raises the generation beyond every batch that the buffer may have claimed. The buffer is behind from then on, so
         * whoever settles it next rebuilds it, and whatever was read before is out of date. The journal must be empty,
         * and the buffer settled under the same lock.
         */
        void outpaceBuffer();

        /**
         * Does what {@link #outpaceBuffer} does, for another buffer that decides from now on.
         *
         * @return the number of {@link #detachments} by which the buffer of before sees that it was replaced
         */
        long replaceBuffer();
    }

    /**
     * What deciding without the buffer found and left.
     *
     * @param status the relation and the count of its target, both as they are now
     * @param changed whether the relation was changed
     */
    record Decision(LikeStatus status, boolean changed) {}

    /**
     * Something that was decided without the buffer.
     *
     * @param number orders the entries of a partition, save for what a batch refused, which comes first
     * @param relation the relation
     * @param name the name that its target's likes are counted under
     * @param liked what became of it
     * @param change what that changed of the count: 1, 0 or -1
     */
    record JournalEntry(long number, RelationKey relation, CharacterName name, boolean liked, long change) {}

    /**
     * The last batch stored in a partition.
     *
     * @param generation its number; 0 before the first
     * @param deltas what it changed of each count; counts that it did not change are left out
     */
    record PartitionState(long generation, Map<CharacterName, Long> deltas) {
        /** Copies the map. */
        public PartitionState {
            deltas = Map.copyOf(deltas);
        }
    }

    /**
     * Changes to be stored together.
     *
     * @param number one more than the generation it follows
     * @param entries for each relation whether it is to be liked
     */
    record LikeBatch(long number, Map<RelationKey, Boolean> entries) {
        /** Copies the map. */
        public LikeBatch {
            entries = Map.copyOf(entries);
        }
    }

    /**
     * What storing a batch did.
     *
     * @param state the partition's new state
     * @param inserted rows added
     * @param deleted rows removed
     * @param setAside relations that could not be stored
     */
    record AppliedBatch(PartitionState state, int inserted, int deleted, List<RelationKey> setAside) {
        /** Copies the list. */
        public AppliedBatch {
            setAside = List.copyOf(setAside);
        }
    }

    /**
     * Some stored relations.
     *
     * @param relations those of the partition
     * @param nextCursor where the next page starts
     * @param last whether there is no next page
     */
    record RelationPage(List<RelationKey> relations, long nextCursor, boolean last) {
        /** Copies the list. */
        public RelationPage {
            relations = List.copyOf(relations);
        }
    }

    /**
     * Some characters and their counts.
     *
     * @param tallies those of the partition
     * @param nextCursor where the next page starts
     * @param last whether there is no next page
     */
    record TallyPage(List<Tally> tallies, long nextCursor, boolean last) {
        /** Copies the list. */
        public TallyPage {
            tallies = List.copyOf(tallies);
        }
    }

    /**
     * A character's count, which should be the number of its rows.
     *
     * @param character whose
     * @param likeCount the count
     * @param rows the number of rows
     */
    record Tally(GameCharacter character, long likeCount, long rows) {}
}
