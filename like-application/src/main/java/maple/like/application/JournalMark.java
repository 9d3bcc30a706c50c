package maple.like.application;

import java.time.Instant;

/**
 * How far a primary store was given the journal, or the place of an entry in it. A database that lost commits may give a
 * number again, but later.
 *
 * @param number of the last entry
 * @param decidedAt of the latest entry, in microseconds
 */
public record JournalMark(long number, Instant decidedAt) {
    /** Before the first entry. */
    public static final JournalMark NONE = new JournalMark(0, Instant.EPOCH);

    /** Whether the primary store was given this entry. */
    public boolean covers(JournalMark entry) {
        return entry.number <= number && !entry.decidedAt.isAfter(decidedAt);
    }

    /** The mark after this entry, too. */
    public JournalMark and(JournalMark entry) {
        return new JournalMark(
                Math.max(number, entry.number), decidedAt.isAfter(entry.decidedAt) ? decidedAt : entry.decidedAt);
    }
}
