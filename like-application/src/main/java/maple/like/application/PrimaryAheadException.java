package maple.like.application;

import java.io.Serial;

/**
 * The primary store knows of a later batch than this transaction: another owner of the lock stored it, or the database lost
 * its last commits. A ledger finds out which, and runs the work again.
 */
public final class PrimaryAheadException extends LikesUnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final long known;
    private final transient JournalMark applied;

    /**
     * An owner that the primary store is ahead of.
     *
     * @param known the last batch that the primary store knows of, claimed ones included
     * @param generation the last batch that the transaction knows of
     * @param applied how far the primary store was given the journal
     */
    public PrimaryAheadException(long known, long generation, JournalMark applied) {
        super(
                "The primary store knows of batch " + known + ", and the database of batch " + generation
                        + ": the lock was lost, or the database lost its last commits",
                null);
        this.known = known;
        this.applied = applied;
    }

    /** The last batch that the primary store knows of, claimed ones included. */
    public long known() {
        return known;
    }

    /** How far the primary store was given the journal. */
    public JournalMark applied() {
        return applied;
    }
}
