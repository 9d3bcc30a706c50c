package maple.like.application.port.in;

import java.util.List;
import maple.like.application.LikesUnavailableException;

/**
 * Compares the database with the primary store while both are used, and repairs drift.
 *
 * <p>Any number of instances may change and store likes meanwhile. Relations are compared page by page; the partition's
 * lock is released between two pages.
 */
public interface AuditLikes {
    /**
     * Compares one partition. Changes no relation and no count, and finishes a stored batch as any flush does.
     *
     * @param partition 0 to the number of partitions less one
     * @throws LikesUnavailableException if the primary store or the database is unavailable
     */
    Report audit(int partition);

    /**
     * Sets every wrong count of the partition to the number of its rows, and has the primary store rebuilt: it keeps its
     * pending changes, and everything else is copied from the database again. Rows are left as they are. May be
     * repeated, and killed at any instruction.
     *
     * @param partition 0 to the number of partitions less one
     * @return false where nothing was rebuilt, because the primary store has yet to be given the journal
     * @throws LikesUnavailableException if the primary store or the database is unavailable
     */
    boolean repair(int partition);

    /**
     * What an audit found.
     *
     * @param extent how much was compared
     * @param differences the first of the differences
     * @param unlisted how many differences there are besides
     * @param remarks what was found or left out that is no difference
     * @param complete whether the primary store could be compared: not where it has yet to be given the journal
     */
    record Report(Extent extent, List<Difference> differences, long unlisted, Remarks remarks, boolean complete) {
        /** Copies the list. */
        public Report {
            differences = List.copyOf(differences);
        }
    }

    /**
     * How much was compared.
     *
     * @param characters with their count and their total
     * @param rows relations in the database
     * @param held relations in the primary store
     */
    record Extent(long characters, long rows, long held) {}

    /**
     * What is no difference.
     *
     * @param warmingUp rows that the primary store does not hold yet
     * @param withoutCharacter relations that the primary store holds of characters that do not exist; some may count twice
     * @param deadLetters changes that could not be stored
     * @param unusable rows of characters that cannot be liked, and why
     * @param backlogTooLarge whether {@link Kind#BUFFER} was left out for the number of pending changes
     */
    record Remarks(
            long warmingUp, long withoutCharacter, long deadLetters, List<String> unusable, boolean backlogTooLarge) {
        /** Copies the list. */
        public Remarks {
            unusable = List.copyOf(unusable);
        }
    }

    /**
     * Something that differs.
     *
     * @param kind what is compared
     * @param what which of them
     * @param expected what it should be
     * @param found what it is
     */
    record Difference(Kind kind, String what, String expected, String found) {}

    /** What is compared. */
    enum Kind {
        /** The count in the database, with the number of rows. */
        COUNT,
        /** The total in the primary store, with the number of rows and the buffered count. */
        TOTAL,
        /** Whether the primary store holds a relation as liked, with its row and its pending change. */
        RELATION,
        /** The buffered count, with what storing all pending changes would change. */
        BUFFER
    }
}
